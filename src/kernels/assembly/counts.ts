import { cellsOf, INT16, INT8, kindOf } from './segment';

/** Least and largest whole number of a segment, missing ones passed over; the least above the largest where all are. */
export function rangeOfSegment(entry: usize, rows: i32, out: usize): void {
  const kind = kindOf(entry);
  if (kind === INT8) rangeOf<i8>(cellsOf(entry), rows, out);
  else if (kind === INT16) rangeOf<i16>(cellsOf(entry), rows, out);
  else rangeOf<i32>(cellsOf(entry), rows, out);
}

function rangeOf<Cell>(cells: usize, rows: i32, out: usize): void {
  let least = i32.MAX_VALUE;
  let largest = i32.MIN_VALUE;
  const end = cells + <usize>rows * sizeof<Cell>();
  for (let at = cells; at < end; at += sizeof<Cell>()) {
    const cell = <i32>load<Cell>(at);
    largest = max(largest, cell);
    // What is missing is the least number of its width: as the largest number it is never less than another.
    least = min(least, select(i32.MAX_VALUE, cell, cell === missingOf<Cell>()));
  }
  store<i32>(out, least);
  store<i32>(out, largest, 4);
}

/**
 * Counts a segment's whole numbers from `low` to `high`, `2^shift` neighbours together.
 * @param counts a u32 for each `2^shift` of them, from `low` on
 */
export function countSegment(entry: usize, rows: i32, low: i32, high: i32, shift: i32, counts: usize): void {
  const kind = kindOf(entry);
  if (kind === INT8) countCells<i8>(cellsOf(entry), rows, low, high, shift, counts);
  else if (kind === INT16) countCells<i16>(cellsOf(entry), rows, low, high, shift, counts);
  else countCells<i32>(cellsOf(entry), rows, low, high, shift, counts);
}

function countCells<Cell>(cells: usize, rows: i32, low: i32, high: i32, shift: i32, counts: usize): void {
  const width = <u32>(high - low);
  const end = cells + <usize>rows * sizeof<Cell>();
  for (let at = cells; at < end; at += sizeof<Cell>()) {
    const cell = <i32>load<Cell>(at);
    // Whatever lies below `low` is, without a sign, far above the width.
    const distance = <u32>(cell - low);
    if (distance > width || cell === missingOf<Cell>()) continue;
    const count = counts + (<usize>(distance >> shift) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
}

/**
 * Adds up a segment's distances from `centre`, their squares, and the cells that are there, missing ones passed over.
 * @param out three doubles, to which is added
 */
export function momentsOfSegment(entry: usize, rows: i32, centre: f64, out: usize): void {
  const kind = kindOf(entry);
  if (kind === INT8) momentsOf<i8>(cellsOf(entry), rows, centre, out);
  else if (kind === INT16) momentsOf<i16>(cellsOf(entry), rows, centre, out);
  else momentsOf<i32>(cellsOf(entry), rows, centre, out);
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
