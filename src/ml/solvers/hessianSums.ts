import { continueColumnDots, multiplyColumn } from './kernels.ts';
import { type PairwisePlan, PairwiseSum, pairwisePlan } from './pairwiseSum.ts';
import type { RowChunk, RowChunks } from './types.ts';

/**
 * Sums up `(X, 1)' diag(h) (X, 1)` in the order in which OpenBLAS does, one addition after the other.
 *
 * Newton's direction is useless if columns are collinear and the penalty is tiny. Rounding alone then decides whether
 * the matrix looks singular, and so where scikit-learn leaves for lbfgs. More exact sums decide otherwise: the same
 * number of the same additions is needed. scikit-learn calls `dgemm` for X'X, `dgemv` for X'1, NumPy's `sum` for 1'1.
 *
 * Source: OpenBLAS 0.3.30, driver/level3/level3.c and kernel/x86_64 for SkylakeX: dgemm adds up blocks of rows
 * (`GEMM_Q`), a small product whole; dgemv adds up four rows at a time,
 * but the columns behind the last four in turn.
 */
export class HessianSums {
  readonly #rows: RowChunks;
  /** A block of rows, copied together. */
  readonly #block: Float64Array[];
  readonly #product = new Float64Array(BLOCK_ROWS);
  readonly #dots: Float64Array;
  readonly #isSmall: boolean;
  readonly #plan: PairwisePlan;
  /** Sums of h by their place in the Hessian. */
  readonly #sums = new Map<number, PairwiseSum>();

  constructor(rows: RowChunks) {
    this.#rows = rows;
    const { nSamples, nFeatures } = rows;
    this.#block = Array.from({ length: nFeatures }, () => new Float64Array(Math.min(BLOCK_ROWS, nSamples)));
    this.#dots = new Float64Array(nFeatures);
    this.#plan = pairwisePlan(nSamples);
    this.#isSmall = nSamples * nFeatures * nFeatures <= SMALL_PRODUCT_MAX;
  }

  /** Yields the rows block by block. The block is valid until the next one is read. */
  *blocks(): Generator<RowChunk & { readonly start: number }> {
    const { nSamples } = this.#rows;
    for (let start = 0; start < nSamples; ) {
      const block = this.#read(start, blockRows(nSamples - start));
      yield { ...block, start };
      start += block.rows;
    }
  }

  /**
   * Adds a block of rows to the upper triangle of a matrix.
   * @param block as `blocks` yields it
   * @param h second derivatives of the rows
   * @param corner the triangle's first place in `hessian`
   * @param n length of the rows of `hessian`
   */
  add(
    { columns, at: first, rows }: RowChunk,
    h: Float64Array,
    hessian: Float64Array,
    corner: number,
    n: number,
  ): void {
    const nFeatures = columns.length;
    const [product, dots] = [this.#product, this.#dots];
    for (let j = 0; j < nFeatures; j++) {
      multiplyColumn(columns[j]!, first, rows, h, product);
      const at = corner + j;
      if (this.#isSmall) {
        for (let i = 0; i <= j; i++) dots[i] = hessian[at + i * n]!;
        continueColumnDots(columns, j + 1, first, rows, product, dots);
        for (let i = 0; i <= j; i++) hessian[at + i * n] = dots[i]!;
      } else {
        dots.fill(0, 0, j + 1);
        continueColumnDots(columns, j + 1, first, rows, product, dots);
        for (let i = 0; i <= j; i++) hessian[at + i * n]! += dots[i]!;
      }
    }
    const last = corner + nFeatures;
    const whole = nFeatures - (nFeatures % FOUR);
    for (let i = 0; i < nFeatures; i++) {
      const dot = i < whole ? dotInFours : dotInTurn;
      hessian[last + i * n] = dot(columns[i]!, first, h, rows, hessian[last + i * n]!);
    }
    this.#sumAt(last + nFeatures * n).add(h, rows);
  }

  /** Writes the sums of h, once all blocks have been added. */
  finish(hessian: Float64Array): void {
    for (const [at, sum] of this.#sums) hessian[at] = sum.value;
  }

  #sumAt(place: number): PairwiseSum {
    let sum = this.#sums.get(place);
    if (sum === undefined) {
      sum = new PairwiseSum(this.#plan);
      this.#sums.set(place, sum);
    }
    return sum;
  }

  #read(start: number, rows: number): RowChunk {
    const first = this.#rows.read(start, rows);
    if (first.rows === rows) return first;
    const block = this.#block;
    for (let done = 0, chunk = first; ; ) {
      const { columns, at } = chunk;
      for (let j = 0; j < block.length; j++) block[j]!.set(columns[j]!.subarray(at, at + chunk.rows), done);
      done += chunk.rows;
      if (done === rows) return { columns: block, at: 0, rows };
      chunk = this.#rows.read(start + done, rows - done);
    }
  }
}

/** OpenBLAS adds up a product of so many multiplications whole. */
const SMALL_PRODUCT_MAX = 1e6;
/** OpenBLAS's `GEMM_Q`, and `GEMM_UNROLL_M`, of which the rows of a block are a multiple. */
const BLOCK_ROWS = 384;
const UNROLLED_ROWS = 16;
/** Rows that dgemv adds up before they join a sum. */
const FOUR = 4;

/** Rows of the next block if so many are left. */
function blockRows(left: number): number {
  if (left >= 2 * BLOCK_ROWS) return BLOCK_ROWS;
  if (left <= BLOCK_ROWS) return left;
  return Math.ceil(Math.floor(left / 2) / UNROLLED_ROWS) * UNROLLED_ROWS;
}

type Dot = (x: Float64Array, at: number, h: Float64Array, rows: number, start: number) => number;

/** Adds a product to a sum, four rows at a time, then the rows that are left by two and by one. */
const dotInFours: Dot = (x, at, h, rows, start) => {
  let sum = start;
  let r = 0;
  for (; r + FOUR <= rows; r += FOUR) {
    const i = at + r;
    sum += x[i]! * h[r]! + x[i + 1]! * h[r + 1]! + x[i + 2]! * h[r + 2]! + x[i + 3]! * h[r + 3]!;
  }
  if (rows - r >= 2) {
    sum += x[at + r]! * h[r]! + x[at + r + 1]! * h[r + 1]!;
    r += 2;
  }
  return r < rows ? sum + x[at + r]! * h[r]! : sum;
};

/** Adds a product to a sum, one row after the other. */
const dotInTurn: Dot = (x, at, h, rows, start) => {
  let sum = start;
  for (let r = 0; r < rows; r++) sum += x[at + r]! * h[r]!;
  return sum;
};
