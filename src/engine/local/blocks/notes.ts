import type { Scratch } from './scratch.ts';

/** How a design's column comes from a column of the table; the steps are taken in this order. */
export interface ColumnNote {
  /** Place among the table's columns. */
  readonly column: number;
  /** Whether a cell of these rows is missing. */
  readonly mayBeMissing: boolean;
  /** What stands for a missing number. */
  readonly fill: number;
  /** Of a column of text: 1 where the cell is this text, by its code, and perhaps where it is missing; else 0. */
  readonly indicator?: { readonly code: number; readonly missingCounts: boolean };
  /** `x * scale + offset`, each of the two rounded. */
  readonly affine?: { readonly scale: number; readonly offset: number };
  readonly clip?: { readonly low: number; readonly high: number };
}

/** A column that has such a note. */
export interface NotedColumn {
  readonly note: ColumnNote;
}

/** A design's columns as the kernels read them. */
export interface DesignNotes {
  readonly address: number;
  readonly length: number;
  /** Rows that are decoded at a time: so few that all their doubles stay in the processor's second cache. */
  readonly chunkRows: number;
  /** Bytes from one decoded column to the next. */
  readonly stride: number;
}

// The layout and the flags stand in src/kernels/assembly/decode.ts too.
const NOTE_WORDS = 16;
const FLAGS = { mayBeMissing: 1, indicator: 2, missingCounts: 4, clipped: 8 } as const;

/** Times 1 plus this changes no number, not even the sign of 0. */
const UNCHANGED = { scale: 1, offset: -0 } as const;

const CHUNK_BYTES = 131_072;
const CHUNK_ROWS_MIN = 32;
const CHUNK_ROWS_MAX = 256;
/** Rows that do not begin at the same place of every page: or they would push each other out of the cache. */
const STRIDE_EXTRA_BYTES = 64;

/** The column as it stands in the table, NaN where it is missing. */
export function plainNote(column: number, mayBeMissing: boolean): ColumnNote {
  return { column, mayBeMissing, fill: Number.NaN };
}

/** Writes the notes to the scratch memory. */
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

/** It depends on the number of columns alone, and with it the order of all sums. */
function chunkRowsOf(nColumns: number): number {
  const rows = Math.floor(CHUNK_BYTES / Float64Array.BYTES_PER_ELEMENT / nColumns);
  const whole = rows - (rows % CHUNK_ROWS_MIN);
  return Math.min(Math.max(whole, CHUNK_ROWS_MIN), CHUNK_ROWS_MAX);
}
