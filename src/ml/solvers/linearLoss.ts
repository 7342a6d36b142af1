import type { LossSums, Point } from './types.ts';

/**
 * The objective of a regularised linear model.
 * w has a row of `nFeatures + 1` parameters for each output, intercept last:
 *
 *     f(w) = sum_i s_i loss(y_i, z_i) / sum_i s_i + l2 / 2 * ||w without intercepts||^2
 *
 * z_i are the raw predictions of row i and s_i is its weight. This is scikit-learn's `LinearModelLoss`. Its logistic
 * regression uses `l2 = 1 / (C * sum_i s_i)`.
 */
export class LinearLoss {
  readonly nOutputs: number;
  /** Number of parameters of one output: nFeatures + 1. */
  readonly outputLength: number;
  readonly nParameters: number;
  readonly #sums: LossSums;
  readonly #l2: number;

  /** @param l2 penalty strength, on the scale of the mean loss; 0 for none */
  constructor(sums: LossSums, l2: number) {
    this.#sums = sums;
    this.#l2 = l2;
    this.nOutputs = sums.nOutputs;
    this.outputLength = sums.nFeatures + 1;
    this.nParameters = this.nOutputs * this.outputLength;
  }

  get isPenalised(): boolean {
    return this.#l2 > 0;
  }

  /**
   * Returns the values of objectives that differ only in their penalties, each at its own point, and writes their
   * gradients. Objectives at the same point share the sums over the rows.
   */
  static lossGradients(objectives: readonly LinearLoss[], points: readonly Point[]): number[] {
    const firsts = points.map((point) => points.findIndex((other) => areSame(point.w, other.w)));
    const different = points.filter((_, index) => firsts[index] === index);
    const sums = objectives[0]!.#sums.lossGradients(different);
    const losses = firsts.map((first) => sums[different.indexOf(points[first]!)]!);
    firsts.forEach((first, index) => {
      if (first !== index) points[index]!.gradient.set(points[first]!.gradient);
    });
    return objectives.map((objective, index) => objective.#ofMean(losses[index]!, points[index]!));
  }

  /** Returns f(w) and writes `gradient`, in one pass over the rows. */
  lossGradient(w: Float64Array, gradient: Float64Array): number {
    return LinearLoss.lossGradients([this], [{ w, gradient }])[0]!;
  }

  /**
   * Writes the upper triangle of the Hessian, `nParameters` squared, row by row. The lower triangle stays unchanged.
   * Returns the share of the weight whose curvature has vanished.
   */
  hessian(w: Float64Array, hessian: Float64Array): number {
    const vanished = this.#sums.hessian(w, hessian);
    this.#finishBlocks(hessian);
    return vanished;
  }

  /** Makes f(w) and its gradient from the sums over the rows. */
  #ofMean(loss: number, { w, gradient }: Point): number {
    const { weightSum } = this.#sums;
    for (let i = 0; i < gradient.length; i++) gradient[i]! /= weightSum;
    return loss / weightSum + this.#addPenalty(w, gradient);
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

  /** Mirrors the off-diagonal blocks, which are symmetric, and adds the penalty to the diagonal. */
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

/** Tells 0 from -0, because the sums may do so too. */
function areSame(v: Float64Array, w: Float64Array): boolean {
  return v.every((value, i) => Object.is(value, w[i]));
}
