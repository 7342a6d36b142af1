/** Most rounds of the norm estimate: LAPACK's limit. */
const ESTIMATE_ROUNDS_MAX = 5;
/** Bunch and Kaufman's bound: it makes growth by one pivot of two rows equal to growth by two pivots of one row. */
const PIVOT_MIN = (1 + Math.sqrt(17)) / 8;

/**
 * A symmetric system A x = b, definite or not, and its factors P'A P = L D L', D having blocks of one or two rows.
 * One array, row by row, holds both: A in the upper triangle, L in the lower triangle. The diagonals of D are stored
 * separately.
 *
 * This is LAPACK's `dsytrf` for the upper triangle, with the same pivots, so that a singular A is singular here too.
 *
 * Source: J. R. Bunch and L. Kaufman, Some stable methods for calculating inertia and solving symmetric linear systems,
 * Math. Comp. 31 (1977).
 */
export class SymmetricSystem {
  readonly #a: Float64Array;
  readonly #stride: number;
  readonly #size: number;
  /** The array's place of each row of L. LAPACK begins at the last row of A, so the order is reversed. */
  readonly #places: Int32Array;
  readonly #diagonal: Float64Array;
  /** For each row of L, the row of `#places` that was exchanged to it. */
  readonly #rows: Int32Array;
  /** 1 if a row is the second row of a block of D. */
  readonly #isSecond: Uint8Array;
  /** The column that is eliminated, and the same column times its pivot. */
  readonly #column: Float64Array;
  readonly #product: Float64Array;
  /** The same for the second row of a block. */
  readonly #column2: Float64Array;
  readonly #product2: Float64Array;

  /**
   * @param stride length of the array's rows
   * @param order the array's rows and columns that belong to A, in A's order
   */
  constructor(a: Float64Array, stride: number, order: Int32Array) {
    this.#a = a;
    this.#stride = stride;
    this.#size = order.length;
    this.#places = order.toReversed();
    this.#diagonal = new Float64Array(this.#size);
    this.#rows = new Int32Array(this.#size);
    this.#isSecond = new Uint8Array(this.#size);
    this.#column = new Float64Array(this.#size);
    this.#product = new Float64Array(this.#size);
    this.#column2 = new Float64Array(this.#size);
    this.#product2 = new Float64Array(this.#size);
  }

