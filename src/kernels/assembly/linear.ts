// Sums up a chunk of decoded rows over its columns or its rows. Column j is at `x + j * stride`, padded with zeros.
import { ROWS_AT_ONCE } from './decode';

/**
 * Stores `z[r] = intercept + sum over j of w[j] * x_j[r]` for all padded rows.
 * @param w `nColumns + 1` doubles, the intercept last
 */
export function predictRows(x: usize, stride: usize, nColumns: i32, rows: i32, w: usize, z: usize): void {
  const bytes = <usize>rows << 3;
  const intercepts = f64x2.splat(load<f64>(w + (<usize>nColumns << 3)));
  for (let at: usize = 0; at < bytes; at += 8 * ROWS_AT_ONCE) {
    v128.store(z + at, intercepts);
    v128.store(z + at, intercepts, 16);
  }
  let j = 0;
  for (; j + 3 < nColumns; j += 4) {
    const x0 = x + <usize>j * stride;
    const x1 = x0 + stride;
    const x2 = x1 + stride;
    const x3 = x2 + stride;
    const weights = w + (<usize>j << 3);
    const w0 = v128.load64_splat(weights);
    const w1 = v128.load64_splat(weights, 8);
    const w2 = v128.load64_splat(weights, 16);
    const w3 = v128.load64_splat(weights, 24);
    for (let at: usize = 0; at < bytes; at += 16) {
      const front = f64x2.add(f64x2.mul(w0, v128.load(x0 + at)), f64x2.mul(w1, v128.load(x1 + at)));
      const back = f64x2.add(f64x2.mul(w2, v128.load(x2 + at)), f64x2.mul(w3, v128.load(x3 + at)));
      v128.store(z + at, f64x2.add(v128.load(z + at), f64x2.add(front, back)));
    }
  }
  for (; j < nColumns; j++) {
    const xj = x + <usize>j * stride;
    const wj = v128.load64_splat(w + (<usize>j << 3));
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(z + at, f64x2.add(v128.load(z + at), f64x2.mul(wj, v128.load(xj + at))));
    }
  }
}

/**
 * Rows whose products are added up before they join a sum. The sum keeps the rounding error of this addition.
 * The noise that is left decides whether a line search far from the optimum takes scikit-learn's steps: see
 * "The default solver's own path" in ARCHITECTURE.md.
 */
export const STRETCH_ROWS: i32 = 64;

/**
 * Adds to sum j the sum over r of `v[r] * x_j[r]`.
 * @param v padded with zeros, as the columns are
 * @param sums one double a column
 * @param errors the rounding errors that the sums lack, one double a column
 */
export function addColumnDots(
  x: usize,
  stride: usize,
  nColumns: i32,
  rows: i32,
  v: usize,
  sums: usize,
  errors: usize,
): void {
  for (let row = 0; row < rows; row += STRETCH_ROWS) {
    const start = <usize>row << 3;
    const end = <usize>min(row + STRETCH_ROWS, rows) << 3;
    let j = 0;
    for (; j + 3 < nColumns; j += 4) addFourDots(x + <usize>j * stride, stride, start, end, v, sums, errors, j);
    for (; j < nColumns; j++) {
      const xj = x + <usize>j * stride;
      let sum = f64x2.splat(0);
      for (let at = start; at < end; at += 16) {
        sum = f64x2.add(sum, f64x2.mul(v128.load(v + at), v128.load(xj + at)));
      }
      addKept(sums + (<usize>j << 3), errors + (<usize>j << 3), sum);
    }
  }
}

@inline
function addFourDots(
  x0: usize,
  stride: usize,
  start: usize,
  end: usize,
  v: usize,
  sums: usize,
  errors: usize,
  j: i32,
): void {
  const x1 = x0 + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  for (let at = start; at < end; at += 16) {
    const values = v128.load(v + at);
    s0 = f64x2.add(s0, f64x2.mul(values, v128.load(x0 + at)));
    s1 = f64x2.add(s1, f64x2.mul(values, v128.load(x1 + at)));
    s2 = f64x2.add(s2, f64x2.mul(values, v128.load(x2 + at)));
    s3 = f64x2.add(s3, f64x2.mul(values, v128.load(x3 + at)));
  }
  const to = <usize>j << 3;
  addTwoKept(sums + to, errors + to, lanesAdded(s0, s1));
  addTwoKept(sums + to + 16, errors + to + 16, lanesAdded(s2, s3));
}

/** Returns the sum of a's lanes and the sum of b's lanes. */
@inline
function lanesAdded(a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<i64>(a, b, 0, 2), v128.shuffle<i64>(a, b, 1, 3));
}

/** Adds to two sums, and adds the rounding errors to the sums' errors (Knuth's two-sum). */
@inline
function addTwoKept(sums: usize, errors: usize, values: v128): void {
  const before = v128.load(sums);
  const after = f64x2.add(before, values);
  const added = f64x2.sub(after, before);
  const lost = f64x2.add(f64x2.sub(before, f64x2.sub(after, added)), f64x2.sub(values, added));
  v128.store(sums, after);
  v128.store(errors, f64x2.add(v128.load(errors), lost));
}

/** Adds both lanes to one sum, and adds the rounding error to the sum's error (Knuth's two-sum). */
@inline
export function addKept(sum: usize, error: usize, lanes: v128): void {
  const value = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  const before = load<f64>(sum);
  const after = before + value;
  const added = after - before;
  store<f64>(sum, after);
  store<f64>(error, load<f64>(error) + (before - (after - added) + (value - added)));
}
