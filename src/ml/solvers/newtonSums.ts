import type { ClassCodes } from '../labels.ts';
import { addColumnDots, CHUNK_ROWS, linearPredictor, multiplyColumn, sumOf } from './kernels.ts';
import type { RowChunks } from './types.ts';

/**
 * The log loss of two classes and its first two derivatives, summed over the rows, as functions of the parameters w.
 * Each row has weight 1. w has `nFeatures + 1` numbers, the intercept last.
 */
export interface NewtonSums {
  readonly nFeatures: number;
  /**
   * Returns the loss, and writes the gradient and the Hessian, in one pass over the rows.
   * @param hessian `nFeatures + 1` squared, row by row; only the upper triangle is written
   */
  evaluate(w: Float64Array, gradient: Float64Array, hessian: Float64Array): number;
}

/** Returns the sums in plain TypeScript, for any storage of the rows. The codes are 0 and 1. */
export function chunkNewtonSums(chunks: RowChunks, codes: ClassCodes): NewtonSums {
  return new ChunkNewtonSums(chunks, codes);
}

class ChunkNewtonSums implements NewtonSums {
  readonly nFeatures: number;
  readonly #rows: RowChunks;
  readonly #codes: ClassCodes;
  /** Scores of a chunk's rows, replaced by residuals. */
  readonly #z = new Float64Array(CHUNK_ROWS);
  readonly #losses = new Float64Array(CHUNK_ROWS);
  readonly #curvatures = new Float64Array(CHUNK_ROWS);
  /** Curvatures times one column. */
  readonly #product = new Float64Array(CHUNK_ROWS);
  /** Sums of one chunk for one row of the Hessian, or for the gradient. */
  readonly #sums: Float64Array;

  constructor(rows: RowChunks, codes: ClassCodes) {
    this.nFeatures = rows.nFeatures;
    this.#rows = rows;
    this.#codes = codes;
    this.#sums = new Float64Array(rows.nFeatures + 1);
  }

  evaluate(w: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
    const p = this.nFeatures + 1;
    const [loss, first, second] = [new KeptSums(1), new KeptSums(p), new KeptSums(p * p)];
    for (let start = 0; start < this.#rows.nSamples; ) {
      const { columns, at, rows } = this.#rows.read(start);
      linearPredictor(columns, at, rows, w, 0, this.#z, 0);
      this.#differentiate(start, rows);
      this.#sums[0] = sumOf(this.#losses, 0, rows);
      loss.add(0, this.#sums, 0, 1);
      this.#addDots(columns, at, rows, this.#z, 0, first, 0);
      for (let i = 0; i < this.nFeatures; i++) {
        multiplyColumn(columns[i]!, at, rows, this.#curvatures, this.#product);
        this.#addDots(columns, at, rows, this.#product, i, second, i * p);
      }
      this.#addDots(columns, at, rows, this.#curvatures, this.nFeatures, second, this.nFeatures * p);
      start += rows;
    }
    first.copyTo(gradient);
    second.copyTo(hessian);
    return loss.at(0);
  }

  /** Replaces the scores by residuals, and computes losses and curvatures. */
  #differentiate(start: number, rows: number): void {
    const z = this.#z;
    for (let r = 0; r < rows; r++) {
      const isOne = this.#codes[start + r] === 1;
      const m = isOne ? -z[r]! : z[r]!;
      const e = Math.exp(-Math.abs(m));
      const slope = (m >= 0 ? 1 : e) / (1 + e);
      this.#losses[r] = Math.max(m, 0) + Math.log1p(e);
      this.#curvatures[r] = e / ((1 + e) * (1 + e));
      z[r] = isOne ? -slope : slope;
    }
  }

  /** Adds the products of v with the columns from `first` on, and with the column of ones. */
  #addDots(
    columns: readonly Float64Array[],
    at: number,
    rows: number,
    v: Float64Array,
    first: number,
    to: KeptSums,
    toAt: number,
  ): void {
    this.#sums.fill(0);
    addColumnDots(columns, first, at, rows, v, 0, this.#sums, 0);
    this.#sums[this.nFeatures] = sumOf(v, 0, rows);
    to.add(toAt + first, this.#sums, first, this.nFeatures + 1 - first);
  }
}

/** Sums with the rounding errors of their additions (Knuth's two-sum). */
class KeptSums {
  readonly #sums: Float64Array;
  readonly #errors: Float64Array;

  constructor(length: number) {
    this.#sums = new Float64Array(length);
    this.#errors = new Float64Array(length);
  }

  /** Adds values to the sums from `at` on. */
  add(at: number, values: Float64Array, from: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const before = this.#sums[at + i]!;
      const value = values[from + i]!;
      const after = before + value;
      const added = after - before;
      this.#sums[at + i] = after;
      this.#errors[at + i]! += before - (after - added) + (value - added);
    }
  }

  at(i: number): number {
    return this.#sums[i]! + this.#errors[i]!;
  }

  copyTo(out: Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.at(i);
  }
}
