// Decodes packed cells of a design's columns to doubles, some rows of a block at a time.
import { cellShift, cellsOf, divisorOf, FLOAT64, INT16, INT8, kindOf, segmentEntry } from './segment';

// A note says how a column of a design comes from a column of the table. src/engine/blocks/notes.ts writes the notes.
export const NOTE_BYTES: usize = 64;
const FLAGS_AT: usize = 4;
const CODE_AT: usize = 8;
const FILL_AT: usize = 16;
const SCALE_AT: usize = 24;
const OFFSET_AT: usize = 32;
const LOW_AT: usize = 40;
const HIGH_AT: usize = 48;
const MAY_BE_MISSING: i32 = 1;
const INDICATOR: i32 = 2;
const MISSING_COUNTS: i32 = 4;
const CLIPPED: i32 = 8;

/** Kernels decode and compute four rows at a time. The rows behind the last row are 0. */
export const ROWS_AT_ONCE: i32 = 4;

/** Rounds up to a multiple of `ROWS_AT_ONCE`. */
@inline
export function paddedRows(rows: i32): i32 {
  return (rows + ROWS_AT_ONCE - 1) & -ROWS_AT_ONCE;
}

/**
 * Decodes `rows` rows of a block, from row `first` on, for all columns of a design.
 * Column j goes to `to + j * stride`.
 * @param notes one note a column, `NOTE_BYTES` each
 * @param stride bytes of the rows and of 7 doubles more, because small cells are unpacked by eights
 */
export function decodeRows(
  directory: usize,
  nColumns: i32,
  block: i32,
  first: i32,
  rows: i32,
  notes: usize,
  nNotes: i32,
  to: usize,
  stride: usize,
): void {
  for (let j = 0; j < nNotes; j++) {
    const note = notes + <usize>j * NOTE_BYTES;
    const entry = segmentEntry(directory, nColumns, block, load<i32>(note));
    decodeColumn(entry, note, first, rows, to + <usize>j * stride);
  }
}

function decodeColumn(entry: usize, note: usize, first: i32, rows: i32, to: usize): void {
  const kind = kindOf(entry);
  const from = cellsOf(entry) + (<usize>first << cellShift(kind));
  const flags = load<i32>(note + FLAGS_AT);
  if ((flags & INDICATOR) !== 0) {
    if (kind === INT8) decodeIndicator<i8>(from, rows, note, to);
    else if (kind === INT16) decodeIndicator<i16>(from, rows, note, to);
    else decodeIndicator<i32>(from, rows, note, to);
  } else if (kind === FLOAT64) {
    decodeDoubles(from, rows, note, to);
  } else if (kind === INT8) {
    decodeNumbers<i8>(from, rows, entry, note, to);
  } else if (kind === INT16) {
    decodeNumbers<i16>(from, rows, entry, note, to);
  } else {
    decodeNumbers<i32>(from, rows, entry, note, to);
  }
  if ((flags & CLIPPED) !== 0) clip(to, rows, load<f64>(note + LOW_AT), load<f64>(note + HIGH_AT));
  for (let row = rows; row < paddedRows(rows); row++) store<f64>(to + (<usize>row << 3), 0);
}

/** Chooses the loop that does no more than the segment and the note need. */
@inline
function decodeNumbers<T>(from: usize, rows: i32, entry: usize, note: usize, to: usize): void {
  const divisor = divisorOf(entry);
  const mayBeMissing = (load<i32>(note + FLAGS_AT) & MAY_BE_MISSING) !== 0;
  if (mayBeMissing) decodeWholes<T>(from, rows, divisor, note, to, true, true);
  else if (divisor !== 1) decodeWholes<T>(from, rows, divisor, note, to, true, false);
  else decodeWholes<T>(from, rows, divisor, note, to, false, false);
}

/** Stores `cell / divisor * scale + offset`, each operation rounded. The note's fill replaces a missing quotient. */
@inline
function decodeWholes<T>(
  from: usize,
  rows: i32,
  divisor: f64,
  note: usize,
  to: usize,
  divides: bool,
  mayBeMissing: bool,
): void {
  const divisors = f64x2.splat(divisor);
  const fills = f64x2.splat(load<f64>(note + FILL_AT));
  const scales = f64x2.splat(load<f64>(note + SCALE_AT));
  const offsets = f64x2.splat(load<f64>(note + OFFSET_AT));
  const end = to + (<usize>rows << 3);
  while (to < end) {
    if (sizeof<T>() === 4) {
      storeFour<T>(to, v128.load(from), divisors, fills, scales, offsets, divides, mayBeMissing);
      from += 16;
      to += 32;
      continue;
    }
    const eight = sizeof<T>() === 1 ? v128.load8x8_s(from) : v128.load(from);
    const front = i32x4.extend_low_i16x8_s(eight);
    const back = i32x4.extend_high_i16x8_s(eight);
    storeFour<T>(to, front, divisors, fills, scales, offsets, divides, mayBeMissing);
    storeFour<T>(to + 32, back, divisors, fills, scales, offsets, divides, mayBeMissing);
    from += sizeof<T>() * 8;
    to += 64;
  }
}

