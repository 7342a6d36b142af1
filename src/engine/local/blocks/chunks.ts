import type { RowChunks } from '../../../ml/solvers/rowChunks.ts';
import { type ColumnNote, writeNotes } from './notes.ts';
import type { Part } from './rowSet.ts';

/** Hands `use` the rows of a part as doubles, a chunk at a time: no more of them stands decoded. */
export function readChunks<T>(part: Part, columns: readonly ColumnNote[], use: (chunks: RowChunks) => T): T {
  const { region } = part.workplace;
  return region.scope(() => {
    const notes = writeNotes(region, columns);
    const to = region.take(notes.length * notes.stride);
    const doubles = notes.stride / Float64Array.BYTES_PER_ELEMENT;
    const all = region.doubles(to, notes.length * doubles);
    const chunk = {
      columns: columns.map((_, j) => all.subarray(j * doubles, (j + 1) * doubles)),
      at: 0,
      rows: 0,
    };
    // Chunks are read in turn, so the block is as a rule the one of the last chunk, or the next one.
    let block = 0;
    return use({
      nSamples: part.nSamples,
      nFeatures: columns.length,
      read(start) {
        if (start < part.spans[block]!.before) block = 0;
        while (start >= part.spans[block]!.before + part.spans[block]!.rows) block++;
        const { before, rows } = part.spans[block]!;
        chunk.rows = Math.min(notes.chunkRows, before + rows - start);
        part.decode(notes, block, start - before, chunk.rows, to);
        return chunk;
      },
    });
  });
}
