import { decodeRows, paddedRows } from './decode';
import { addColumnDots, predictRows } from './linear';
import { lossAndResiduals } from './logLoss';
import { blockOf, firstRow, rowsBefore, rowsOf, spanOf } from './span';

/**
 * Sums up the binomial log loss of a span, and its first and second derivatives by the parameters.
 * @param stride bytes of a decoded column, as `decodeRows` needs for `chunkRows` rows
 * @param codes one byte a row of the set: 0 or 1
 * @param weights two doubles: the weight of a row of class 0 and of class 1
 * @param w p = `nNotes + 1` doubles, the intercept last
 * @param out for each span these sums, and behind them as many doubles with the rounding errors that the sums lack: p
 *   first derivatives, the loss, and the upper triangle of the second derivatives, row by row
 * @param scratch `nNotes + 4` times the stride: the columns, ones for the intercept, scores, second derivatives, and
 *   their product with a column
 */
export function hessianOfBlock(
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
  index: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, index);
  const block = blockOf(span);
  const rows = rowsOf(span);
  const first = firstRow(span);
  const p = nNotes + 1;
  const ones = scratch + <usize>nNotes * stride;
  const z = ones + stride;
  const h = z + stride;
  const product = h + stride;
  const bytes = <usize>(p + 1 + ((p * (p + 1)) >> 1)) << 3;
  const sums = out + 2 * <usize>index * bytes;
  const errors = sums + bytes;
  memory.fill(sums, 0, 2 * bytes);
  for (let row = 0; row < chunkRows; row++) store<f64>(ones + (<usize>row << 3), 1);
  const ofIntercept = <usize>nNotes << 3;
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    const padded = paddedRows(n);
    decodeRows(directory, nColumns, block, first + start, n, notes, nNotes, scratch, stride);
    predictRows(scratch, stride, nNotes, padded, w, z);
    const codesOfChunk = codes + <usize>(rowsBefore(span) + start);
    // The exponentials are used up before the first product is stored.
    lossAndResiduals(z, n, product, codesOfChunk, weights, sums + ofIntercept, errors + ofIntercept, h, true);
    addColumnDots(scratch, stride, nNotes, padded, z, sums, errors);
    let at = <usize>(p + 1) << 3;
    for (let i = 0; i < p; i++) {
      const column = scratch + <usize>i * stride;
      multiply(h, column, padded, product);
      addColumnDots(column, stride, p - i, padded, product, sums + at, errors + at);
      at += <usize>(p - i) << 3;
    }
  }
}

/** Stores the products of two columns. */
@inline
function multiply(a: usize, b: usize, rows: i32, out: usize): void {
  const bytes = <usize>rows << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f64x2.mul(v128.load(a + at), v128.load(b + at)));
  }
}