@inline
function storeFour<T>(
  to: usize,
  cells: v128,
  divisors: v128,
  fills: v128,
  scales: v128,
  offsets: v128,
  divides: bool,
  mayBeMissing: bool,
): void {
  let first = f64x2.convert_low_i32x4_s(cells);
  let second = f64x2.convert_low_i32x4_s(upperHalf(cells));
  if (divides) {
    first = f64x2.div(first, divisors);
    second = f64x2.div(second, divisors);
  }
  if (mayBeMissing) {
    const isMissing = i32x4.eq(cells, i32x4.splat(missingCell<T>()));
    first = v128.bitselect(fills, first, i64x2.extend_low_i32x4_s(isMissing));
    second = v128.bitselect(fills, second, i64x2.extend_high_i32x4_s(isMissing));
  }
  v128.store(to, f64x2.add(f64x2.mul(first, scales), offsets));
  v128.store(to, f64x2.add(f64x2.mul(second, scales), offsets), 16);
}

function decodeDoubles(from: usize, rows: i32, note: usize, to: usize): void {
  const fills = f64x2.splat(load<f64>(note + FILL_AT));
  const scales = f64x2.splat(load<f64>(note + SCALE_AT));
  const offsets = f64x2.splat(load<f64>(note + OFFSET_AT));
  const end = to + (<usize>rows << 3);
  for (; to < end; to += 16, from += 16) {
    const x = v128.load(from);
    const filled = v128.bitselect(x, fills, f64x2.eq(x, x));
    v128.store(to, f64x2.add(f64x2.mul(filled, scales), offsets));
  }
}

/** Stores `x * scale + offset`. x is 1 if the cell is the note's code, or is missing and missing counts, and else 0. */
@inline
function decodeIndicator<T>(from: usize, rows: i32, note: usize, to: usize): void {
  const codes = i32x4.splat(load<i32>(note + CODE_AT));
  const missingCounts = (load<i32>(note + FLAGS_AT) & MISSING_COUNTS) !== 0;
  // If missing does not count, each cell is compared with the code twice.
  const others = missingCounts ? i32x4.splat(missingCell<T>()) : codes;
  const ones = f64x2.splat(1);
  const scales = f64x2.splat(load<f64>(note + SCALE_AT));
  const offsets = f64x2.splat(load<f64>(note + OFFSET_AT));
  const end = to + (<usize>rows << 3);
  while (to < end) {
    const cells = fourCells<T>(from);
    const isOne = v128.or(i32x4.eq(cells, codes), i32x4.eq(cells, others));
    const first = v128.and(ones, i64x2.extend_low_i32x4_s(isOne));
    const second = v128.and(ones, i64x2.extend_high_i32x4_s(isOne));
    v128.store(to, f64x2.add(f64x2.mul(first, scales), offsets));
    v128.store(to, f64x2.add(f64x2.mul(second, scales), offsets), 16);
    from += sizeof<T>() * ROWS_AT_ONCE;
    to += 8 * ROWS_AT_ONCE;
  }
}

function clip(at: usize, rows: i32, low: f64, high: f64): void {
  const end = at + (<usize>rows << 3);
  for (; at < end; at += 16) {
    const raised = f64x2.pmax(v128.load(at), f64x2.splat(low));
    v128.store(at, f64x2.pmin(raised, f64x2.splat(high)));
  }
}

@inline
function fourCells<T>(from: usize): v128 {
  if (sizeof<T>() === 1) return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
  if (sizeof<T>() === 2) return v128.load16x4_s(from);
  return v128.load(from);
}

/** Returns the whole number that means missing in this width. */
@inline
function missingCell<T>(): i32 {
  if (sizeof<T>() === 1) return i8.MIN_VALUE;
  if (sizeof<T>() === 2) return i16.MIN_VALUE;
  return i32.MIN_VALUE;
}

@inline
export function upperHalf(cells: v128): v128 {
  return v128.shuffle<i32>(cells, cells, 2, 3, 0, 1);
}
