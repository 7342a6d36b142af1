import { decodeRows, paddedRows, ROWS_AT_ONCE } from './decode';
import { expOfMinus, log1p } from './exponential';
import { addColumnDots, addTo, predictRows } from './linear';
import { firstRow, rowsBefore, rowsOf, spanOf } from './span';

/** Rows whose losses are added up before they join the sum: no value goes through many additions. */
const STRETCH_ROWS: i32 = 64;

/**
 * Binomial log loss of a block's part and its derivatives by the parameters, summed over the rows.
 * @param stride bytes of a decoded column of `chunkRows` rows, more than they take
 * @param codes one byte a row of the part: 0 or 1
 * @param weights two doubles, of a row of each class
 * @param w `nNotes + 1` doubles, the intercept last
 * @param out `nNotes + 2` doubles a block: the loss, then the derivatives
 * @param scratch `nNotes + 1` times the stride
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
  w: usize,
  out: usize,
  block: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, block);
  const rows = rowsOf(span);
  const first = firstRow(span);
  const z = scratch + <usize>nNotes * stride;
  const loss = out + (<usize>(block * (nNotes + 2)) << 3);
  const gradient = loss + 8;
  memory.fill(loss, 0, <usize>(nNotes + 2) << 3);
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    decodeRows(directory, nColumns, block, first + start, n, notes, nNotes, scratch, stride);
    predictRows(scratch, stride, nNotes, paddedRows(n), w, z);
    const codesOfChunk = codes + <usize>(rowsBefore(span) + start);
    lossAndResiduals(z, n, codesOfChunk, weights, loss, gradient + (<usize>nNotes << 3));
    addColumnDots(scratch, stride, nNotes, paddedRows(n), z, gradient);
  }
}

/** Puts the residuals of `rows` rows in the place of z, and adds the losses to one double and the residuals to another. */
function lossAndResiduals(z: usize, rows: i32, codes: usize, weights: usize, loss: usize, sum: usize): void {
  const weight0 = v128.load64_splat(weights);
  const weight1 = v128.load64_splat(weights, 8);
  const whole = rows & -ROWS_AT_ONCE;
  let residuals = f64x2.splat(0);
  let row = 0;
  while (row < whole) {
    let losses = f64x2.splat(0);
    const end = min(row + STRETCH_ROWS, whole);
    for (; row < end; row += ROWS_AT_ONCE) {
      const at = z + (<usize>row << 3);
      const isOne = areOnes(v128.load32_zero(codes + <usize>row));
      const isOneFirst = i64x2.extend_low_i32x4_s(isOne);
      const isOneSecond = i64x2.extend_high_i32x4_s(isOne);
      losses = f64x2.add(losses, twoRows(at, isOneFirst, v128.bitselect(weight1, weight0, isOneFirst)));
      losses = f64x2.add(losses, twoRows(at + 16, isOneSecond, v128.bitselect(weight1, weight0, isOneSecond)));
      residuals = f64x2.add(residuals, f64x2.add(v128.load(at), v128.load(at, 16)));
    }
    addTo(loss, losses);
  }
  if (row < rows) {
    // Rows that are not there have no weight.
    const isOne = areOnes(v128.load32_zero(codes + <usize>row));
    const isThere = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rows - row));
    for (let half = 0; half < 2; half++) {
      const at = z + (<usize>(row + 2 * half) << 3);
      const isOneHere = half === 0 ? i64x2.extend_low_i32x4_s(isOne) : i64x2.extend_high_i32x4_s(isOne);
      const isHere = half === 0 ? i64x2.extend_low_i32x4_s(isThere) : i64x2.extend_high_i32x4_s(isThere);
      const weight = v128.and(v128.bitselect(weight1, weight0, isOneHere), isHere);
      addTo(loss, twoRows(at, isOneHere, weight));
      residuals = f64x2.add(residuals, v128.load(at));
    }
  }
  addTo(sum, residuals);
}

/** Four codes of a byte each, widened: all bits set where the code is 1. */
@inline
function areOnes(codes: v128): v128 {
  return i32x4.eq(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(codes)), i32x4.splat(1));
}

/**
 * Losses of two rows, and their residuals in the place of z: with m = z for class 0 and -z for class 1 the loss is
 * `max(m, 0) + log1p(exp(-|m|))` and its derivative by m the logistic function.
 */
@inline
function twoRows(at: usize, isOne: v128, weight: v128): v128 {
  const sign = v128.and(isOne, f64x2.splat(-0.0));
  const z = v128.load(at);
  const m = v128.xor(z, sign);
  const e = expOfMinus(f64x2.abs(z));
  const isWrong = f64x2.ge(m, f64x2.splat(0));
  const slope = f64x2.div(v128.bitselect(f64x2.splat(1), e, isWrong), f64x2.add(f64x2.splat(1), e));
  v128.store(at, v128.xor(f64x2.mul(weight, slope), sign));
  return f64x2.mul(weight, f64x2.add(f64x2.pmax(m, f64x2.splat(0)), log1p(e)));
}
