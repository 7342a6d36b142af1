// The addresses and the packing of a table's cells. src/data/table.ts says what the numbers mean.

export const SEGMENT_BYTES: usize = 8;
const KIND_AT: usize = 4;
const DECIMALS_AT: usize = 5;

export const FLOAT64: i32 = 0;
export const INT8: i32 = 1;
export const INT16: i32 = 2;

/** Returns the address of a segment's entry in the directory. */
@inline
export function segmentEntry(directory: usize, nColumns: i32, block: i32, column: i32): usize {
  return directory + <usize>(block * nColumns + column) * SEGMENT_BYTES;
}

@inline
export function cellsOf(entry: usize): usize {
  return load<u32>(entry);
}

@inline
export function kindOf(entry: usize): i32 {
  return load<u8>(entry + KIND_AT);
}

@inline
export function decimalsOf(entry: usize): i32 {
  return load<u8>(entry + DECIMALS_AT);
}

/** Returns 10^decimals, which is exact up to 10^22. */
export function divisorOf(entry: usize): f64 {
  let power: f64 = 1;
  for (let i = decimalsOf(entry); i > 0; i--) power *= 10;
  return power;
}

/** Returns the bytes of a cell as a power of two. */
export function cellShift(kind: i32): i32 {
  if (kind === FLOAT64) return 3;
  if (kind === INT8) return 0;
  return kind === INT16 ? 1 : 2;
}

/** Returns a cell of a segment of whole numbers. A missing cell is the least i32 for every width. */
@inline
export function wholeCell(cells: usize, kind: i32, row: i32): i32 {
  if (kind === INT8) {
    const cell = <i32>load<i8>(cells + <usize>row);
    return cell === i8.MIN_VALUE ? i32.MIN_VALUE : cell;
  }
  if (kind === INT16) {
    const cell = <i32>load<i16>(cells + (<usize>row << 1));
    return cell === i16.MIN_VALUE ? i32.MIN_VALUE : cell;
  }
  return load<i32>(cells + (<usize>row << 2));
}
