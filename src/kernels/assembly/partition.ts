import { cellShift, cellsOf, kindOf, segmentEntry } from './segment';

/** The least mark of dropped rows. Dropped rows go last. */
const DROPPED: i32 = 2;

/**
 * Sorts the rows of a block by their marks, in place: training rows (0), test rows (1), dropped rows.
 * Rows of the same kind keep their order.
 * @param marks one byte a row of the table
 * @param counts two u32 a block: the training rows and the test rows
 * @param scratch 4 bytes a row of a block for the new order, and behind them 8 bytes a row for one segment's cells
 */
export function partitionBlock(
  directory: usize,
  nColumns: i32,
  blockRows: i32,
  nRows: i32,
  marks: usize,
  counts: usize,
  block: i32,
  scratch: usize,
): void {
  const rows = min(blockRows, nRows - block * blockRows);
  const marksOfBlock = marks + <usize>block * <usize>blockRows;
  let nTrain = 0;
  let nTest = 0;
  for (let row = 0; row < rows; row++) {
    const mark = <i32>load<u8>(marksOfBlock + <usize>row);
    nTrain += <i32>(mark === 0);
    nTest += <i32>(mark === 1);
  }
  store<u32>(counts + (<usize>block << 3), nTrain);
  store<u32>(counts + (<usize>block << 3), nTest, 4);

  let train = scratch;
  let test = train + (<usize>nTrain << 2);
  let dropped = test + (<usize>nTest << 2);
  for (let row = 0; row < rows; row++) {
    const mark = <i32>load<u8>(marksOfBlock + <usize>row);
    if (mark >= DROPPED) {
      store<u32>(dropped, row);
      dropped += 4;
      continue;
    }
    // Without a branch, because the marks are as random as the split.
    store<u32>(select(train, test, mark === 0), row);
    train += <usize>(mark === 0) << 2;
    test += <usize>(mark === 1) << 2;
  }
  const copy = scratch + (<usize>blockRows << 2);
  for (let column = 0; column < nColumns; column++) {
    const entry = segmentEntry(directory, nColumns, block, column);
    const shift = cellShift(kindOf(entry));
    memory.copy(copy, cellsOf(entry), <usize>rows << shift);
    if (shift === 0) gather<u8>(copy, scratch, rows, cellsOf(entry));
    else if (shift === 1) gather<u16>(copy, scratch, rows, cellsOf(entry));
    else if (shift === 2) gather<u32>(copy, scratch, rows, cellsOf(entry));
    else gather<u64>(copy, scratch, rows, cellsOf(entry));
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
