// Makes staged cells of rows of plain bytes.
import { decimalWord, storeTwoWords } from './decimal';
import { CR, HANDED_OUT, LF, MISSING } from './layout';
import { knownWord } from './texts';

// Places of the arguments and results of `scan`, as u32 from the address of its state on.
const DELIMITER: usize = 0;
const POINT: usize = 4;
const COLUMNS: usize = 8;
const COLUMN_BYTES: usize = 12;
const STAGED: usize = 16;
const KINDS: usize = 20;
const MARKS: usize = 24;
const SPANS: usize = 28;
const SPANS_MAX: usize = 32;
const JUDGED: usize = 36;
const POWERS: usize = 40;
const ENDS: usize = 44;
const ENDS_MAX: usize = 48;
const LINE_BYTES_MAX: usize = 52;
const NEXT: usize = 56;
const NEXT_ROW: usize = 60;
const SPAN_COUNT: usize = 64;

/** Bytes of the marks of a column, which decimal.ts explains. */
export const MARK_BYTES: u32 = 2;

/** Bytes of a cell that is handed out: its address, its length, its row in the block and its column, each as u32. */
const SPAN_BYTES: usize = 16;

// Kinds of columns. The cells of a column of another kind are not staged.
const NUMBERS: u32 = 0;
const TEXTS: u32 = 1;

// Reasons why a scan ends.
const ALL_TAKEN: i32 = 0;
const BLOCK_FULL: i32 = 1;
const SPANS_FULL: i32 = 2;
const ODD_ROW: i32 = 3;

/** Bytes that are compared together, because a u64 has a bit for each. */
export const STEP: usize = 64;

/** Whether the row behind the rows of `findCells` is odd: it has too few or too many cells, or is too long. */
let isNextOdd: bool = false;
/** Address of the note for the next cell that is handed out. */
let nextSpan: usize = 0;

/**
 * Stages the cells of whole rows, each column in `COLUMN_BYTES`.
 * The kernel leaves an odd row to the caller: a row without exactly one cell a column, or longer than `LINE_BYTES_MAX`.
 * @param state address of the places above
 * @param from beginning of a row
 * @param to address behind the last line end
 * @param row the first row's place in the block
 * @param rowsMax the most rows that the block may have
 * @returns one of the reasons above; `NEXT` is the address behind the last row that was staged
 */
export function scan(state: usize, from: usize, to: usize, row: u32, rowsMax: u32): i32 {
  const columns = load<u32>(state, COLUMNS);
  const ends = <usize>load<u32>(state, ENDS);
  const spans = <usize>load<u32>(state, SPANS);
  const spansEnd = spans + <usize>(load<u32>(state, SPANS_MAX) - load<u32>(state, ENDS_MAX)) * SPAN_BYTES;
  let reason = ALL_TAKEN;
  nextSpan = spans;
  isNextOdd = false;
  while (from < to) {
    if (isNextOdd) reason = ODD_ROW;
    else if (row == rowsMax) reason = BLOCK_FULL;
    else if (nextSpan > spansEnd) reason = SPANS_FULL;
    if (reason != ALL_TAKEN) break;
    // Some rows at a time, and column after column within these rows, because the cells of a column look alike.
    const rows = findCells(state, from, to, rowsMax - row);
    for (let column: u32 = 0; column < columns; column += 1) {
      const kind = <u32>load<u8>(load<u32>(state, KINDS) + column);
      if (kind == NUMBERS) stageNumbers(state, column, row, rows);
      else if (kind == TEXTS) stageTexts(state, column, row, rows);
    }
    if (rows > 0) from = <usize>load<u32>(ends + (<usize>(rows * columns) << 2)) + 1;
    row += rows;
  }
  store<u32>(state, <u32>from, NEXT);
  store<u32>(state, row, NEXT_ROW);
  store<u32>(state, <u32>((nextSpan - spans) / SPAN_BYTES), SPAN_COUNT);
  return reason;
}

/**
 * Notes the end of each cell as u32, behind the end of the cell before the first cell.
 * @returns how many whole rows have a cell for each column; `isNextOdd` says whether the next row is odd
 */
function findCells(state: usize, from: usize, to: usize, rowsMax: u32): u32 {
  const delimiter = i8x16.splat(load<u8>(state, DELIMITER));
  const lf = i8x16.splat(<i8>LF);
  const columns = load<u32>(state, COLUMNS);
  const lineBytesMax = <usize>load<u32>(state, LINE_BYTES_MAX);
  const endsMax = load<u32>(state, ENDS_MAX);
  let place = <usize>load<u32>(state, ENDS);
  store<u32>(place, <u32>from - 1);
  place += 4;
  let count: u32 = 0;
  let rows: u32 = 0;
  let rowFrom = from;
  for (let at = from; at < to && count + <u32>STEP <= endsMax; at += STEP) {
    const within: u64 = to - at < STEP ? ((<u64>1) << (<u64>(to - at))) - 1 : -1;
    let lines = bitsOf(at, lf) & within;
    const cells = (bitsOf(at, delimiter) & within) | lines;
    noteBits(cells, at, place);
    for (; lines != 0; lines &= lines - 1) {
      const before = (lines & -lines) - 1;
      const end = at + <usize>ctz(lines);
      const isWhole = count + <u32>popcnt(cells & before) + 1 == (rows + 1) * columns;
      if (!isWhole || end - rowFrom > lineBytesMax) {
        isNextOdd = true;
        return rows;
      }
      rows += 1;
      if (rows == rowsMax) return rows;
      rowFrom = end + 1;
    }
    const found = <u32>popcnt(cells);
    count += found;
    place += <usize>found << 2;
  }
  // There is room for several whole rows. If not one row is whole, the row has too many cells.
  isNextOdd = rows == 0;
  return rows;
}

