import { decodeRows } from './decode';
import { cellsOf, kindOf, segmentEntry, wholeCell } from './segment';
import { firstRow, rowsBefore, rowsOf, spanOf } from './span';

/**
 * Codes of the rows of a block's part by their number: its place among the classes. A number that is none of them has
 * the place where it would stand.
 * @param note of the target column alone
 * @param classes doubles in ascending order
 * @param out one byte a row of the part, or one i32 if it is wide
 * @param scratch room for `chunkRows` doubles and 7 more
 */
export function classesOfNumbers(
  directory: usize,
  nColumns: i32,
  spans: usize,
  note: usize,
  classes: usize,
  nClasses: i32,
  chunkRows: i32,
  out: usize,
  isWide: i32,
  block: i32,
  scratch: usize,
): void {
  const span = spanOf(spans, block);
  const rows = rowsOf(span);
  let row = rowsBefore(span);
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    decodeRows(directory, nColumns, block, firstRow(span) + start, n, note, 1, scratch, 0);
    for (let r = 0; r < n; r++, row++) {
      storeCode(out, isWide, row, placeOf(load<f64>(scratch + (<usize>r << 3)), classes, nClasses));
    }
  }
}

function placeOf(value: f64, classes: usize, nClasses: i32): i32 {
  let low = 0;
  let high = nClasses;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<f64>(classes + (<usize>middle << 3)) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Codes of the rows of a block's part by their text.
 * @param places one i32 a text of the column, and one more for a missing text: its class
 * @param out one byte a row of the part, or one i32 if it is wide
 */
export function classesOfTexts(
  directory: usize,
  nColumns: i32,
  spans: usize,
  column: i32,
  places: usize,
  nTexts: i32,
  out: usize,
  isWide: i32,
  block: i32,
  _scratch: usize,
): void {
  const span = spanOf(spans, block);
  const entry = segmentEntry(directory, nColumns, block, column);
  const cells = cellsOf(entry);
  const kind = kindOf(entry);
  const first = firstRow(span);
  for (let r = 0; r < rowsOf(span); r++) {
    const code = wholeCell(cells, kind, first + r);
    const place = load<i32>(places + (<usize>(code < 0 ? nTexts : code) << 2));
    storeCode(out, isWide, rowsBefore(span) + r, place);
  }
}

@inline
function storeCode(out: usize, isWide: i32, row: i32, code: i32): void {
  if (isWide !== 0) store<i32>(out + (<usize>row << 2), code);
  else store<u8>(out + <usize>row, code);
}
