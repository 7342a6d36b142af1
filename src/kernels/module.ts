import { readFileSync } from 'node:fs';
import type { PassKernels } from './passes.ts';

/** Bytes of a page of WebAssembly's memory, and the most pages that 32-bit addresses reach. */
export const PAGE_BYTES = 65_536;
const PAGES_MAX = 65_536;

/** The first page belongs to the module's own constants; what works on a memory begins behind it. */
export const FIRST_ADDRESS = PAGE_BYTES;

/** What src/kernels/assembly exports; addresses are bytes from the beginning of the memory. */
export interface Kernels extends PassKernels {
  scanVersion(): number;
}

/** From source, as in tests, the file that `npm run build` made is taken. */
const WASM = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/kernels/kernels.wasm' : './kernels.wasm',
  import.meta.url,
);

let compiled: WebAssembly.Module | undefined;
const instances = new WeakMap<WebAssembly.Memory, Kernels>();

/** A memory that several threads can work on; its pages take room once they are written to. */
export function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true });
}

/** This thread's kernels on a memory. */
export function kernelsOf(memory: WebAssembly.Memory): Kernels {
  let kernels = instances.get(memory);
  if (kernels === undefined) {
    compiled ??= new WebAssembly.Module(readFileSync(WASM));
    const env = {
      memory,
      abort: () => {
        throw new Error('a kernel was called with what it does not take');
      },
    };
    kernels = new WebAssembly.Instance(compiled, { env }).exports as unknown as Kernels;
    instances.set(memory, kernels);
  }
  return kernels;
}

/** Makes the memory at least so long. @throws RangeError beyond 4 GiB */
export function ensureBytes(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}
