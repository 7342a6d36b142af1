import { decodeRows, paddedRows } from './decode';
import { predictRows } from './linear';
import { firstRow, rowsBefore, rowsOf, spanOf } from './span';

/**
 * Raw predictions of a block's part, `X w + b`.
 * @param stride bytes of a decoded column of `chunkRows` rows, more than they take
 * @param w for each output `nNotes + 1` doubles, the intercept last
 * @param firstBlock its first row's predictions go to the beginning of `out`
 * @param out for each output one double a row, `outStride` bytes from one output to the next
 * @param scratch `nNotes + 1` times the stride
 */
export function predictBlock(
  directory: usize,
  nColumns: i32,
  spans: usize,
  notes: usize,
  nNotes: i32,
  chunkRows: i32,
  stride: usize,
  w: usize,
  nOutputs: i32,
  firstBlock: i32,
  out: usize,
  outStride: usize,
  ticket: i32,
  scratch: usize,
): void {
  const block = firstBlock + ticket;
  const span = spanOf(spans, block);
  const rows = rowsOf(span);
  const z = scratch + <usize>nNotes * stride;
  const to = out + (<usize>(rowsBefore(span) - rowsBefore(spanOf(spans, firstBlock))) << 3);
  for (let start = 0; start < rows; start += chunkRows) {
    const n = min(chunkRows, rows - start);
    decodeRows(directory, nColumns, block, firstRow(span) + start, n, notes, nNotes, scratch, stride);
    for (let k = 0; k < nOutputs; k++) {
      predictRows(scratch, stride, nNotes, paddedRows(n), w + (<usize>(k * (nNotes + 1)) << 3), z);
      memory.copy(to + (<usize>start << 3) + <usize>k * outStride, z, <usize>n << 3);
    }
  }
}
