import type { Room } from './room.ts';
import { decoded, type Note, type Segment, type Span, writeNotes, writeSpans, writeTable } from './tables.ts';

/** Columns of a table, the rows of a set, and the number of rows that are decoded at a time. */
export interface Design {
  readonly blocks: readonly (readonly Segment[])[];
  readonly notes: readonly Note[];
  readonly spans: readonly Span[];
  readonly chunkRows: number;
}

/** Bytes behind a decoded column, as in src/engine/local/blocks/notes.ts. */
const STRIDE_EXTRA_BYTES = 64;

/**
 * Writes a design, and returns the first arguments of kernels on this design, and their scratch.
 * @param moreColumns room in the scratch for so many columns beside the design's own
 */
export function writeDesign(room: Room, { blocks, notes, spans, chunkRows }: Design, moreColumns = 1) {
  const { directory, nColumns } = writeTable(room, blocks);
  const stride = chunkRows * 8 + STRIDE_EXTRA_BYTES;
  const [spansAt, notesAt] = [writeSpans(room, spans), writeNotes(room, notes)];
  return {
    args: [directory, nColumns, spansAt, notesAt, notes.length, chunkRows, stride] as const,
    scratch: room.take((notes.length + moreColumns) * stride),
  };
}

/** Returns the decoded rows of a span. */
export function rowsOf({ blocks, notes, spans }: Design, span: number): number[][] {
  const { block, first, rows } = spans[span]!;
  return Array.from({ length: rows }, (_, row) =>
    notes.map((note) => decoded(note, blocks[block]![note.column]!, first + row)),
  );
}

/** Returns a design of plain columns and of all rows of all blocks. */
export function plainDesign(blocks: Design['blocks'], chunkRows = 32): Design {
  const notes = blocks[0]!.map((_, column) => ({ column, mayBeMissing: true }));
  const spans = blocks.map(([first], block) => ({ block, first: 0, rows: first!.cells.length }));
  return { blocks, notes, spans, chunkRows };
}

/** Returns a block of doubles with these columns. */
export function doublesOf(...columns: (readonly number[])[]): Segment[] {
  return columns.map((cells) => ({ kind: 'float64', decimals: 0, cells }));
}

/** Returns `intercept + sum over j of w[j] * x[j]`, added column after column. The last of w is the intercept. */
export function scoreOf(x: readonly number[], w: readonly number[]): number {
  return x.reduce((sum, value, j) => sum + w[j]! * value, w[x.length]!);
}
