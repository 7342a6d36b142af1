import { decodeRows, NOTE_BYTES } from './decode';
import { addKept } from './linear';
import { cellsOf, kindOf, segmentEntry, wholeCell } from './segment';
import { blockOf, firstRow, rowsOf, spanOf } from './span';

/** Bytes of a column's results: least, largest, sum, the error of the sum, and rows without a value, as doubles. */
const STATISTICS_BYTES: usize = 40;

/**
 * Stores the least and largest value, the sum and the missing rows of a span, for each column of a design.
 * The sum and its error together are exact but for the roundings of the error: Knuth's two-sum, value by value.
 * @param out `STATISTICS_BYTES` a column, span after span;
 *   without a value the least is Infinity and the largest is -Infinity
 * @param scratch room for `chunkRows` doubles and 7 more
 */
export function statisticsOfBlock(
  directory: usize,
  nColumns: i32,
  spans: usize,
  notes: usize,
  nNotes: i32,
  chunkRows: i32,
  out: usize,
  index: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, index);
  const block = blockOf(span);
  const first = firstRow(span);
  const rows = rowsOf(span);
  for (let j = 0; j < nNotes; j++) {
    const note = notes + <usize>j * NOTE_BYTES;
    let least = f64x2.splat(Infinity);
    let largest = f64x2.splat(-Infinity);
    let sum = f64x2.splat(0);
    let error = f64x2.splat(0);
    let missing = i64x2.splat(0);
    for (let start = 0; start < rows; start += chunkRows) {
      const n = min(chunkRows, rows - start);
      decodeRows(directory, nColumns, block, first + start, n, note, 1, scratch, 0);
      // If the rows are odd in number, a row of NaN completes the last pair. The row of NaN is not counted.
      if ((n & 1) !== 0) store<f64>(scratch + (<usize>n << 3), NaN);
      const end = scratch + (<usize>n << 3);
      for (let at = scratch; at < end; at += 16) {
        const x = v128.load(at);
        const isNumber = f64x2.eq(x, x);
        least = f64x2.pmin(least, x);
        largest = f64x2.pmax(largest, x);
        const value = v128.and(x, isNumber);
        const after = f64x2.add(sum, value);
        const added = f64x2.sub(after, sum);
        const lost = f64x2.add(f64x2.sub(sum, f64x2.sub(after, added)), f64x2.sub(value, added));
        sum = after;
        error = f64x2.add(error, lost);
        missing = i64x2.add(missing, i64x2.add(isNumber, i64x2.splat(1)));
      }
      if ((n & 1) !== 0) missing = i64x2.sub(missing, i64x2(0, 1));
    }
    const at = out + <usize>(index * nNotes + j) * STATISTICS_BYTES;
    store<f64>(at, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)));
    store<f64>(at, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)), 8);
    store<f64>(at, f64x2.extract_lane(sum, 0), 16);
    store<f64>(at, f64x2.extract_lane(error, 0) + f64x2.extract_lane(error, 1), 24);
    addKept(at + 16, at + 24, f64x2.replace_lane(sum, 0, 0));
    store<f64>(at, <f64>(i64x2.extract_lane(missing, 0) + i64x2.extract_lane(missing, 1)), 32);
  }
}

/**
 * Counts the rows of each text in a span.
 * @param out `nTexts + 1` u32 a span, the last for missing rows
 */
export function countTextsOfBlock(
  directory: usize,
  nColumns: i32,
  spans: usize,
  column: i32,
  nTexts: i32,
  out: usize,
  index: i32,
  _scratch: usize,
): void {
  const span = spanOf(spans, index);
  const entry = segmentEntry(directory, nColumns, blockOf(span), column);
  const cells = cellsOf(entry);
  const kind = kindOf(entry);
  const counts = out + (<usize>(index * (nTexts + 1)) << 2);
  memory.fill(counts, 0, <usize>(nTexts + 1) << 2);
  const end = firstRow(span) + rowsOf(span);
  for (let row = firstRow(span); row < end; row++) {
    const code = wholeCell(cells, kind, row);
    const at = counts + (<usize>(code < 0 ? nTexts : code) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}
