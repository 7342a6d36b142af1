import { decodeRows, paddedRows } from './decode';
import { expOfMinus } from './exponential';
import { predictRows } from './linear';
import { blockOf, firstRow, rowsBefore, rowsOf, spanOf } from './span';

/**
 * Stores the raw predictions `X w + b` of a span.
 * @param stride bytes of a decoded column, as `decodeRows` needs for `chunkRows` rows
 * @param w for each output `nNotes + 1` doubles, the intercept last
 * @param firstSpan the span whose first prediction goes to the beginning of `out`
 * @param out for each output one double a row, `outStride` bytes from one output to the next
 * @param ticket the span's number, counted from `firstSpan` on
 * @param scratch `nNotes + 1` times the stride
 */
export function predictBlock(
  directory: usize,
  nColumns: i32,
  spans: usize,
  notes: usize,
  nNotes: i32,
  chunkRows: i32,
  stride: usize,
  w: usize,
  nOutputs: i32,
  firstSpan: i32,
  out: usize,
  outStride: usize,
  ticket: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, firstSpan + ticket);
  const block = blockOf(span);
  const rows = rowsOf(span);
  const z = scratch + <usize>nNotes * stride;
  const to = out + (<usize>(rowsBefore(span) - rowsBefore(spanOf(spans, firstSpan))) << 3);
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    decodeRows(directory, nColumns, block, firstRow(span) + start, n, notes, nNotes, scratch, stride);
    for (let k = 0; k < nOutputs; k++) {
      predictRows(scratch, stride, nNotes, paddedRows(n), w + (<usize>(k * (nNotes + 1)) << 3), z);
      memory.copy(to + (<usize>start << 3) + <usize>k * outStride, z, <usize>n << 3);
    }
  }
}

/**
 * Stores the class of each row of a span, and the probability of class 1: the logistic function of `X w + b`.
 * @param stride bytes of a decoded column, as `decodeRows` needs for `chunkRows` rows
 * @param w `nNotes + 1` doubles, the intercept last
 * @param firstSpan the span whose first results go to the beginning of `codes` and `proba`
 * @param codes one byte a row: 1 if the score is above 0
 * @param proba one double a row
 * @param ticket the span's number, counted from `firstSpan` on
 * @param scratch `nNotes + 1` times the stride
 */
export function classifyBlock(
  directory: usize,
  nColumns: i32,
  spans: usize,
  notes: usize,
  nNotes: i32,
  chunkRows: i32,
  stride: usize,
  w: usize,
  firstSpan: i32,
  codes: usize,
  proba: usize,
  ticket: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, firstSpan + ticket);
  const block = blockOf(span);
  const rows = rowsOf(span);
  const z = scratch + <usize>nNotes * stride;
  const before = rowsBefore(span) - rowsBefore(spanOf(spans, firstSpan));
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    decodeRows(directory, nColumns, block, firstRow(span) + start, n, notes, nNotes, scratch, stride);
    predictRows(scratch, stride, nNotes, paddedRows(n), w, z);
    for (let row = 0; row < n; row++) {
      store<u8>(codes + <usize>(before + start + row), <u8>(load<f64>(z + (<usize>row << 3)) > 0));
    }
    logisticInPlace(z, n);
    memory.copy(proba + (<usize>(before + start) << 3), z, <usize>n << 3);
  }
}

/** `expOfMinus` is exact up to this, and `exp` of larger numbers than the second is beyond the doubles. */
const EXPONENT_MAX: f64 = 708;
const EXPONENT_OVERFLOW: f64 = 709.782712893384;

/** Replaces z by `1 / (1 + exp(-z))`, through an exponential that cannot overflow. */
function logisticInPlace(z: usize, rows: i32): void {
  const ones = f64x2.splat(1);
  const end = z + (<usize>rows << 3);
  for (let at = z; at < end; at += 16) {
    const score = v128.load(at);
    const e = expOfMinus(f64x2.abs(score));
    const isPositive = f64x2.ge(score, f64x2.splat(0));
    v128.store(at, f64x2.div(v128.bitselect(ones, e, isPositive), f64x2.add(ones, e)));
    if (v128.any_true(f64x2.lt(score, f64x2.splat(-EXPONENT_MAX)))) {
      storeFar(at, f64x2.extract_lane(score, 0));
      storeFar(at + 8, f64x2.extract_lane(score, 1));
    }
  }
}

/**
 * Stores the logistic function of a score that is far below 0.
 * The function is 0 where `exp(-z)` overflows, as in SciPy. A bound instead would give all these rows one rank.
 */
function storeFar(at: usize, score: f64): void {
  if (score < -EXPONENT_MAX) store<f64>(at, score < -EXPONENT_OVERFLOW ? 0 : Math.exp(score));
}
