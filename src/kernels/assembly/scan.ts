// Rows of plain bytes to staged cells.
import { decimalWord } from './decimal';
import { CR, HANDED_OUT, LF, MISSING } from './layout';
import { knownWord } from './texts';

// What `scan` is told, and what it tells, as u32 from the address of its state on.
const DELIMITER: usize = 0;
const POINT: usize = 4;
const COLUMNS: usize = 8;
const COLUMN_BYTES: usize = 12;
const STAGED: usize = 16;
const TEXT_COLUMNS: usize = 20;
const NOT_WHOLE: usize = 24;
const SPANS: usize = 28;
const SPANS_MAX: usize = 32;
const TEXTS: usize = 36;
const POWERS: usize = 40;
const CELL_BYTES_MAX: usize = 44;
const LINE_BYTES_MAX: usize = 48;
const NEXT: usize = 52;
const NEXT_ROW: usize = 56;
const SPAN_COUNT: usize = 60;

/** A cell that is handed out: its address, its length, its row in the block and its column, each as u32. */
const SPAN_BYTES: usize = 16;

// Why a scan ends.
const ALL_TAKEN: i32 = 0;
const BLOCK_FULL: i32 = 1;
const SPANS_FULL: i32 = 2;
const ODD_ROW: i32 = 3;

/**
 * Stages the cells of whole rows, each column in `COLUMN_BYTES`. A row that has not a cell for each column, or is
 * longer than allowed, is left to the caller whole.
 * @param state address of what is set out above
 * @param from where a row begins; a line end stands right before `to`
 * @param row the first row's place in the block
 * @param rowsMax how many rows the block may have in the end
 * @returns one of the reasons above; `NEXT` is the address behind the last row that was taken
 */
export function scan(state: usize, from: usize, to: usize, row: u32, rowsMax: u32): i32 {
  const delimiter = i8x16.splat(load<u8>(state, DELIMITER));
  const lineEnd = i8x16.splat(<i8>LF);
  const point = load<u32>(state, POINT);
  const lastColumn = load<u32>(state, COLUMNS) - 1;
  const stride = <usize>load<u32>(state, COLUMN_BYTES);
  const staged = <usize>load<u32>(state, STAGED);
  const textColumns = <usize>load<u32>(state, TEXT_COLUMNS);
  const notWhole = <usize>load<u32>(state, NOT_WHOLE);
  const spans = <usize>load<u32>(state, SPANS);
  const spansEnd = spans + <usize>(load<u32>(state, SPANS_MAX) - lastColumn - 1) * SPAN_BYTES;
  const texts = <usize>load<u32>(state, TEXTS);
  const powers = <usize>load<u32>(state, POWERS);
  const cellBytesMax = <usize>load<u32>(state, CELL_BYTES_MAX);
  const lineBytesMax = <usize>load<u32>(state, LINE_BYTES_MAX);

  let column: u32 = 0;
  let cell = from;
  let rowBegin = from;
  let span = spans;
  let rowSpan = spans;
  let place = staged + (<usize>row << 3);
  for (let at = from; at < to; at += 64) {
    let ends = cellEnds(at, delimiter, lineEnd);
    if (to - at < 64) ends &= (<u64>1 << <u64>(to - at)) - 1;
    while (ends != 0) {
      const end = at + <usize>ctz(ends);
      ends &= ends - 1;
      const isLast = column == lastColumn;
      let cellTo = end;
      if ((<u32>load<u8>(end) == LF) != isLast) return leave(state, ODD_ROW, rowBegin, row, rowSpan - spans);
      if (isLast && <u32>load<u8>(end - 1) == CR) cellTo -= 1;

      let word = MISSING;
      if (cellTo != cell) {
        if (load<u8>(textColumns + column)) {
          word = knownWord(texts, cell, cellTo, column);
        } else {
          word = decimalWord(cell, cellTo, point, powers, notWhole + column);
          if (word == HANDED_OUT) word = knownWord(texts, cell, cellTo, column);
        }
      }
      store<u64>(place, word);
      if (word == HANDED_OUT) {
        if (cellTo - cell > cellBytesMax) return leave(state, ODD_ROW, rowBegin, row, rowSpan - spans);
        store<u32>(span, <u32>cell);
        store<u32>(span, <u32>(cellTo - cell), 4);
        store<u32>(span, row, 8);
        store<u32>(span, column, 12);
        span += SPAN_BYTES;
      }
      cell = end + 1;
      column += 1;
      place += stride;
      if (isLast) {
        if (end - rowBegin > lineBytesMax) return leave(state, ODD_ROW, rowBegin, row, rowSpan - spans);
        row += 1;
        column = 0;
        place = staged + (<usize>row << 3);
        rowBegin = cell;
        rowSpan = span;
        if (row == rowsMax) return leave(state, BLOCK_FULL, rowBegin, row, rowSpan - spans);
        if (span > spansEnd) return leave(state, SPANS_FULL, rowBegin, row, rowSpan - spans);
      }
    }
  }
  return leave(state, ALL_TAKEN, rowBegin, row, rowSpan - spans);
}

/** Tells how far the scan came. */
function leave(state: usize, reason: i32, next: usize, row: u32, spanBytes: usize): i32 {
  store<u32>(state, <u32>next, NEXT);
  store<u32>(state, row, NEXT_ROW);
  store<u32>(state, <u32>(spanBytes / SPAN_BYTES), SPAN_COUNT);
  return reason;
}

/** A bit for each of 64 bytes: whether a cell ends there. */
@inline
function cellEnds(at: usize, delimiter: v128, lineEnd: v128): u64 {
  return (
    <u64>endsAmong(v128.load(at), delimiter, lineEnd) |
    (<u64>endsAmong(v128.load(at, 16), delimiter, lineEnd) << 16) |
    (<u64>endsAmong(v128.load(at, 32), delimiter, lineEnd) << 32) |
    (<u64>endsAmong(v128.load(at, 48), delimiter, lineEnd) << 48)
  );
}

@inline
function endsAmong(bytes: v128, delimiter: v128, lineEnd: v128): u32 {
  return <u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, delimiter), i8x16.eq(bytes, lineEnd)));
}

/** Whether a CR stands in the bytes that no LF follows; an LF stands right before `to`. */
export function hasLoneCr(from: usize, to: usize): bool {
  const cr = i8x16.splat(<i8>CR);
  const lf = i8x16.splat(<i8>LF);
  let at = from;
  for (; at + 16 < to; at += 16) {
    const lone = v128.andnot(i8x16.eq(v128.load(at), cr), i8x16.eq(v128.load(at, 1), lf));
    if (v128.any_true(lone)) return true;
  }
  for (; at < to; at += 1) {
    if (<u32>load<u8>(at) == CR && <u32>load<u8>(at, 1) != LF) return true;
  }
  return false;
}
