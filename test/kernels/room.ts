import { ensureBytes, FIRST_ADDRESS, kernelsOf, sharedMemory } from '../../src/kernels/module.ts';

const ALIGNMENT = 16;
/** Bytes behind a taken piece that kernels may read or write. */
const SLACK_BYTES = 80;
/** Fills free memory. Such bytes are NaN as a double, so a kernel that uses them gives a wrong number. */
const GARBAGE = 0xff;

/** A test's own memory and the kernels on this memory. */
export class Room {
  readonly memory = sharedMemory();
  readonly kernels = kernelsOf(this.memory);
  #next = FIRST_ADDRESS;

  /** Takes bytes that hold garbage, with more garbage behind. */
  take(bytes: number): number {
    const address = this.#next;
    this.#next = Math.ceil((address + bytes + SLACK_BYTES) / ALIGNMENT) * ALIGNMENT;
    ensureBytes(this.memory, this.#next);
    this.bytes(address, this.#next - address).fill(GARBAGE);
    return address;
  }

  /** Takes room for these values, and writes them. */
  put(values: Uint8Array | Uint32Array | BigUint64Array | Float64Array): number {
    const address = this.take(values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.bytes(address, bytes.length).set(bytes);
    return address;
  }

  /** Gives back all pieces that `use` takes. */
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

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  bigWords(address: number, length: number): BigUint64Array {
    return new BigUint64Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }
}
