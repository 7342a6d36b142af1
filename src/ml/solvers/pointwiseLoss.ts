import type { ClassCodes } from '../labels.ts';
import { CHUNK_ROWS } from './kernels.ts';
import type { WeightedCodes } from './types.ts';

/**
 * Loss of single rows as a function of their raw predictions z.
 * `z` holds one chunk: `nOutputs` stretches of `CHUNK_ROWS` values, of which the first `rows` are used. The chunk's
 * first row is row `start` of the data.
 */
export interface PointwiseLoss {
  /** Raw predictions of each row: 1 for two classes, else one for each class. */
  readonly nOutputs: number;
  /** Sum of the rows' weights. */
  readonly weightSum: number;
  /** Writes the weighted losses of the rows to `loss` and replaces z by their derivatives by z. */
  lossAndResidual(start: number, rows: number, z: Float64Array, loss: Float64Array): void;
  /**
   * Replaces z by the values that `curvature` needs.
   * Returns the weight of the rows whose curvature is 0, which happens in floating point very far from the boundary.
   */
  prepareCurvature(start: number, rows: number, z: Float64Array): number;
  /**
   * Writes to `h` the weighted second derivatives by outputs k and l, divided by the sum of the weights. scikit-learn
   * divides the rows and not their sum, which is rounded otherwise.
   */
  curvature(k: number, l: number, start: number, rows: number, prepared: Float64Array, h: Float64Array): void;
}

/** Sum of the rows' weights, summed by class to avoid rounding. */
export function sumOfWeights({ codes, classWeights }: WeightedCodes): number {
  const counts = new Float64Array(classWeights.length);
  for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
  return counts.reduce((sum, count, k) => sum + count * classWeights[k]!, 0);
}

/**
 * Binomial log loss of classes 0 and 1, `log(1 + exp(z)) - y z`.
 * With m = z for class 0 and m = -z for class 1 the loss is `log(1 + exp(m)) = max(m, 0) + log1p(exp(-|m|))`. This
 * form neither overflows nor cancels. Its derivative by m is the logistic function.
 */
export class HalfBinomialLoss implements PointwiseLoss {
  readonly nOutputs = 1;
  readonly weightSum: number;
  readonly #codes: ClassCodes;
  readonly #classWeights: Float64Array;

  constructor(rows: WeightedCodes) {
    this.weightSum = sumOfWeights(rows);
    this.#codes = rows.codes;
    this.#classWeights = rows.classWeights;
  }

  lossAndResidual(start: number, rows: number, z: Float64Array, loss: Float64Array): void {
    const codes = this.#codes;
    const weight0 = this.#classWeights[0]!;
    const weight1 = this.#classWeights[1]!;
    for (let r = 0; r < rows; r++) {
      const isOne = codes[start + r] === 1;
      const m = isOne ? -z[r]! : z[r]!;
      const e = Math.exp(-Math.abs(m));
      const weight = isOne ? weight1 : weight0;
      const slope = (m >= 0 ? weight : weight * e) / (1 + e);
      loss[r] = weight * (Math.max(m, 0) + Math.log1p(e));
      z[r] = isOne ? -slope : slope;
    }
  }

  prepareCurvature(start: number, rows: number, z: Float64Array): number {
    let vanished = 0;
    for (let r = 0; r < rows; r++) {
      const weight = this.#classWeights[this.#codes[start + r]!]!;
      const e = Math.exp(-Math.abs(z[r]!));
      const h = (weight * (e / ((1 + e) * (1 + e)))) / this.weightSum;
      if (!(h > 0)) vanished += weight;
      z[r] = h;
    }
    return vanished;
  }

  curvature(
    _k: number,
    _l: number,
    _start: number,
    rows: number,
    prepared: Float64Array,
    h: Float64Array,
  ): void {
    for (let r = 0; r < rows; r++) h[r] = prepared[r]!;
  }
}

/**
 * Multinomial log loss, `log(sum over k of exp(z_k)) - z_y`.
 * The largest z is subtracted before `exp`. The derivatives are `p_k - [k = y]` and `p_k ([k = l] - p_l)`, where p is
 * the softmax of z.
 */
export class HalfMultinomialLoss implements PointwiseLoss {
  readonly nOutputs: number;
  readonly weightSum: number;
  readonly #codes: ClassCodes;
  readonly #classWeights: Float64Array;

  constructor(rows: WeightedCodes) {
    this.nOutputs = rows.classWeights.length;
    this.weightSum = sumOfWeights(rows);
    this.#codes = rows.codes;
    this.#classWeights = rows.classWeights;
  }

  lossAndResidual(start: number, rows: number, z: Float64Array, loss: Float64Array): void {
    for (let r = 0; r < rows; r++) {
      const code = this.#codes[start + r]!;
      const weight = this.#classWeights[code]!;
      const own = code * CHUNK_ROWS + r;
      const zOfClass = z[own]!;
      loss[r] = weight * (softmaxRow(z, r, this.nOutputs) - zOfClass);
      z[own]! -= 1;
      if (weight !== 1) for (let k = 0; k < this.nOutputs; k++) z[k * CHUNK_ROWS + r]! *= weight;
    }
  }

  prepareCurvature(_start: number, rows: number, z: Float64Array): number {
    for (let r = 0; r < rows; r++) softmaxRow(z, r, this.nOutputs);
    return 0;
  }

  curvature(
    k: number,
    l: number,
    start: number,
    rows: number,
    prepared: Float64Array,
    h: Float64Array,
  ): void {
    for (let r = 0; r < rows; r++) {
      const pk = prepared[k * CHUNK_ROWS + r]!;
      const other = k === l ? 1 - pk : -prepared[l * CHUNK_ROWS + r]!;
      h[r] = pk * other * (this.#classWeights[this.#codes[start + r]!]! / this.weightSum);
    }
  }
}

/** Replaces the raw predictions of row r by their softmax and returns `log(sum of exp(z))`. */
function softmaxRow(z: Float64Array, r: number, nOutputs: number): number {
  const end = nOutputs * CHUNK_ROWS;
  let largest = z[r]!;
  for (let at = r + CHUNK_ROWS; at < end; at += CHUNK_ROWS) if (z[at]! > largest) largest = z[at]!;
  let sum = 0;
  for (let at = r; at < end; at += CHUNK_ROWS) {
    const e = Math.exp(z[at]! - largest);
    z[at] = e;
    sum += e;
  }
  for (let at = r; at < end; at += CHUNK_ROWS) z[at]! /= sum;
  return Math.log(sum) + largest;
}
