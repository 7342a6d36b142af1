import { readFileSync } from 'node:fs';
import { type MemoryBudget, MemoryFullError, PAGE_BYTES } from './memoryBudget.ts';
import type { PassKernels } from './passes.ts';

/** A memory that several threads can work on: WebAssembly's, shared. It grows and never shrinks. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages; views of the memory stay where they are, and do not see what is new. */
  grow(pages: number): number;
}

/** What is used of the WebAssembly JavaScript interface, which TypeScript declares for browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

/** The most pages that 32-bit addresses reach. */
const PAGES_MAX = 65_536;

/** The first page belongs to the module's own constants; what works on a memory begins behind it. */
export const FIRST_ADDRESS = PAGE_BYTES;

/** What src/kernels/assembly exports; addresses are bytes from the beginning of the memory. */
export interface Kernels extends PassKernels {
  /** Stages the cells of plain rows; gives back why it ended (`SCAN_ENDS`). */
  scan(state: number, from: number, to: number, row: number, rowsMax: number): number;
  hasLoneCr(from: number, to: number): number;
  findLines(from: number, to: number, lines: number): number;
  seal(staged: number, rows: number, out: number, result: number): void;
  rememberWord(texts: number, from: number, length: number, column: number, staged: number): void;
  textsBytes(): number;
  /** Sums that metrics of two classes are made of, in five doubles at `out`. */
  measureRows(
    codes: number,
    predicted: number,
    proba: number,
    rows: number,
    positive: number,
    out: number,
    scratch: number,
  ): void;
  measureScratchBytes(rows: number): number;
}

/** From source, as in tests, the file that `npm run build` made is taken. */
const WASM = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/kernels/kernels.wasm' : './kernels.wasm',
  import.meta.url,
);

let compiled: object | undefined;
const instances = new WeakMap<SharedMemory, Kernels>();

/** A memory that several threads can work on; its pages take room once they are written to. */
export function sharedMemory(): SharedMemory {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true });
  ownMemories.add(memory);
  return memory;
}

/** This thread's kernels on a memory. */
export function kernelsOf(memory: SharedMemory): Kernels {
  let kernels = instances.get(memory);
  if (kernels === undefined) {
    compiled ??= new WebAssembly.Module(readFileSync(WASM));
    const env = {
      memory,
      abort: () => {
        throw new Error('a kernel was called with what it does not take');
      },
    };
    kernels = new WebAssembly.Instance(compiled, { env }).exports as Kernels;
    instances.set(memory, kernels);
  }
  return kernels;
}

/** What the memories that this thread is given are counted against as they grow. */
let budget: MemoryBudget | undefined;
/** Those that this thread has made are its own matter. */
const ownMemories = new WeakSet<SharedMemory>();

export function useBudget(ofAllThreads: MemoryBudget): void {
  budget = ofAllThreads;
}

/** How long the memory is, whoever has made it grow. */
export function pagesOf(memory: SharedMemory): number {
  // `grow(0)` says it too, and has every thread that knows the memory look at all that it knows: milliseconds under load.
  return memory.buffer.byteLength / PAGE_BYTES;
}

/**
 * Makes the memory at least so long, and a quarter longer than it was, so that it seldom grows. Views of it stay where
 * they were, and do not see what is new.
 * @throws MemoryFullError beyond 4 GiB, beyond the budget, or where the system has no more
 */
export function ensureBytes(memory: SharedMemory, bytes: number): void {
  const pages = pagesOf(memory);
  const missing = Math.ceil(bytes / PAGE_BYTES) - pages;
  if (missing <= 0) return;
  if (pages + missing > PAGES_MAX) throw new MemoryFullError(true, PAGES_MAX * PAGE_BYTES, bytes);
  const counted = ownMemories.has(memory) ? undefined : budget;
  let more = Math.max(missing, Math.min(Math.ceil(pages / 4), PAGES_MAX - pages));
  if (counted !== undefined && !counted.tryTake(more)) {
    more = missing;
    counted.take(more, pages);
  }
  try {
    memory.grow(more);
  } catch (cause) {
    counted?.giveBack(more);
    throw new MemoryFullError(false, pages * PAGE_BYTES, bytes, { cause });
  }
}
