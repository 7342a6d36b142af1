import { kernelsOf } from '../../../kernels/module.ts';
import type { Scratch } from './scratch.ts';

/** Doubles that `measureRows` of src/kernels/assembly/measure.ts returns. */
export const MEASURE_SUMS = 5;

/**
 * Memory for the predictions of a row set and for what they are measured with. It is taken once for a row set, however
 * many models predict its rows one after the other: 18 bytes a row, and 1.6 MB to sort scores.
 */
export class AnswerRoom {
  readonly rows: number;
  readonly #scratch: Scratch;
  /** Addresses: the rows' classes, the predicted classes, the probabilities of the second class. */
  readonly codesAddress: number;
  readonly predictedAddress: number;
  readonly probaAddress: number;
  /** Addresses of the measured sums, and of memory to sort in. */
  readonly sumsAddress: number;
  readonly sortAddress: number;

  constructor(scratch: Scratch, rows: number) {
    this.rows = rows;
    this.#scratch = scratch;
    this.codesAddress = scratch.take(rows);
    this.predictedAddress = scratch.take(rows);
    this.probaAddress = scratch.take(rows * Float64Array.BYTES_PER_ELEMENT);
    this.sumsAddress = scratch.take(MEASURE_SUMS * Float64Array.BYTES_PER_ELEMENT);
    this.sortAddress = scratch.take(kernelsOf(scratch.memory).measureScratchBytes(rows));
  }

  get memory(): Scratch['memory'] {
    return this.#scratch.memory;
  }

  get codes(): Uint8Array {
    return this.#scratch.bytes(this.codesAddress, this.rows);
  }

  get predicted(): Uint8Array {
    return this.#scratch.bytes(this.predictedAddress, this.rows);
  }

  get proba(): Float64Array {
    return this.#scratch.doubles(this.probaAddress, this.rows);
  }
}