/** Returns a bit for each of `STEP` bytes: 1 if the byte is equal to `byte`. */
@inline
export function bitsOf(at: usize, byte: v128): u64 {
  return (
    <u64>i8x16.bitmask(i8x16.eq(v128.load(at), byte)) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 16), byte)) << 16) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 32), byte)) << 32) |
    (<u64>i8x16.bitmask(i8x16.eq(v128.load(at, 48), byte)) << 48)
  );
}

/** Stores the address of each bit. Addresses are stored by eights, so up to seven words behind them are overwritten. */
@inline
function noteBits(bits: u64, at: usize, place: usize): void {
  while (bits != 0) {
    for (let one: usize = 0; one < 8; one += 1) {
      store<u32>(place + (one << 2), <u32>(at + <usize>ctz(bits)));
      bits &= bits - 1;
    }
    place += 32;
  }
}

/** Stages the cells of a column of numbers. */
function stageNumbers(state: usize, column: u32, row: u32, rows: u32): void {
  const point = load<u32>(state, POINT);
  const powers = <usize>load<u32>(state, POWERS);
  const texts = <usize>load<u32>(state, JUDGED);
  const marks = <usize>(load<u32>(state, MARKS) + column * MARK_BYTES);
  const columns = load<u32>(state, COLUMNS);
  const isLast = column == columns - 1;
  const step = <usize>columns << 2;
  let end = <usize>load<u32>(state, ENDS) + (<usize>column << 2);
  let place = placeOf(state, column, row);
  const rowsEnd = row + rows;
  while (row < rowsEnd) {
    const from = <usize>load<u32>(end) + 1;
    const to = cellEnd(end, isLast);
    if (row + 1 < rowsEnd) {
      const next = end + step;
      if (storeTwoWords(from, to, <usize>load<u32>(next) + 1, cellEnd(next, isLast), point, marks, place)) {
        row += 2;
        end = next + step;
        place += 16;
        continue;
      }
    }
    let word = MISSING;
    if (to != from) {
      word = decimalWord(from, to, point, powers, marks);
      if (word == HANDED_OUT) {
        word = knownWord(texts, from, to, column);
        if (word == HANDED_OUT) handOut(from, to, row, column);
      }
    }
    store<u64>(place, word);
    row += 1;
    end += step;
    place += 8;
  }
}

/** Returns the end of a cell, by the address `end` of the note before. The CR of a row's end is no part of the cell. */
@inline
function cellEnd(end: usize, isLast: bool): usize {
  const to = <usize>load<u32>(end, 4);
  return isLast && <u32>load<u8>(to - 1) == CR ? to - 1 : to;
}

/** Stages the cells of a column of texts. */
function stageTexts(state: usize, column: u32, row: u32, rows: u32): void {
  const texts = <usize>load<u32>(state, JUDGED);
  const columns = load<u32>(state, COLUMNS);
  const isLast = column == columns - 1;
  const step = <usize>columns << 2;
  let end = <usize>load<u32>(state, ENDS) + (<usize>column << 2);
  let place = placeOf(state, column, row);
  for (const rowsEnd = row + rows; row < rowsEnd; row += 1, end += step, place += 8) {
    const from = <usize>load<u32>(end) + 1;
    let to = <usize>load<u32>(end, 4);
    if (isLast && <u32>load<u8>(to - 1) == CR) to -= 1;
    const word = to == from ? MISSING : knownWord(texts, from, to, column);
    if (word == HANDED_OUT) handOut(from, to, row, column);
    store<u64>(place, word);
  }
}

/** Returns the address of a cell's staged word. */
@inline
function placeOf(state: usize, column: u32, row: u32): usize {
  const columnBytes = <usize>load<u32>(state, COLUMN_BYTES);
  return <usize>load<u32>(state, STAGED) + <usize>column * columnBytes + (<usize>row << 3);
}

/** Notes a cell for the caller to judge. */
function handOut(from: usize, to: usize, row: u32, column: u32): void {
  store<u32>(nextSpan, <u32>from);
  store<u32>(nextSpan, <u32>(to - from), 4);
  store<u32>(nextSpan, row, 8);
  store<u32>(nextSpan, column, 12);
  nextSpan += SPAN_BYTES;
}

/** Whether the bytes have a CR without an LF behind. The last byte before `to` must be an LF. */
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
