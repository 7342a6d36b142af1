import type { RowChunks } from '../../../ml/solvers/types.ts';
import { type ColumnNote, writeNotes } from './notes.ts';
import type { RowSet } from './rowSet.ts';

/** Gives `use` the rows of a row set as doubles, one chunk at a time, so that only one chunk is decoded at once. */
export function readChunks<T>(
  rowSet: RowSet,
  columns: readonly ColumnNote[],
  use: (chunks: RowChunks) => T,
): T {
  const { scratch } = rowSet.workplace;
  return scratch.scope(() => {
    const notes = writeNotes(scratch, columns);
    const to = scratch.take(notes.length * notes.stride);
    const doubles = notes.stride / Float64Array.BYTES_PER_ELEMENT;
    const all = scratch.doubles(to, notes.length * doubles);
    const chunk = {
      columns: columns.map((_, j) => all.subarray(j * doubles, (j + 1) * doubles)),
      at: 0,
      rows: 0,
    };
    // Chunks are read in turn, so the span is usually the last chunk's span or the next one.
    let at = 0;
    return use({
      nSamples: rowSet.nSamples,
      nFeatures: columns.length,
      read(start, rowsMax = notes.chunkRows) {
        if (start < rowSet.spans[at]!.before) at = 0;
        while (start >= rowSet.spans[at]!.before + rowSet.spans[at]!.rows) at++;
        const span = rowSet.spans[at]!;
        const first = start - span.before;
        chunk.rows = Math.min(notes.chunkRows, span.rows - first, rowsMax);
        rowSet.decode(notes, span, first, chunk.rows, to);
        return chunk;
      },
    });
  });
}
