/** Most rounds of the norm estimate: LAPACK's limit. */
const ESTIMATE_ROUNDS_MAX = 5;

/**
 * A symmetric system A x = b and its Cholesky factor, A = L L'.
 * One array, row by row, holds both: A in the upper triangle, L in the lower triangle. The diagonal of L is stored
 * separately.
 */
export class Cholesky {
  readonly #a: Float64Array;
  readonly #stride: number;
  readonly #size: number;
  readonly #diagonal: Float64Array;

  /**
   * @param stride length of the array's rows
   * @param size number of leading rows and columns that belong to A
   */
  constructor(a: Float64Array, stride: number, size: number) {
    this.#a = a;
    this.#stride = stride;
    this.#size = size;
    this.#diagonal = new Float64Array(size);
  }

  /** Factors A as it is now in the upper triangle. Returns false if A is not positive definite. */
  factor(): boolean {
    const a = this.#a;
    const diagonal = this.#diagonal;
    for (let i = 0; i < this.#size; i++) {
      const rowI = i * this.#stride;
      for (let j = 0; j <= i; j++) {
        const rowJ = j * this.#stride;
        let sum = a[rowJ + i]!;
        for (let k = 0; k < j; k++) sum -= a[rowI + k]! * a[rowJ + k]!;
        if (j < i) {
          a[rowI + j] = sum / diagonal[j]!;
        } else if (sum > 0 && sum < Number.POSITIVE_INFINITY) {
          diagonal[i] = Math.sqrt(sum);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  /** Solves A x = b and overwrites b with x. */
  solve(b: Float64Array): void {
    const a = this.#a;
    const diagonal = this.#diagonal;
    for (let i = 0; i < this.#size; i++) {
      const row = i * this.#stride;
      let sum = b[i]!;
      for (let k = 0; k < i; k++) sum -= a[row + k]! * b[k]!;
      b[i] = sum / diagonal[i]!;
    }
    for (let i = this.#size - 1; i >= 0; i--) {
      const row = i * this.#stride;
      const value = b[i]! / diagonal[i]!;
      b[i] = value;
      for (let k = 0; k < i; k++) b[k]! -= a[row + k]! * value;
    }
  }

  /** x'A x */
  quadraticForm(x: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.#size; i++) {
      let rowSum = 0.5 * this.#a[i * this.#stride + i]! * x[i]!;
      for (let j = i + 1; j < this.#size; j++) rowSum += this.#a[i * this.#stride + j]! * x[j]!;
      sum += 2 * rowSum * x[i]!;
    }
    return sum;
  }

  /** Returns 1 / (|A| |inverse of A|) in the 1-norm, with an estimate for the inverse. Call it after `factor`. */
  reciprocalCondition(): number {
    return 1 / this.#inverseNorm() / this.#norm();
  }

  #norm(): number {
    const sums = new Float64Array(this.#size);
    for (let i = 0; i < this.#size; i++) {
      for (let j = i; j < this.#size; j++) {
        const value = Math.abs(this.#a[i * this.#stride + j]!);
        sums[i]! += value;
        if (j > i) sums[j]! += value;
      }
    }
    return sums.reduce((largest, sum) => Math.max(largest, sum), 0);
  }

  /**
   * Estimates the inverse's 1-norm from below, nearly always right within a factor of three.
   * Source: N. J. Higham, FORTRAN codes for estimating the one-norm, ACM TOMS 14 (1988), with LAPACK's number of
   * rounds.
   */
  #inverseNorm(): number {
    const size = this.#size;
    let x = this.#solved(new Float64Array(size).fill(1 / size));
    let estimate = sumAbs(x);
    if (size === 1) return estimate;

    let signs = x.map(signOf);
    let peak = peakOf(this.#solved(signs));
    for (let round = 2; round <= ESTIMATE_ROUNDS_MAX; round++) {
      const unit = new Float64Array(size);
      unit[peak] = 1;
      x = this.#solved(unit);
      const estimateBefore = estimate;
      estimate = sumAbs(x);
      const signsBefore = signs;
      signs = x.map(signOf);
      if (estimate <= estimateBefore || signs.every((sign, i) => sign === signsBefore[i])) break;
      const peakBefore = peak;
      peak = peakOf(this.#solved(signs));
      if (peak === peakBefore) break;
    }
    // Covers matrices on which the rounds above stop too early.
    const alternating = new Float64Array(size).map((_, i) => (i % 2 === 0 ? 1 : -1) * (1 + i / (size - 1)));
    return Math.max(estimate, (2 * sumAbs(this.#solved(alternating))) / (3 * size));
  }

  #solved(b: Float64Array): Float64Array {
    const x = b.slice();
    this.solve(x);
    return x;
  }
}

function signOf(value: number): number {
  return value >= 0 ? 1 : -1;
}

function sumAbs(x: Float64Array): number {
  return x.reduce((sum, value) => sum + Math.abs(value), 0);
}

/** Index of the largest absolute value. */
function peakOf(x: Float64Array): number {
  let peak = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i]!) > Math.abs(x[peak]!)) peak = i;
  return peak;
}
