import { ensureBytes, type SharedMemory } from '../../../kernels/module.ts';

/** Doubles and pairs of doubles begin at multiples of this. */
const ALIGNMENT = 16;

/**
 * A stack allocator for the memory behind a table. `take` hands out the next bytes; `scope` and `release` give back all
 * that was taken since.
 */
export class Scratch {
  readonly memory: SharedMemory;
  #next: number;

  /** @param from first free address */
  constructor(memory: SharedMemory, from: number) {
    this.memory = memory;
    this.#next = aligned(from);
  }

  /** Address of so many bytes, which may hold anything. @throws RangeError if the memory is full */
  take(bytes: number): number {
    const address = this.#next;
    const next = aligned(address + bytes);
    ensureBytes(this.memory, next);
    this.#next = next;
    return address;
  }

  /** Gives back what `use` takes as soon as it returns. `use` must not be asynchronous: see `mark`. */
  scope<T>(use: () => T): T {
    const next = this.#next;
    try {
      return use();
    } finally {
      this.#next = next;
    }
  }

  /** Remembers how much is taken, so that an asynchronous caller can give back the rest with `release`. */
  mark(): number {
    return this.#next;
  }

  /** Gives back all that was taken since the mark. */
  release(mark: number): void {
    this.#next = mark;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }
}

function aligned(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
