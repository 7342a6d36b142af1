import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { Room } from './room.ts';
import {
  decoded,
  doubleSegment,
  type Note,
  type Segment,
  wholeSegment,
  writeNotes,
  writeTable,
} from './tables.ts';

const room = new Room();
/** Rows are decoded four at a time. The rows up to the next multiple of four are 0. */
const ROWS_AT_ONCE = 4;
const STRIDE_EXTRA = 7;
const GUARD = 4;

interface Rows {
  readonly block: number;
  readonly first: number;
  readonly rows: number;
}

/** Decodes rows of a block, and compares each double with a plain loop over the notes. */
function expectDecoded(blocks: readonly (readonly Segment[])[], notes: readonly Note[], part: Rows): void {
  room.scope(() => {
    const { directory, nColumns } = writeTable(room, blocks);
    const { block, first, rows } = part;
    const doubles = rows + STRIDE_EXTRA;
    const to = room.take((notes.length * doubles + GUARD) * 8);
    const notesAt = writeNotes(room, notes);
    room.kernels.decodeRows(directory, nColumns, block, first, rows, notesAt, notes.length, to, doubles * 8);
    const padded = Math.ceil(rows / ROWS_AT_ONCE) * ROWS_AT_ONCE;
    for (const [j, note] of notes.entries()) {
      const segment = blocks[block]![note.column]!;
      const expected = Array.from({ length: padded }, (_, row) =>
        row < rows ? decoded(note, segment, first + row) : 0,
      );
      const input = (row: number) =>
        `cell ${segment.cells[first + row]} (row ${row} of ${rows}, ${segment.kind}, ${segment.decimals} decimals) ` +
        `by the note ${JSON.stringify(note)}`;
      expectNumbers(input, room.doubles(to + j * doubles * 8, padded), expected);
    }
    const guard = room.doubles(to + notes.length * doubles * 8, GUARD);
    expectNumbers((i) => `double ${i} behind the last column`, guard, Array(GUARD).fill(Number.NaN));
  });
}

const NUMBERS: readonly (readonly [kind: Segment['kind'], decimals: number, cells: readonly number[]])[] = [
  ['int8', 0, [1, -127, 127, 0, Number.NaN]],
  ['int8', 1, [1, 3, -7, Number.NaN, 127]],
  ['int16', 0, [-32_767, 32_767, 0, Number.NaN, 128]],
  ['int16', 3, [1, 10, 1_001, Number.NaN, -3]],
  ['int32', 0, [-2_147_483_647, 2_147_483_647, 0, Number.NaN, 65_536]],
  ['int32', 9, [1, 3, 7, Number.NaN, 2_147_483_646]],
  ['int32', 22, [1, 7, -2_147_483_647, Number.NaN, 0]],
  ['float64', 0, [0.1, -1e300, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]],
];

const NOTES: readonly (readonly [name: string, note: Omit<Note, 'column'>])[] = [
  ['plain', {}],
  ['filled', { fill: -2.5 }],
  ['scaled', { fill: 0.1, scale: 0.3 }],
  ['moved', { fill: 0.1, offset: 0.7 }],
  ['scaled and moved', { fill: 0.1, scale: 1 / 3, offset: -0.7 }],
  ['clipped', { fill: 0.5, clip: { low: -1, high: 1 } }],
  ['all of it', { fill: 2, scale: 1e-3, offset: 0.25, clip: { low: 0, high: 1 } }],
];

describe('decodeRows', () => {
  describe.each(NOTES)('%s', (_name, note) => {
    it.each(NUMBERS)('decodes %s with %d decimals', (kind, decimals, some) => {
      const cells = [...some, ...some, ...some, ...some];
      const whole: Segment = { kind, decimals, cells };
      const without: Segment = { kind, decimals, cells: cells.filter((cell) => !Number.isNaN(cell)) };
      for (let rows = 1; rows <= 16; rows++) {
        const part = { block: 0, first: rows % 4, rows };
        expectDecoded([[whole]], [{ ...note, column: 0, mayBeMissing: true }], part);
        expectDecoded([[without]], [{ ...note, column: 0, mayBeMissing: true }], { ...part, first: 0 });
        expectDecoded([[without]], [{ ...note, column: 0 }], { ...part, first: 0 });
      }
    });
  });

  it.each(['int8', 'int16', 'int32'] as const)('makes indicators of texts kept in %s', (kind) => {
    const cells = [0, 1, 2, Number.NaN, 1, 120, 1, 0, Number.NaN];
    for (const [code, missingCounts] of [
      [0, false],
      [1, false],
      [1, true],
      [120, true],
      [5, true],
    ] as const) {
      const note = { column: 0, mayBeMissing: true, indicator: { code, missingCounts } };
      for (let rows = 1; rows <= cells.length; rows++) {
        const part = { block: 0, first: cells.length - rows, rows };
        expectDecoded([[{ kind, decimals: 0, cells }]], [note, { ...note, scale: 0.3, offset: -0.1 }], part);
      }
    }
  });

  it('decodes any column of any block', () => {
    const rows = 40;
    const segment = fc.oneof(
      wholeSegment('int8', rows),
      wholeSegment('int8', rows, 2),
      wholeSegment('int16', rows),
      wholeSegment('int16', rows, 3),
      wholeSegment('int32', rows),
      wholeSegment('int32', rows, 9),
      doubleSegment(rows),
    );
    const number = fc.double({ min: -100, max: 100, noNaN: true });
    const note = fc.record({
      column: fc.nat(2),
      mayBeMissing: fc.constant(true),
      fill: number,
      scale: fc.oneof(fc.constant(1), number),
      offset: fc.oneof(fc.constant(-0), number),
    });
    const clipped = fc
      .tuple(note, number, fc.double({ min: 0, max: 10, noNaN: true }))
      .map(([one, low, width]) => ({ ...one, clip: { low, high: low + width } }));
    const notes = fc.array(fc.oneof(note, clipped), { minLength: 1, maxLength: 5 });
    const column = fc.array(segment, { minLength: 3, maxLength: 3 });
    const part = fc.record({ block: fc.nat(1), first: fc.nat(20), rows: fc.integer({ min: 1, max: 20 }) });
    fc.assert(fc.property(fc.tuple(column, column), notes, part, expectDecoded), { numRuns: 400 });
  });
});
