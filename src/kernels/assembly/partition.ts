import { cellShift, cellsOf, kindOf, segmentEntry } from './segment';

/**
 * Sorts the rows of a block by their keys, in place, the least key first. Rows of one key keep their order.
 * @param keys one byte for each row of the table, below `nKeys`
 * @param counts `nKeys` u32 for each block: its rows of each key
 * @param scratch 4 bytes for each key and each row of a block, and behind them 8 bytes a row for one segment's cells
 */
export function partitionBlock(
  directory: usize,
  nColumns: i32,
  blockRows: i32,
  nRows: i32,
  keys: usize,
  nKeys: i32,
  counts: usize,
  block: i32,
  scratch: usize,
): void {
  const rows = min(blockRows, nRows - block * blockRows);
  const keysOfBlock = keys + <usize>block * <usize>blockRows;
  const countsOfBlock = counts + (<usize>(block * nKeys) << 2);
  memory.fill(countsOfBlock, 0, <usize>nKeys << 2);
  for (let row = 0; row < rows; row++) {
    const count = countsOfBlock + (<usize>load<u8>(keysOfBlock + <usize>row) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  const order = scratch + (<usize>nKeys << 2);
  let next = order;
  for (let key = 0; key < nKeys; key++) {
    store<u32>(scratch + (<usize>key << 2), <u32>next);
    next += <usize>load<u32>(countsOfBlock + (<usize>key << 2)) << 2;
  }
  for (let row = 0; row < rows; row++) {
    const place = scratch + (<usize>load<u8>(keysOfBlock + <usize>row) << 2);
    const at = load<u32>(place);
    store<u32>(<usize>at, row);
    store<u32>(place, at + 4);
  }
  const copy = order + (<usize>blockRows << 2);
  for (let column = 0; column < nColumns; column++) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const shift = cellShift(kindOf(entry));
    memory.copy(copy, cellsOf(entry), <usize>rows << shift);
    if (shift === 0) gather<u8>(copy, order, rows, cellsOf(entry));
    else if (shift === 1) gather<u16>(copy, order, rows, cellsOf(entry));
    else if (shift === 2) gather<u32>(copy, order, rows, cellsOf(entry));
    else gather<u64>(copy, order, rows, cellsOf(entry));
  }
}

/** Stores `to[i] = from[order[i]]`. */
@inline
function gather<T>(from: usize, order: usize, rows: i32, to: usize): void {
  const end = order + (<usize>rows << 2);
  for (; order < end; order += 4, to += sizeof<T>()) {
    store<T>(to, load<T>(from + <usize>load<u32>(order) * sizeof<T>()));
  }
}
