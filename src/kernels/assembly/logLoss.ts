import { decodeRows, paddedRows, ROWS_AT_ONCE } from './decode';
import { expOfMinus, log1p } from './exponential';
import { addColumnDots, addKept, predictRows, STRETCH_ROWS } from './linear';
import { blockOf, firstRow, rowsBefore, rowsOf, spanOf } from './span';

/**
 * Sums up the binomial log loss of a span at several points, and the derivatives of the loss by the parameters.
 * A chunk is decoded once for all points. The sums of a point do not depend on the other points.
 * @param stride bytes of a decoded column, as `decodeRows` needs for `chunkRows` rows
 * @param codes one byte a row of the set: 0 or 1
 * @param weights two doubles: the weight of a row of class 0 and of class 1
 * @param points for each point its parameters: `nNotes + 1` doubles, the intercept last
 * @param out for each span `nNotes + 2` sums a point (the derivatives, the intercept's derivative, the loss), and behind the
 *   sums of all points as many doubles with the rounding errors that the sums lack
 * @param scratch `nNotes + 2` times the stride
 */
export function logLossOfBlock(
  directory: usize,
  nColumns: i32,
  spans: usize,
  notes: usize,
  nNotes: i32,
  chunkRows: i32,
  stride: usize,
  codes: usize,
  weights: usize,
  points: usize,
  nPoints: i32,
  out: usize,
  index: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, index);
  const block = blockOf(span);
  const rows = rowsOf(span);
  const first = firstRow(span);
  const z = scratch + <usize>nNotes * stride;
  const e = z + stride;
  const ofIntercept = <usize>nNotes << 3;
  const bytesOfPoint = <usize>(nNotes + 2) << 3;
  const bytes = <usize>nPoints * bytesOfPoint;
  const ofSpan = out + 2 * <usize>index * bytes;
  memory.fill(ofSpan, 0, 2 * bytes);
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    const padded = paddedRows(n);
    decodeRows(directory, nColumns, block, first + start, n, notes, nNotes, scratch, stride);
    const codesOfChunk = codes + <usize>(rowsBefore(span) + start);
    for (let point = 0; point < nPoints; point++) {
      const w = points + ((<usize>point * <usize>(nNotes + 1)) << 3);
      const sums = ofSpan + <usize>point * bytesOfPoint;
      const errors = sums + bytes;
      predictRows(scratch, stride, nNotes, padded, w, z);
      lossAndResiduals(z, n, e, codesOfChunk, weights, sums + ofIntercept, errors + ofIntercept, 0, false);
      addColumnDots(scratch, stride, nNotes, padded, z, sums, errors);
    }
  }
}

/**
 * Replaces the scores z by residuals. Adds the residuals to the first of two sums, and the losses to the second.
 * @param e room for the exponentials of the scores, padded
 * @param h if `wantsCurvature`: room for the second derivatives, padded with zeros
 */
@inline
export function lossAndResiduals(
  z: usize,
  rows: i32,
  e: usize,
  codes: usize,
  weights: usize,
  sums: usize,
  errors: usize,
  h: usize,
  wantsCurvature: bool,
): void {
  const weight0 = v128.load64_splat(weights);
  const weight1 = v128.load64_splat(weights, 8);
  const whole = rows & -ROWS_AT_ONCE;
  storeExponentials(z, paddedRows(rows), e);
  let row = 0;
  while (row < whole) {
    let losses = f64x2.splat(0);
    let residuals = f64x2.splat(0);
    const end = min(row + STRETCH_ROWS, whole);
    for (; row < end; row += ROWS_AT_ONCE) {
      const at = z + (<usize>row << 3);
      const exps = e + (<usize>row << 3);
      const to = h + (<usize>row << 3);
      const isOne = areOnes(v128.load32_zero(codes + <usize>row));
      const isOneFirst = i64x2.extend_low_i32x4_s(isOne);
      const isOneSecond = i64x2.extend_high_i32x4_s(isOne);
      const weightFirst = v128.bitselect(weight1, weight0, isOneFirst);
      const weightSecond = v128.bitselect(weight1, weight0, isOneSecond);
      losses = f64x2.add(losses, twoRows(at, exps, isOneFirst, weightFirst, to, wantsCurvature));
      losses = f64x2.add(losses, twoRows(at + 16, exps + 16, isOneSecond, weightSecond, to + 16, wantsCurvature));
      residuals = f64x2.add(residuals, f64x2.add(v128.load(at), v128.load(at, 16)));
    }
    addKept(sums, errors, residuals);
    addKept(sums + 8, errors + 8, losses);
  }
  if (row < rows) {
    // Rows behind the last row have weight 0.
    const isOne = areOnes(v128.load32_zero(codes + <usize>row));
    const isThere = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rows - row));
    for (let half = 0; half < 2; half++) {
      const at = z + (<usize>(row + 2 * half) << 3);
      const exps = e + (<usize>(row + 2 * half) << 3);
      const to = h + (<usize>(row + 2 * half) << 3);
      const isOneHere = half === 0 ? i64x2.extend_low_i32x4_s(isOne) : i64x2.extend_high_i32x4_s(isOne);
      const isHere = half === 0 ? i64x2.extend_low_i32x4_s(isThere) : i64x2.extend_high_i32x4_s(isThere);
      const weight = v128.and(v128.bitselect(weight1, weight0, isOneHere), isHere);
      addKept(sums + 8, errors + 8, twoRows(at, exps, isOneHere, weight, to, wantsCurvature));
      addKept(sums, errors, v128.load(at));
    }
  }
}

/**
 * Stores exp(-|z|) of all padded rows.
 * In a loop of their own, more exponentials are under way at once: each of them is a long chain of operations.
 */
@inline
function storeExponentials(z: usize, rows: i32, e: usize): void {
  const bytes = <usize>rows << 3;
  for (let at: usize = 0; at < bytes; at += 8 * ROWS_AT_ONCE) {
    v128.store(e + at, expOfMinus(f64x2.abs(v128.load(z + at))));
    v128.store(e + at, expOfMinus(f64x2.abs(v128.load(z + at, 16))), 16);
  }
}

/** Widens four codes of a byte each: all bits of a lane are set if the code is 1. */
@inline
function areOnes(codes: v128): v128 {
  return i32x4.eq(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(codes)), i32x4.splat(1));
}

/**
 * Returns the losses of two rows, and replaces their scores z by residuals. Their exponentials are at `exps`.
 * With m = z for class 0 and m = -z for class 1, the loss is `max(m, 0) + log1p(exp(-|m|))`. Its derivative by m is the
 * logistic function. Its second derivative is `exp(-|m|) / (1 + exp(-|m|))^2`, which is stored at `h` if it is wanted.
 */
@inline
function twoRows(at: usize, exps: usize, isOne: v128, weight: v128, h: usize, wantsCurvature: bool): v128 {
  const sign = v128.and(isOne, f64x2.splat(-0.0));
  const z = v128.load(at);
  const m = v128.xor(z, sign);
  const e = v128.load(exps);
  const isWrong = f64x2.ge(m, f64x2.splat(0));
  const sum = f64x2.add(f64x2.splat(1), e);
  const slope = f64x2.div(v128.bitselect(f64x2.splat(1), e, isWrong), sum);
  if (wantsCurvature) v128.store(h, f64x2.mul(weight, f64x2.div(e, f64x2.mul(sum, sum))));
  v128.store(at, v128.xor(f64x2.mul(weight, slope), sign));
  return f64x2.mul(weight, f64x2.add(f64x2.pmax(m, f64x2.splat(0)), log1p(e)));
}
