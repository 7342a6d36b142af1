import type { Matrix } from '../matrix.ts';
import { addColumnDots, CHUNK_ROWS, linearPredictor, multiplyColumn, sumOf } from './kernels.ts';
import type { PointwiseLoss } from './pointwiseLoss.ts';

/**
 * The objective of a regularised linear model, of parameters w, one row `(nFeatures + 1)` an output, intercept last:
 *
 *     f(w) = sum_i s_i loss(y_i, z_i) / sum_i s_i + l2 / 2 * ||w without intercepts||^2
 *
 * with z_i the raw predictions of row i and s_i its weight. This is scikit-learn's `LinearModelLoss`; for its
 * logistic regression l2 is `1 / (C * sum_i s_i)`.
 */
export class LinearLoss {
  readonly nOutputs: number;
  /** Parameters of one output: nFeatures + 1. */
  readonly outputLength: number;
  readonly nParameters: number;
  readonly #matrix: Matrix;
  readonly #pointwise: PointwiseLoss;
  readonly #l2: number;
  /** Raw predictions of a chunk, later their derivatives. */
  readonly #z: Float64Array;
  /** Losses of a chunk's rows, or their second derivatives. */
  readonly #rowBuffer = new Float64Array(CHUNK_ROWS);
  /** Those times a column. */
  readonly #product = new Float64Array(CHUNK_ROWS);

  /** @param l2 strength of the penalty, on the scale of the mean loss */
  constructor(matrix: Matrix, pointwise: PointwiseLoss, l2: number) {
    this.#matrix = matrix;
    this.#pointwise = pointwise;
    this.#l2 = l2;
    this.nOutputs = pointwise.nOutputs;
    this.outputLength = matrix.nFeatures + 1;
    this.nParameters = this.nOutputs * this.outputLength;
    this.#z = new Float64Array(this.nOutputs * CHUNK_ROWS);
  }

  /** Returns f(w) and fills `gradient`, in one pass over the rows. */
  lossGradient(w: Float64Array, gradient: Float64Array): number {
    const { columns, nSamples } = this.#matrix;
    const weightSum = this.#pointwise.weightSum;
    gradient.fill(0);
    let loss = 0;
    for (let start = 0; start < nSamples; start += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, nSamples - start);
      this.#predictChunk(start, rows, w);
      this.#pointwise.lossAndResidual(start, rows, this.#z, this.#rowBuffer);
      loss += sumOf(this.#rowBuffer, 0, rows);
      for (let k = 0; k < this.nOutputs; k++) {
        const at = k * this.outputLength;
        addColumnDots(columns, 0, start, rows, this.#z, k * CHUNK_ROWS, gradient, at);
        gradient[at + columns.length]! += sumOf(this.#z, k * CHUNK_ROWS, rows);
      }
    }
    for (let i = 0; i < gradient.length; i++) gradient[i]! /= weightSum;
    return loss / weightSum + this.#addPenalty(w, gradient);
  }

  /**
   * Fills the upper triangle of the matrix of second derivatives, `nParameters` squared, row by row; the lower one is
   * left as it is. Returns the share of the weight whose curvature has vanished.
   */
  hessian(w: Float64Array, hessian: Float64Array): number {
    const { nSamples } = this.#matrix;
    const weightSum = this.#pointwise.weightSum;
    const n = this.nParameters;
    for (let i = 0; i < n; i++) hessian.fill(0, i * n + i, (i + 1) * n);
    let vanished = 0;
    for (let start = 0; start < nSamples; start += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, nSamples - start);
      this.#predictChunk(start, rows, w);
      vanished += this.#pointwise.prepareCurvature(start, rows, this.#z);
      for (let k = 0; k < this.nOutputs; k++) {
        for (let l = k; l < this.nOutputs; l++) {
          this.#pointwise.curvature(k, l, start, rows, this.#z, this.#rowBuffer);
          this.#addBlock(k * this.outputLength, l * this.outputLength, start, rows, hessian);
        }
      }
    }
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) hessian[i * n + j]! /= weightSum;
    this.#finishBlocks(hessian);
    return vanished / weightSum;
  }

  #predictChunk(start: number, rows: number, w: Float64Array): void {
    for (let k = 0; k < this.nOutputs; k++) {
      linearPredictor(this.#matrix.columns, start, rows, w, k * this.outputLength, this.#z, k * CHUNK_ROWS);
    }
  }

  #addPenalty(w: Float64Array, gradient: Float64Array): number {
    let normSquared = 0;
    for (let k = 0; k < this.nOutputs; k++) {
      const at = k * this.outputLength;
      for (let i = at; i < at + this.outputLength - 1; i++) {
        normSquared += w[i]! * w[i]!;
        gradient[i]! += this.#l2 * w[i]!;
      }
    }
    return 0.5 * this.#l2 * normSquared;
  }

  /** Adds a chunk to the upper triangle of the block that begins at row i0 and column j0: `(X, 1)' diag(h) (X, 1)`. */
  #addBlock(i0: number, j0: number, start: number, rows: number, hessian: Float64Array): void {
    const { columns } = this.#matrix;
    const n = this.nParameters;
    const last = columns.length;
    for (let i = 0; i < last; i++) {
      const row = (i0 + i) * n + j0;
      multiplyColumn(columns[i]!, start, rows, this.#rowBuffer, this.#product);
      addColumnDots(columns, i, start, rows, this.#product, 0, hessian, row);
      hessian[row + last]! += sumOf(this.#product, 0, rows);
    }
    hessian[(i0 + last) * n + j0 + last]! += sumOf(this.#rowBuffer, 0, rows);
  }

  /** Mirrors the blocks off the diagonal, each of them symmetric, and adds the penalty to the diagonal. */
  #finishBlocks(hessian: Float64Array): void {
    const n = this.nParameters;
    const length = this.outputLength;
    for (let i0 = 0; i0 < n; i0 += length) {
      for (let j0 = i0 + length; j0 < n; j0 += length) {
        for (let i = 1; i < length; i++) {
          for (let j = 0; j < i; j++) hessian[(i0 + i) * n + j0 + j] = hessian[(i0 + j) * n + j0 + i]!;
        }
      }
      for (let i = i0; i < i0 + length - 1; i++) hessian[i * n + i]! += this.#l2;
    }
  }
}
