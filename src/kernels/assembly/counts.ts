// Counts the whole numbers of a column, block after block.
import { cellsOf, decimalsOf, FLOAT64, INT16, INT8, kindOf, segmentEntry } from './segment';

/** How many numbers 16 bits tell apart, and the place of 0 among them. */
const TALLIES: usize = 65_536;
const TALLY_OF_0: i32 = 32_768;
/** Neighbouring cells have counts of their own, so that no count waits for the count before. */
const LANES: usize = 4;

/**
 * Returns a column's decimals, and from bit 8 on the bytes of its widest cells.
 * @returns -1 if a block has doubles, or if two blocks have different decimals
 */
export function packingOfColumn(directory: usize, nColumns: i32, nBlocks: i32, column: i32): i32 {
  const decimals = decimalsOf(segmentEntry(directory, nColumns, 0, column));
  let width = 0;
  for (let block = 0; block < nBlocks; block += 1) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const kind = kindOf(entry);
    if (kind === FLOAT64 || decimalsOf(entry) !== decimals) return -1;
    width = max(width, kind === INT8 ? 1 : kind === INT16 ? 2 : 4);
  }
  return decimals | (width << 8);
}

/**
 * Counts the numbers of a column whose cells have at most 16 bits.
 * @param counts a u32 for missing cells, then a u32 for each number from -32,767 on, then room for 1,024 more
 */
export function tallyColumn(
  directory: usize,
  nColumns: i32,
  blockRows: i32,
  nRows: i32,
  column: i32,
  counts: usize,
): void {
  const ofBytes = counts + (TALLIES << 2);
  memory.fill(counts, 0, (TALLIES + 256 * LANES) << 2);
  for (let row = 0, block = 0; row < nRows; row += blockRows, block += 1) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const rows = min(blockRows, nRows - row);
    if (kindOf(entry) === INT8) tallyBytes(cellsOf(entry), rows, ofBytes);
    else tallyShorts(cellsOf(entry), rows, counts);
  }
  for (let byte = -128; byte < 128; byte += 1) {
    let sum: u32 = 0;
    for (let lane: usize = 0; lane < LANES; lane += 1) sum += load<u32>(ofBytes + ((<usize>(byte & 255) * LANES + lane) << 2));
    const at = counts + (<usize>(byte === i8.MIN_VALUE ? 0 : byte + TALLY_OF_0) << 2);
    store<u32>(at, load<u32>(at) + sum);
  }
}

function tallyBytes(cells: usize, rows: i32, counts: usize): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const four = load<u32>(cells + <usize>row);
    addOne(counts + ((four & 255) << 4));
    addOne(counts + (((four >> 8) & 255) << 4) + 4);
    addOne(counts + (((four >> 16) & 255) << 4) + 8);
    addOne(counts + ((four >> 24) << 4) + 12);
  }
  for (; row < rows; row += 1) addOne(counts + (<usize>load<u8>(cells + <usize>row) << 4));
}

function tallyShorts(cells: usize, rows: i32, counts: usize): void {
  const end = cells + (<usize>rows << 1);
  for (let at = cells; at < end; at += 2) addOne(counts + (<usize>(<i32>load<i16>(at) + TALLY_OF_0) << 2));
}

@inline
function addOne(count: usize): void {
  store<u32>(count, load<u32>(count) + 1);
}

/**
 * Stores the least and the largest whole number of a column.
 * If all cells are missing, the least is above the largest.
 */
export function rangeOfColumn(
  directory: usize,
  nColumns: i32,
  blockRows: i32,
  nRows: i32,
  column: i32,
  out: usize,
): void {
  store<i32>(out, i32.MAX_VALUE);
  store<i32>(out, i32.MIN_VALUE, 4);
  for (let row = 0, block = 0; row < nRows; row += blockRows, block += 1) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const rows = min(blockRows, nRows - row);
    const kind = kindOf(entry);
    if (kind === INT8) rangeOf<i8>(cellsOf(entry), rows, out);
    else if (kind === INT16) rangeOf<i16>(cellsOf(entry), rows, out);
    else rangeOf<i32>(cellsOf(entry), rows, out);
  }
}

