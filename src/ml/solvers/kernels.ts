/**
 * The inner loops of a fit: passes over one chunk of rows, column by column.
 * The loops allocate nothing. Their order of summation depends only on the shapes, so a fit is reproducible to the
 * last bit. Four columns are processed together, so the row buffer is read and written a quarter as often.
 *
 * Parameters are rows of `nFeatures + 1` numbers, one row for each output, intercept last.
 */

/** Rows in a chunk. Its buffers and a few columns (4 KB each) then fit in the processor's first-level cache. */
export const CHUNK_ROWS = 512;

/** Rows in a partial sum: about the square root of a chunk, so no value goes through more than about 50 additions. */
const STRETCH_ROWS = 32;

type Columns = readonly Float64Array[];

/** `z[zAt + r] = intercept + sum over j of w[wAt + j] * columns[j][start + r]`, for r from 0 to `rows - 1`. */
export function linearPredictor(
  columns: Columns,
  start: number,
  rows: number,
  w: Float64Array,
  wAt: number,
  z: Float64Array,
  zAt: number,
): void {
  const nFeatures = columns.length;
  z.fill(w[wAt + nFeatures]!, zAt, zAt + rows);
  let j = 0;
  for (; j + 3 < nFeatures; j += 4) {
    const [x0, x1, x2, x3] = [columns[j]!, columns[j + 1]!, columns[j + 2]!, columns[j + 3]!];
    const [w0, w1, w2, w3] = [w[wAt + j]!, w[wAt + j + 1]!, w[wAt + j + 2]!, w[wAt + j + 3]!];
    for (let r = 0; r < rows; r++) {
      const i = start + r;
      z[zAt + r]! += w0 * x0[i]! + w1 * x1[i]! + (w2 * x2[i]! + w3 * x3[i]!);
    }
  }
  for (; j < nFeatures; j++) {
    const x = columns[j]!;
    const weight = w[wAt + j]!;
    for (let r = 0; r < rows; r++) z[zAt + r]! += weight * x[start + r]!;
  }
}

/** `out[outAt + j] += sum over r of v[vAt + r] * columns[j][start + r]`, for the columns from `first` on. */
export function addColumnDots(
  columns: Columns,
  first: number,
  start: number,
  rows: number,
  v: Float64Array,
  vAt: number,
  out: Float64Array,
  outAt: number,
): void {
  const nFeatures = columns.length;
  let j = first;
  for (; j + 3 < nFeatures; j += 4) {
    const [x0, x1, x2, x3] = [columns[j]!, columns[j + 1]!, columns[j + 2]!, columns[j + 3]!];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let r = 0; r < rows; r++) {
      const i = start + r;
      const value = v[vAt + r]!;
      s0 += value * x0[i]!;
      s1 += value * x1[i]!;
      s2 += value * x2[i]!;
      s3 += value * x3[i]!;
    }
    out[outAt + j]! += s0;
    out[outAt + j + 1]! += s1;
    out[outAt + j + 2]! += s2;
    out[outAt + j + 3]! += s3;
  }
  for (; j < nFeatures; j++) {
    const x = columns[j]!;
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += v[vAt + r]! * x[start + r]!;
    out[outAt + j]! += sum;
  }
}

/** `sums[j] += sum over r of v[r] * columns[j][start + r]`, one row after the other, for the first `count` columns. */
export function continueColumnDots(
  columns: Columns,
  count: number,
  start: number,
  rows: number,
  v: Float64Array,
  sums: Float64Array,
): void {
  let j = 0;
  for (; j + 3 < count; j += 4) {
    const [x0, x1, x2, x3] = [columns[j]!, columns[j + 1]!, columns[j + 2]!, columns[j + 3]!];
    let [s0, s1, s2, s3] = [sums[j]!, sums[j + 1]!, sums[j + 2]!, sums[j + 3]!];
    for (let r = 0; r < rows; r++) {
      const i = start + r;
      const value = v[r]!;
      s0 += value * x0[i]!;
      s1 += value * x1[i]!;
      s2 += value * x2[i]!;
      s3 += value * x3[i]!;
    }
    sums[j] = s0;
    sums[j + 1] = s1;
    sums[j + 2] = s2;
    sums[j + 3] = s3;
  }
  for (; j < count; j++) {
    const x = columns[j]!;
    let sum = sums[j]!;
    for (let r = 0; r < rows; r++) sum += v[r]! * x[start + r]!;
    sums[j] = sum;
  }
}

/** `product[r] = v[r] * column[start + r]`, for r from 0 to `rows - 1`. */
export function multiplyColumn(
  column: Float64Array,
  start: number,
  rows: number,
  v: Float64Array,
  product: Float64Array,
): void {
  for (let r = 0; r < rows; r++) product[r] = v[r]! * column[start + r]!;
}

/**
 * Sums `rows` values from `at` on in partial sums, which avoids most of the rounding error.
 * The noise of the loss decides how long a line search can follow scikit-learn's, whose sums are pairwise.
 */
export function sumOf(v: Float64Array, at: number, rows: number): number {
  const end = at + rows;
  let sum = 0;
  for (let from = at; from < end; from += STRETCH_ROWS) {
    const to = Math.min(from + STRETCH_ROWS, end);
    let part = 0;
    for (let r = from; r < to; r++) part += v[r]!;
    sum += part;
  }
  return sum;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Largest absolute value, or NaN if any value is NaN. */
export function maxAbs(v: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]!));
  return largest;
}
