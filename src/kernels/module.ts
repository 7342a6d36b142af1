import { readFileSync } from 'node:fs';
import { type MemoryBudget, MemoryFullError, PAGE_BYTES } from './memoryBudget.ts';
import type { PassKernels } from './passes.ts';

/** A shared WebAssembly memory, on which several threads can work. The memory grows and never shrinks. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages. Views of the memory keep their place and length. */
  grow(pages: number): number;
}

/** The used part of the WebAssembly JavaScript interface. TypeScript declares the interface for browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

/** The most pages that addresses of 32 bits reach. */
const PAGES_MAX = 65_536;

/** The first address for tables. The module's own constants lie in the page before. */
export const FIRST_ADDRESS = PAGE_BYTES;

/** The exports of src/kernels/assembly. Addresses are bytes from the beginning of the memory. */
export interface Kernels extends PassKernels {
  /** Stages the cells of plain rows, and returns why the scan ended (`SCAN_ENDS`). */
  scan(state: number, from: number, to: number, row: number, rowsMax: number): number;
  /** Whether the bytes have a CR without an LF behind. */
  hasLoneCr(from: number, to: number): number;
  /** Returns the address behind so many lines, or minus the number of lines that were found. */
  findLines(from: number, to: number, lines: number): number;
  /** Packs the staged cells of a column. */
  seal(staged: number, rows: number, out: number, result: number): void;
  /** Remembers the staged word of a text, so that `scan` stages the text itself. */
  rememberWord(texts: number, from: number, length: number, column: number, staged: number): void;
  /** Bytes of the memory for such texts. */
  textsBytes(): number;
  /** Copies lines and adds the cells of their rows (`ROWS`). Returns the address behind the last byte. */
  writeRows(state: number, from: number, to: number, row: number, out: number): number;
  /** Writes the cells of one row behind a line. */
  writeCells(state: number, row: number, out: number): number;
  /** Stores the sums for metrics of two classes, as five doubles at `out`. */
  measureRows(
    codes: number,
    predicted: number,
    proba: number,
    rows: number,
    positive: number,
    out: number,
    scratch: number,
  ): void;
  /** Bytes of scratch that `measureRows` needs. */
  measureScratchBytes(rows: number): number;
  /** Walks through sorted scores. Stores sums at places, and points of curves, and returns the number of points. */
  walkScores(
    sorted: number,
    rows: number,
    tpStep: number,
    fpStep: number,
    places: number,
    nPlaces: number,
    marks: number,
    points: number,
    sums: number,
  ): number;
}

/** When the program runs from source, as in tests, it takes the file that src/kernels/build.mjs made. */
const WASM = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/kernels/kernels.wasm' : './kernels.wasm',
  import.meta.url,
);

let compiled: object | undefined;
const instances = new WeakMap<SharedMemory, Kernels>();

/** Makes a memory on which several threads can work. A page takes room once something is written to it. */
export function sharedMemory(): SharedMemory {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true });
  ownMemories.add(memory);
  return memory;
}

/** Returns this thread's kernels on a memory. */
export function kernelsOf(memory: SharedMemory): Kernels {
  let kernels = instances.get(memory);
  if (kernels === undefined) {
    compiled ??= new WebAssembly.Module(readFileSync(WASM));
    const env = {
      memory,
      abort: () => {
        throw new Error('a kernel was called with arguments that it does not take');
      },
    };
    kernels = new WebAssembly.Instance(compiled, { env }).exports as Kernels;
    instances.set(memory, kernels);
  }
  return kernels;
}

/** The budget for memories that other threads have made. Such a memory counts as it grows. */
let budget: MemoryBudget | undefined;
/** Memories that this thread has made. The budget does not count these memories. */
const ownMemories = new WeakSet<SharedMemory>();

/** Sets the budget for memories that other threads have made. */
export function useBudget(ofAllThreads: MemoryBudget): void {
  budget = ofAllThreads;
}

/** Returns how many pages the memory has now. */
export function pagesOf(memory: SharedMemory): number {
  // `grow(0)` returns the length too, but makes each thread that knows the memory look at all its memories. Under load
  // such a call takes milliseconds.
  return memory.buffer.byteLength / PAGE_BYTES;
}

/**
 * Makes the memory at least so long.
 * If the budget allows, the memory grows by a quarter or more, so that it seldom grows. Views of the memory keep their
 * place and length.
 * @throws MemoryFullError beyond 4 GiB, beyond the budget, or if the system has no more memory
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
