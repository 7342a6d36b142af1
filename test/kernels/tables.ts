import fc from 'fast-check';
import { KINDS, SEGMENT_BYTES } from '../../src/data/table.ts';
import type { Room } from './room.ts';

export type Kind = keyof typeof KINDS;

/** The cells of a column in one block: doubles, or whole numbers that stand for `number / 10^decimals`. */
export interface Segment {
  readonly kind: Kind;
  readonly decimals: number;
  /** NaN: the cell is missing. */
  readonly cells: readonly number[];
}

/** A table in a room: `blocks[block][column]`. */
export interface Blocks {
  readonly directory: number;
  readonly blocks: readonly (readonly Segment[])[];
  readonly nColumns: number;
  /** Rows of each block but the last. */
  readonly blockRows: number;
  readonly nRows: number;
}

/** A column of a design, as src/engine/blocks/notes.ts describes it. */
export interface Note {
  readonly column: number;
  readonly mayBeMissing?: boolean;
  readonly fill?: number;
  readonly indicator?: { readonly code: number; readonly missingCounts: boolean };
  readonly scale?: number;
  readonly offset?: number;
  readonly clip?: { readonly low: number; readonly high: number };
}

/** Rows of a part in one block. */
export interface Span {
  readonly block: number;
  readonly first: number;
  readonly rows: number;
}

const ARRAYS = { int8: Int8Array, int16: Int16Array, int32: Int32Array, float64: Float64Array } as const;
/** The least number of each width stands for a missing cell. */
const MISSING = { int8: -0x80, int16: -0x8000, int32: -0x8000_0000, float64: Number.NaN } as const;
const NOTE_BYTES = 64;
const SPAN_WORDS = 4;

export function packedCells({ kind, cells }: Segment): Uint8Array {
  const packed = ARRAYS[kind].from(cells.map((cell) => (Number.isNaN(cell) ? MISSING[kind] : cell)));
  return new Uint8Array(packed.buffer);
}

export function writeTable(room: Room, blocks: Blocks['blocks']): Blocks {
  const nColumns = blocks[0]!.length;
  const entries = new Uint8Array(blocks.length * nColumns * SEGMENT_BYTES);
  const view = new DataView(entries.buffer);
  for (const [i, segment] of blocks.flat().entries()) {
    view.setUint32(i * SEGMENT_BYTES, room.put(packedCells(segment)), true);
    view.setUint8(i * SEGMENT_BYTES + 4, KINDS[segment.kind]);
    view.setUint8(i * SEGMENT_BYTES + 5, segment.decimals);
  }
  const blockRows = blocks[0]![0]!.cells.length;
  const nRows = blocks.reduce((sum, [first]) => sum + first!.cells.length, 0);
  return { directory: room.put(entries), blocks, nColumns, blockRows, nRows };
}

/** Returns the cells of a column, block after block. */
export function columnOf({ blocks }: Blocks, column: number): number[] {
  return blocks.flatMap((segments) => segments[column]!.cells);
}

/** Writes the spans of a row set, as src/engine/local/blocks/rowSet.ts does. */
export function writeSpans(room: Room, spans: readonly Span[]): number {
  let before = 0;
  const words = spans.flatMap(({ block, first, rows }) => {
    before += rows;
    return [first, rows, before - rows, block];
  });
  return room.put(Uint32Array.from(words.slice(0, SPAN_WORDS * spans.length)));
}

export function writeNotes(room: Room, notes: readonly Note[]): number {
  const bytes = new Uint8Array(notes.length * NOTE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [j, note] of notes.entries()) {
    const at = j * NOTE_BYTES;
    view.setInt32(at, note.column, true);
    view.setInt32(at + 4, flagsOf(note), true);
    view.setInt32(at + 8, note.indicator?.code ?? 0, true);
    const { fill = Number.NaN, scale = 1, offset = -0, clip = { low: 0, high: 0 } } = note;
    for (const [i, x] of [fill, scale, offset, clip.low, clip.high].entries()) {
      view.setFloat64(at + 16 + 8 * i, x, true);
    }
  }
  return room.put(bytes);
}

function flagsOf({ mayBeMissing, indicator, clip }: Note): number {
  return (
    (mayBeMissing === true ? 1 : 0) |
    (indicator === undefined ? 0 : 2) |
    (indicator?.missingCounts === true ? 4 : 0) |
    (clip === undefined ? 0 : 8)
  );
}

/** Returns the double that a note makes of a cell, one operation after the other. */
export function decoded(note: Note, { decimals, cells }: Segment, row: number): number {
  const cell = cells[row]!;
  const { fill = Number.NaN, scale = 1, offset = -0, indicator, clip } = note;
  let x = Number.isNaN(cell) ? fill : cell / Number(`1e${decimals}`);
  if (indicator !== undefined) {
    x = cell === indicator.code || (Number.isNaN(cell) && indicator.missingCounts) ? 1 : 0;
  }
  x = x * scale + offset;
  if (clip !== undefined && x < clip.low) x = clip.low;
  if (clip !== undefined && x > clip.high) x = clip.high;
  return x;
}

const LIMITS = { int8: 127, int16: 32_767, int32: 2_147_483_647 } as const;

/** A segment of whole numbers of one width, with missing cells and the width's limits among the cells. */
export function wholeSegment(kind: keyof typeof LIMITS, rows: number, decimals = 0): fc.Arbitrary<Segment> {
  const limit = LIMITS[kind];
  const cell = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -limit, max: limit }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -limit, limit, 0) },
  );
  return fc
    .array(cell, { minLength: rows, maxLength: rows })
    .map((cells) => ({ kind, decimals, cells }) as const);
}

/** A segment of doubles of ordinary size. */
export function doubleSegment(rows: number): fc.Arbitrary<Segment> {
  const cell = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -0, 1e300, Number.POSITIVE_INFINITY) },
  );
  return fc
    .array(cell, { minLength: rows, maxLength: rows })
    .map((cells) => ({ kind: 'float64', decimals: 0, cells }) as const);
}