/** Widens the range at `out` by the numbers of a segment. */
function rangeOf<Cell>(cells: usize, rows: i32, out: usize): void {
  let least = i32.MAX_VALUE;
  let largest = i32.MIN_VALUE;
  const end = cells + <usize>rows * sizeof<Cell>();
  for (let at = cells; at < end; at += sizeof<Cell>()) {
    const cell = <i32>load<Cell>(at);
    largest = max(largest, cell);
    // The least number of a width means missing. Here a missing cell counts as the largest i32, which is never the least.
    least = min(least, select(i32.MAX_VALUE, cell, cell === missingOf<Cell>()));
  }
  // If all cells are missing, the least is above the largest, and the range stays as it is.
  if (least > largest) return;
  store<i32>(out, min(least, load<i32>(out)));
  store<i32>(out, max(largest, load<i32>(out, 4)), 4);
}

/**
 * Adds up how many of a column's whole numbers from `low` to `high` there are, `2^shift` neighbours together.
 * @param counts a u32 for each `2^shift` numbers from `low` on, to which the kernel adds
 */
export function countColumn(
  directory: usize,
  nColumns: i32,
  blockRows: i32,
  nRows: i32,
  column: i32,
  low: i32,
  high: i32,
  shift: i32,
  counts: usize,
): void {
  for (let row = 0, block = 0; row < nRows; row += blockRows, block += 1) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const rows = min(blockRows, nRows - row);
    const kind = kindOf(entry);
    if (kind === INT8) countCells<i8>(cellsOf(entry), rows, low, high, shift, counts);
    else if (kind === INT16) countCells<i16>(cellsOf(entry), rows, low, high, shift, counts);
    else countCells<i32>(cellsOf(entry), rows, low, high, shift, counts);
  }
}

function countCells<Cell>(cells: usize, rows: i32, low: i32, high: i32, shift: i32, counts: usize): void {
  const width = <u32>(high - low);
  const end = cells + <usize>rows * sizeof<Cell>();
  for (let at = cells; at < end; at += sizeof<Cell>()) {
    const cell = <i32>load<Cell>(at);
    // Without a sign, the distance of a number below `low` is above the width.
    const distance = <u32>(cell - low);
    if (distance > width || cell === missingOf<Cell>()) continue;
    const count = counts + (<usize>(distance >> shift) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
}

/**
 * Adds up a column's distances from `centre`, the squares of the distances, and the number of cells with a value.
 * @param out three doubles, to which the kernel adds
 */
export function momentsOfColumn(
  directory: usize,
  nColumns: i32,
  blockRows: i32,
  nRows: i32,
  column: i32,
  centre: f64,
  out: usize,
): void {
  for (let row = 0, block = 0; row < nRows; row += blockRows, block += 1) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const rows = min(blockRows, nRows - row);
    const kind = kindOf(entry);
    if (kind === INT8) momentsOf<i8>(cellsOf(entry), rows, centre, out);
    else if (kind === INT16) momentsOf<i16>(cellsOf(entry), rows, centre, out);
    else momentsOf<i32>(cellsOf(entry), rows, centre, out);
  }
}

function momentsOf<Cell>(cells: usize, rows: i32, centre: f64, out: usize): void {
  let sum: f64 = 0;
  let squares: f64 = 0;
  let count = 0;
  const end = cells + <usize>rows * sizeof<Cell>();
  for (let at = cells; at < end; at += sizeof<Cell>()) {
    const cell = <i32>load<Cell>(at);
    if (cell === missingOf<Cell>()) continue;
    const distance = <f64>cell - centre;
    sum += distance;
    squares += distance * distance;
    count++;
  }
  store<f64>(out, load<f64>(out) + sum);
  store<f64>(out, load<f64>(out, 8) + squares, 8);
  store<f64>(out, load<f64>(out, 16) + <f64>count, 16);
}

@inline
function missingOf<Cell>(): i32 {
  if (sizeof<Cell>() === 1) return i8.MIN_VALUE;
  return sizeof<Cell>() === 2 ? i16.MIN_VALUE : i32.MIN_VALUE;
}
