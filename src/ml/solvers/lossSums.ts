import { addColumnDots, CHUNK_ROWS, linearPredictor, multiplyColumn, sumOf } from './kernels.ts';
import { HalfBinomialLoss, HalfMultinomialLoss, type PointwiseLoss } from './pointwiseLoss.ts';
import type { LossSums, RowChunks, WeightedCodes } from './types.ts';

/** Returns the log loss, binomial for two classes, else multinomial, in plain TypeScript. */
export function chunkLogLoss(chunks: RowChunks, rows: WeightedCodes): LossSums {
  const pointwise =
    rows.classWeights.length === 2 ? new HalfBinomialLoss(rows) : new HalfMultinomialLoss(rows);
  return new ChunkSums(chunks, pointwise);
}

/** Computes the sums chunk by chunk, for any pointwise loss and any storage of the rows. */
class ChunkSums implements LossSums {
  readonly nOutputs: number;
  readonly nFeatures: number;
  readonly weightSum: number;
  readonly #rows: RowChunks;
  readonly #pointwise: PointwiseLoss;
  /** Raw predictions of a chunk, replaced by their derivatives. */
  readonly #z: Float64Array;
  /** Losses of a chunk's rows, or second derivatives. */
  readonly #rowBuffer = new Float64Array(CHUNK_ROWS);
  /** Row buffer times one column. */
  readonly #product = new Float64Array(CHUNK_ROWS);

  constructor(rows: RowChunks, pointwise: PointwiseLoss) {
    this.#rows = rows;
    this.#pointwise = pointwise;
    this.nOutputs = pointwise.nOutputs;
    this.nFeatures = rows.nFeatures;
    this.weightSum = pointwise.weightSum;
    this.#z = new Float64Array(this.nOutputs * CHUNK_ROWS);
  }

  lossGradient(w: Float64Array, gradient: Float64Array): number {
    const { nSamples, nFeatures } = this.#rows;
    gradient.fill(0);
    let loss = 0;
    for (let start = 0; start < nSamples; ) {
      const { columns, at, rows } = this.#rows.read(start);
      this.#predict(columns, at, rows, w);
      this.#pointwise.lossAndResidual(start, rows, this.#z, this.#rowBuffer);
      loss += sumOf(this.#rowBuffer, 0, rows);
      for (let k = 0; k < this.nOutputs; k++) {
        const to = k * (nFeatures + 1);
        addColumnDots(columns, 0, at, rows, this.#z, k * CHUNK_ROWS, gradient, to);
        gradient[to + nFeatures]! += sumOf(this.#z, k * CHUNK_ROWS, rows);
      }
      start += rows;
    }
    return loss;
  }

  hessian(w: Float64Array, hessian: Float64Array): number {
    const { nSamples, nFeatures } = this.#rows;
    const n = this.nOutputs * (nFeatures + 1);
    for (let i = 0; i < n; i++) hessian.fill(0, i * n + i, (i + 1) * n);
    let vanished = 0;
    for (let start = 0; start < nSamples; ) {
      const { columns, at, rows } = this.#rows.read(start);
      this.#predict(columns, at, rows, w);
      vanished += this.#pointwise.prepareCurvature(start, rows, this.#z);
      for (let k = 0; k < this.nOutputs; k++) {
        for (let l = k; l < this.nOutputs; l++) {
          this.#pointwise.curvature(k, l, start, rows, this.#z, this.#rowBuffer);
          const corner = k * (nFeatures + 1) * n + l * (nFeatures + 1);
          this.#addBlock(columns, at, rows, hessian, corner, n);
        }
      }
      start += rows;
    }
    return vanished;
  }

  #predict(columns: readonly Float64Array[], at: number, rows: number, w: Float64Array): void {
    for (let k = 0; k < this.nOutputs; k++) {
      linearPredictor(columns, at, rows, w, k * (this.nFeatures + 1), this.#z, k * CHUNK_ROWS);
    }
  }

  /** Adds a chunk to the upper triangle of the block that starts at `corner`: `(X, 1)' diag(h) (X, 1)`. */
  #addBlock(
    columns: readonly Float64Array[],
    at: number,
    rows: number,
    hessian: Float64Array,
    corner: number,
    n: number,
  ): void {
    const last = columns.length;
    for (let i = 0; i < last; i++) {
      const row = corner + i * n;
      multiplyColumn(columns[i]!, at, rows, this.#rowBuffer, this.#product);
      addColumnDots(columns, i, at, rows, this.#product, 0, hessian, row);
      hessian[row + last]! += sumOf(this.#product, 0, rows);
    }
    hessian[corner + last * n + last]! += sumOf(this.#rowBuffer, 0, rows);
  }
}
