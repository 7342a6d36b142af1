import { ensureBytes, type SharedMemory } from '../../../kernels/module.ts';

/** Doubles and pairs of doubles begin at multiples of this. */
const ALIGNMENT = 16;

/** Room behind a table in its memory, handed out from the front and given back from the end. */
export class Scratch {
  readonly memory: SharedMemory;
  #next: number;

  /** @param from first address that is free */
  constructor(memory: SharedMemory, from: number) {
    this.memory = memory;
    this.#next = aligned(from);
  }

  /** Address of so many bytes, whatever they hold. @throws RangeError where the memory is full */
  take(bytes: number): number {
    const address = this.#next;
    const next = aligned(address + bytes);
    ensureBytes(this.memory, next);
    this.#next = next;
    return address;
  }

  /** Gives back whatever `use` takes once it has returned. */
  scope<T>(use: () => T): T {
    const next = this.#next;
    try {
      return use();
    } finally {
      this.#next = next;
    }
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
