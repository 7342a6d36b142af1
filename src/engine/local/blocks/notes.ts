import type { Scratch } from './scratch.ts';

/** How a column of a design is made from a column of the table, in the order of these steps. */
export interface ColumnNote {
  /** The column's place in the table. */
  readonly column: number;
  /** Whether a cell of these rows is missing. */
  readonly mayBeMissing: boolean;
  /** The number that replaces a missing one. */
  readonly fill: number;
  /** For a column of text: 1 if the cell has this code, or is missing and `missingCounts`; else 0. */
  readonly indicator?: { readonly code: number; readonly missingCounts: boolean };
  /** `x * scale + offset`; product and sum are both rounded. */
  readonly affine?: { readonly scale: number; readonly offset: number };
  readonly clip?: { readonly low: number; readonly high: number };
}

/** A column that a note describes. */
export interface NotedColumn {
  readonly note: ColumnNote;
}

/** A design's columns as the kernels read them. */
export interface DesignNotes {
  readonly address: number;
  readonly length: number;
  /** Rows that are decoded at a time: few enough that all their doubles stay in the second-level cache. */
  readonly chunkRows: number;
  /** Bytes from one decoded column to the next. */
  readonly stride: number;
}

// src/kernels/assembly/decode.ts has the same layout and flags.
const NOTE_WORDS = 16;
const FLAGS = { mayBeMissing: 1, indicator: 2, missingCounts: 4, clipped: 8 } as const;

/** `x * 1 + -0` is x for every number, and keeps the sign of 0. */
const UNCHANGED = { scale: 1, offset: -0 } as const;

const CHUNK_BYTES = 131_072;
const CHUNK_ROWS_MIN = 32;
const CHUNK_ROWS_MAX = 256;
/** Without it all columns would begin at the same place of a page, and push each other out of the cache. */
const STRIDE_EXTRA_BYTES = 64;

/** The column as the table has it, NaN for a missing cell. */
export function plainNote(column: number, mayBeMissing: boolean): ColumnNote {
  return { column, mayBeMissing, fill: Number.NaN };
}

/** Writes the notes to scratch memory. */
export function writeNotes(scratch: Scratch, notes: readonly ColumnNote[]): DesignNotes {
  const words = NOTE_WORDS * notes.length;
  const address = scratch.take(words * Int32Array.BYTES_PER_ELEMENT);
  notes.forEach((note, j) => {
    writeNote(scratch, address + j * NOTE_WORDS * Int32Array.BYTES_PER_ELEMENT, note);
  });
  const chunkRows = chunkRowsOf(notes.length);
  const stride = chunkRows * Float64Array.BYTES_PER_ELEMENT + STRIDE_EXTRA_BYTES;
  return { address, length: notes.length, chunkRows, stride };
}

function writeNote(scratch: Scratch, address: number, note: ColumnNote): void {
  const { scale, offset } = note.affine ?? UNCHANGED;
  const flags =
    (note.mayBeMissing ? FLAGS.mayBeMissing : 0) |
    (note.indicator === undefined ? 0 : FLAGS.indicator) |
    (note.indicator?.missingCounts === true ? FLAGS.missingCounts : 0) |
    (note.clip === undefined ? 0 : FLAGS.clipped);
  scratch.words(address, 4).set([note.column, flags, note.indicator?.code ?? 0, 0]);
  scratch
    .doubles(address + 16, 6)
    .set([note.fill, scale, offset, note.clip?.low ?? 0, note.clip?.high ?? 0, 0]);
}

/** Rows of a chunk. They depend on the number of columns alone, so that the order of all sums does too. */
function chunkRowsOf(nColumns: number): number {
  const rows = Math.floor(CHUNK_BYTES / Float64Array.BYTES_PER_ELEMENT / nColumns);
  const whole = rows - (rows % CHUNK_ROWS_MIN);
  return Math.min(Math.max(whole, CHUNK_ROWS_MIN), CHUNK_ROWS_MAX);
}
