/** A place of a matrix whose row and column are a linear combination of places before it. */
export interface Dependence {
  readonly place: number;
  /** The combination's coefficients by place; 0 for the places that are not in it. */
  readonly combination: Float64Array;
}

/**
 * A pivot that is smaller, relative to its diagonal element, is taken for rounding error. The inverse of the ratio is the
 * variance inflation factor. Pivots of exact combinations are below 1e-13.
 */
const PIVOT_MIN = 1e-12;

/**
 * A Cholesky factor, A = L L', of a symmetric matrix that may be singular.
 * The places are eliminated in a given order. A place that depends on places before it is left out, as R's `glm` and
 * Stata's `logit` do, so the order decides which one of several dependent places is left out.
 */
export class OrderedCholesky {
  /** The places that are not left out, in order. Row k of L belongs to the place `kept[k]`. */
  readonly kept: readonly number[];
  readonly dependences: readonly Dependence[];
  readonly #rows: readonly Float64Array[];
  readonly #n: number;

  /**
   * @param a n squared, row by row; only the upper triangle is read
   * @param order the places of the matrix, in the order of elimination; the rest is ignored
   * @param floors for each place the diagonal element below which it counts as 0
   */
  constructor(a: Float64Array, n: number, order: readonly number[], floors: Float64Array) {
    const kept: number[] = [];
    const rows: Float64Array[] = [];
    const dependences: Dependence[] = [];
    this.#n = n;
    this.#rows = rows;
    this.kept = kept;
    this.dependences = dependences;
    for (const place of order) {
      const row = new Float64Array(kept.length + 1);
      const diagonal = a[place * n + place]!;
      let pivot = diagonal;
      for (let k = 0; k < kept.length; k++) {
        const other = kept[k]!;
        const rowK = rows[k]!;
        let sum = other < place ? a[other * n + place]! : a[place * n + other]!;
        for (let m = 0; m < k; m++) sum -= row[m]! * rowK[m]!;
        row[k] = sum / rowK[k]!;
        pivot -= row[k]! * row[k]!;
      }
      if (pivot > PIVOT_MIN * diagonal && diagonal > floors[place]!) {
        row[kept.length] = Math.sqrt(pivot);
        kept.push(place);
        rows.push(row);
      } else {
        dependences.push({ place, combination: this.#spread(this.#solveUpper(row, kept.length)) });
      }
    }
  }

  /** Solves A x = b for the places that are kept. x is 0 at the other places. */
  solve(b: Float64Array): Float64Array {
    const y = this.solveLower(b);
    return this.#spread(this.#solveUpper(y, y.length));
  }

  /** Returns the solution y of L y = b. The squared length of y is b'A^-1 b. */
  solveLower(b: Float64Array): Float64Array {
    const y = new Float64Array(this.kept.length);
    for (let k = 0; k < y.length; k++) {
      const row = this.#rows[k]!;
      let sum = b[this.kept[k]!]!;
      for (let m = 0; m < k; m++) sum -= row[m]! * y[m]!;
      y[k] = sum / row[k]!;
    }
    return y;
  }

  /** Solves L'x = y for the first `length` rows of L. */
  #solveUpper(y: Float64Array, length: number): Float64Array {
    const x = y.slice(0, length);
    for (let k = length - 1; k >= 0; k--) {
      const row = this.#rows[k]!;
      x[k]! /= row[k]!;
      for (let m = 0; m < k; m++) x[m]! -= row[m]! * x[k]!;
    }
    return x;
  }

  /** Puts the numbers of the kept places at these places. */
  #spread(x: Float64Array): Float64Array {
    const spread = new Float64Array(this.#n);
    for (let k = 0; k < x.length; k++) spread[this.kept[k]!] = x[k]!;
    return spread;
  }
}

/** Returns the direction along which the matrix of this dependence is 0. */
export function nullDirection({ place, combination }: Dependence): Float64Array {
  const direction = combination.map((coefficient) => -coefficient);
  direction[place] = 1;
  return direction;
}