  /** Factors A as it is now in the upper triangle. Returns false if a pivot is 0 or not a number. */
  factor(): boolean {
    this.#copy();
    this.#isSecond.fill(0);
    for (let i = 0; i < this.#size; i++) this.#rows[i] = i;
    for (let k = 0; k < this.#size; ) {
      const pivot = this.#findPivot(k);
      if (pivot === undefined) return false;
      const { row, rows } = pivot;
      if (row !== k + rows - 1) this.#exchange(k + rows - 1, row);
      if (rows === 2) this.#isSecond[k + 1] = 1;
      if (rows === 1) this.#eliminateOne(k);
      else this.#eliminateTwo(k);
      k += rows;
    }
    return true;
  }

  /** Solves A x = b and overwrites b, which is ordered as the array is, with x. */
  solve(b: Float64Array): void {
    const x = new Float64Array(this.#size);
    for (let i = 0; i < x.length; i++) x[i] = b[this.#places[i]!]!;
    this.#solve(x);
    for (let i = 0; i < x.length; i++) b[this.#places[i]!] = x[i]!;
  }

  /** x'A x, x being ordered as the array is. */
  quadraticForm(x: Float64Array): number {
    const places = this.#places.toSorted();
    let sum = 0;
    for (let i = 0; i < this.#size; i++) {
      const row = places[i]! * this.#stride;
      const xi = x[places[i]!]!;
      let rowSum = 0.5 * this.#a[row + places[i]!]! * xi;
      for (let j = i + 1; j < this.#size; j++) rowSum += this.#a[row + places[j]!]! * x[places[j]!]!;
      sum += 2 * rowSum * xi;
    }
    return sum;
  }

  /** Returns 1 / (|A| |inverse of A|) in the 1-norm, with an estimate for the inverse. Call it after `factor`. */
  reciprocalCondition(): number {
    return 1 / this.#inverseNorm() / this.#norm();
  }

  #copy(): void {
    const a = this.#a;
    for (let i = 0; i < this.#size; i++) {
      const p = this.#places[i]!;
      for (let j = 0; j < i; j++) {
        const q = this.#places[j]!;
        this.#a[i * this.#stride + j] = p < q ? a[p * this.#stride + q]! : a[q * this.#stride + p]!;
      }
      this.#diagonal[i] = a[p * this.#stride + p]!;
    }
  }

  /** Chooses a block of one or two rows: row k, or row k and the row that comes to k + 1. */
  #findPivot(k: number): { readonly row: number; readonly rows: 1 | 2 } | undefined {
    const own = Math.abs(this.#diagonal[k]!);
    let largest = 0;
    let place = k;
    // The last of equal values is taken, which LAPACK, in the other order, meets first.
    for (let i = k + 1; i < this.#size; i++) {
      const value = Math.abs(this.#a[i * this.#stride + k]!);
      if (value >= largest) {
        largest = value;
        place = i;
      }
    }
    if (!(Math.max(own, largest) > 0)) return undefined;
    if (own >= PIVOT_MIN * largest) return { row: k, rows: 1 };
    const largestThere = this.#largestBeside(place, k);
    if (own >= PIVOT_MIN * largest * (largest / largestThere)) return { row: k, rows: 1 };
    const isAlone = Math.abs(this.#diagonal[place]!) >= PIVOT_MIN * largestThere;
    return { row: place, rows: isAlone ? 1 : 2 };
  }

  /** Largest absolute value in a row from column `from` on, beside the diagonal. */
  #largestBeside(row: number, from: number): number {
    let largest = 0;
    for (let j = from; j < row; j++) largest = Math.max(largest, Math.abs(this.#a[row * this.#stride + j]!));
    for (let i = row + 1; i < this.#size; i++) {
      largest = Math.max(largest, Math.abs(this.#a[i * this.#stride + row]!));
    }
    return largest;
  }

  /** Exchanges rows and columns p and q > p of what is left, and rows p and q of L. */
  #exchange(p: number, q: number): void {
    const a = this.#a;
    const [rowP, rowQ] = [p * this.#stride, q * this.#stride];
    for (let j = 0; j < p; j++) swap(a, rowP + j, rowQ + j);
    for (let i = p + 1; i < q; i++) swap(a, i * this.#stride + p, rowQ + i);
    for (let i = q + 1; i < this.#size; i++) swap(a, i * this.#stride + p, i * this.#stride + q);
    swap(this.#diagonal, p, q);
    swap(this.#rows, p, q);
  }

  #eliminateOne(k: number): void {
    const a = this.#a;
    const [column, product] = [this.#column, this.#product];
    const inverse = 1 / this.#diagonal[k]!;
    for (let i = k + 1; i < this.#size; i++) {
      column[i] = a[i * this.#stride + k]!;
      product[i] = -inverse * column[i]!;
    }
    for (let i = k + 1; i < this.#size; i++) {
      const value = column[i]!;
      const row = i * this.#stride;
      if (value !== 0) {
        for (let j = k + 1; j < i; j++) a[row + j]! += value * product[j]!;
        this.#diagonal[i]! += value * product[i]!;
      }
      a[row + k] = value * inverse;
    }
  }

  #eliminateTwo(k: number): void {
    const a = this.#a;
    const [first, second] = [this.#column, this.#column2];
    const [product1, product2] = [this.#product, this.#product2];
    const beside = a[(k + 1) * this.#stride + k]!;
    const d1 = this.#diagonal[k]! / beside;
    const d2 = this.#diagonal[k + 1]! / beside;
    const factor = 1 / (d1 * d2 - 1) / beside;
    for (let i = k + 2; i < this.#size; i++) {
      first[i] = a[i * this.#stride + k]!;
      second[i] = a[i * this.#stride + k + 1]!;
      product1[i] = factor * (d2 * first[i]! - second[i]!);
      product2[i] = factor * (d1 * second[i]! - first[i]!);
    }
    for (let i = k + 2; i < this.#size; i++) {
      const [value1, value2] = [first[i]!, second[i]!];
      const row = i * this.#stride;
      for (let j = k + 2; j < i; j++) {
        a[row + j] = a[row + j]! - value1 * product1[j]! - value2 * product2[j]!;
      }
      this.#diagonal[i] = this.#diagonal[i]! - value1 * product1[i]! - value2 * product2[i]!;
      a[row + k] = product1[i]!;
      a[row + k + 1] = product2[i]!;
    }
  }

  /** Solves for x in the order of A, reversed. */
  #solve(b: Float64Array): void {
    const a = this.#a;
    const x = this.#column;
    for (let i = 0; i < x.length; i++) x[i] = b[this.#rows[i]!]!;
    for (let i = 0; i < x.length; i++) {
      const row = i * this.#stride;
      const end = this.#isSecond[i] === 1 ? i - 1 : i;
      let sum = x[i]!;
      for (let j = 0; j < end; j++) sum -= a[row + j]! * x[j]!;
      x[i] = sum;
    }
    for (let i = 0; i < x.length; i++) {
      if (this.#isSecond[i + 1] === 1) this.#solveTwo(x, i++);
      else x[i]! /= this.#diagonal[i]!;
    }
    for (let i = x.length - 1; i >= 0; i--) {
      const row = i * this.#stride;
      const end = this.#isSecond[i] === 1 ? i - 1 : i;
      const value = x[i]!;
      for (let j = 0; j < end; j++) x[j]! -= a[row + j]! * value;
    }
    for (let i = 0; i < x.length; i++) b[this.#rows[i]!] = x[i]!;
  }

  #solveTwo(x: Float64Array, k: number): void {
    const beside = this.#a[(k + 1) * this.#stride + k]!;
    const d1 = this.#diagonal[k]! / beside;
    const d2 = this.#diagonal[k + 1]! / beside;
    const determinant = d1 * d2 - 1;
    const [x1, x2] = [x[k]! / beside, x[k + 1]! / beside];
    x[k] = (d2 * x1 - x2) / determinant;
    x[k + 1] = (d1 * x2 - x1) / determinant;
  }

  #norm(): number {
    const sums = new Float64Array(this.#stride);
    const places = this.#places.toSorted();
    for (let i = 0; i < this.#size; i++) {
      for (let j = i; j < this.#size; j++) {
        const value = Math.abs(this.#a[places[i]! * this.#stride + places[j]!]!);
        sums[places[i]!]! += value;
        if (j > i) sums[places[j]!]! += value;
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
      const product = this.#solved(signs);
      peak = peakOf(product);
      if (product[peakBefore] === Math.abs(product[peak]!)) break;
    }
    // Covers matrices on which the rounds above stop too early.
    const alternating = new Float64Array(size).map((_, i) => (i % 2 === 0 ? 1 : -1) * (1 + i / (size - 1)));
    return Math.max(estimate, (2 * sumAbs(this.#solved(alternating.toReversed()))) / (3 * size));
  }

  #solved(b: Float64Array): Float64Array {
    const x = b.slice();
    this.#solve(x);
    return x;
  }
}

function swap(v: Float64Array | Int32Array, i: number, j: number): void {
  const value = v[i]!;
  v[i] = v[j]!;
  v[j] = value;
}

function signOf(value: number): number {
  return value >= 0 ? 1 : -1;
}

function sumAbs(x: Float64Array): number {
  return x.reduce((sum, value) => sum + Math.abs(value), 0);
}

/** Index of the largest absolute value: the last of equal values, as in `#findPivot`. */
function peakOf(x: Float64Array): number {
  let peak = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i]!) >= Math.abs(x[peak]!)) peak = i;
  return peak;
}
