import { HessianSums } from './hessianSums.ts';
import { addColumnDots, CHUNK_ROWS, linearPredictor, sumOf } from './kernels.ts';
import { HalfBinomialLoss, HalfMultinomialLoss, type PointwiseLoss } from './pointwiseLoss.ts';
import type { LossSums, Point, RowChunks, WeightedCodes } from './types.ts';

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

  constructor(rows: RowChunks, pointwise: PointwiseLoss) {
    this.#rows = rows;
    this.#pointwise = pointwise;
    this.nOutputs = pointwise.nOutputs;
    this.nFeatures = rows.nFeatures;
    this.weightSum = pointwise.weightSum;
    this.#z = new Float64Array(this.nOutputs * CHUNK_ROWS);
  }

  lossGradients(points: readonly Point[]): number[] {
    return points.map((point) => this.#lossGradient(point));
  }

  #lossGradient({ w, gradient }: Point): number {
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
    const n = this.nOutputs * (this.nFeatures + 1);
    for (let i = 0; i < n; i++) hessian.fill(0, i * n + i, (i + 1) * n);
    let vanished = 0;
    const sums = new HessianSums(this.#rows);
    for (const block of sums.blocks()) {
      const { columns, at, rows, start } = block;
      this.#predict(columns, at, rows, w);
      vanished += this.#pointwise.prepareCurvature(start, rows, this.#z);
      for (let k = 0; k < this.nOutputs; k++) {
        for (let l = k; l < this.nOutputs; l++) {
          this.#pointwise.curvature(k, l, start, rows, this.#z, this.#rowBuffer);
          const corner = (k * n + l) * (this.nFeatures + 1);
          sums.add(block, this.#rowBuffer, hessian, corner, n);
        }
      }
    }
    sums.finish(hessian);
    return vanished / this.weightSum;
  }

  #predict(columns: readonly Float64Array[], at: number, rows: number, w: Float64Array): void {
    for (let k = 0; k < this.nOutputs; k++) {
      linearPredictor(columns, at, rows, w, k * (this.nFeatures + 1), this.#z, k * CHUNK_ROWS);
    }
  }
}
