import type { RowChunks } from '../../../ml/solvers/types.ts';
import { type ColumnNote, writeNotes } from './notes.ts';
import type { RowSet } from './rowSet.ts';

/** Hands `use` the rows of a row set as doubles, a chunk at a time: no more of them stands decoded. */
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
    // Chunks are read in turn, so the block is as a rule the one of the last chunk, or the next one.
    let block = 0;
    return use({
      nSamples: rowSet.nSamples,
      nFeatures: columns.length,
      read(start) {
        if (start < rowSet.spans[block]!.before) block = 0;
        while (start >= rowSet.spans[block]!.before + rowSet.spans[block]!.rows) block++;
        const { before, rows } = rowSet.spans[block]!;
        chunk.rows = Math.min(notes.chunkRows, before + rows - start);
        rowSet.decode(notes, block, start - before, chunk.rows, to);
        return chunk;
      },
    });
  });
}
