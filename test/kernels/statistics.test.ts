import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { Room } from './room.ts';
import {
  decoded,
  doubleSegment,
  type Note,
  type Segment,
  type Span,
  wholeSegment,
  writeNotes,
  writeSpans,
  writeTable,
} from './tables.ts';

const EPSILON = 2 ** -52;
const room = new Room();

/** Returns the least, the largest, the sum and the missing rows of a span, by a plain loop. */
function plainStatistics(note: Note, segment: Segment, { first, rows }: Span): number[] {
  const values = Array.from({ length: rows }, (_, row) => decoded(note, segment, first + row));
  const numbers = values.filter((value) => !Number.isNaN(value));
  const sum = numbers.reduce((total, value) => total + value, 0);
  return [Math.min(...numbers), Math.max(...numbers), sum, rows - numbers.length];
}

function expectStatistics(
  blocks: readonly (readonly Segment[])[],
  notes: readonly Note[],
  spans: readonly Span[],
  chunkRows: number,
): void {
  room.scope(() => {
    const { directory, nColumns } = writeTable(room, blocks);
    const [spansAt, notesAt] = [writeSpans(room, spans), writeNotes(room, notes)];
    const out = room.take(spans.length * notes.length * 40);
    const scratch = room.take((chunkRows + 7) * 8);
    for (const span of [...spans.keys()].reverse()) {
      const task = room.kernels.statisticsOfBlock;
      task(directory, nColumns, spansAt, notesAt, notes.length, chunkRows, out, span, scratch);
    }
    for (const [index, span] of spans.entries()) {
      for (const [j, note] of notes.entries()) {
        const { block } = span;
        const segment = blocks[block]![note.column]!;
        const [least, largest, sum, error, missing] = room.doubles(
          out + (index * notes.length + j) * 40,
          5,
        ) as unknown as number[];
        // The error of a sum that is not finite is not a number.
        const got = [least!, largest!, Number.isFinite(sum!) ? sum! + error! : sum!, missing!];
        const cells = segment.cells.slice(span.first, span.first + span.rows);
        const input = (i: number) =>
          `${['least', 'largest', 'sum', 'missing'][i]} of block ${block}, ${segment.kind} ${cells}`;
        const sizes = cells.reduce(
          (sum, _, row) => sum + sizeOf(decoded(note, segment, span.first + row)),
          0,
        );
        const tolerance = (i: number) => (i === 2 ? span.rows * EPSILON * sizes : 0);
        const expected = plainStatistics(note, segment, span);
        // The sign of a least or largest 0 does not matter.
        expectNumbers(input, got.map(unsignedZero), expected.map(unsignedZero), tolerance);
      }
    }
  });
}

const sizeOf = (x: number) => (Number.isNaN(x) ? 0 : Math.abs(x));
const unsignedZero = (x: number) => (x === 0 ? 0 : x);
const segmentOf = (kind: Segment['kind'], ...cells: number[]): Segment => ({ kind, decimals: 0, cells });

describe('statisticsOfBlock', () => {
  it.each<[string, Segment, Span]>([
    ['one row', segmentOf('int8', 5), { block: 0, first: 0, rows: 1 }],
    ['an even number of rows', segmentOf('int16', 5, -300, 7, 0), { block: 0, first: 0, rows: 4 }],
    ['an odd number of rows', segmentOf('int32', 5, -3, 70_000), { block: 0, first: 0, rows: 3 }],
    ['the rows of the part alone', segmentOf('int8', -99, 1, 2, 99), { block: 0, first: 1, rows: 2 }],
    ['no rows', segmentOf('int8', 5), { block: 0, first: 1, rows: 0 }],
    ['missing rows', segmentOf('int8', Number.NaN, 4, Number.NaN), { block: 0, first: 0, rows: 3 }],
    [
      'missing rows alone',
      segmentOf('int8', Number.NaN, Number.NaN, Number.NaN),
      { block: 0, first: 0, rows: 3 },
    ],
    ['negative numbers alone', segmentOf('float64', -2.5, -0.5, -1), { block: 0, first: 0, rows: 3 }],
    ['positive numbers alone', segmentOf('float64', 2.5, 0.5, 1), { block: 0, first: 0, rows: 3 }],
    [
      'an infinite number',
      segmentOf('float64', 1, Number.POSITIVE_INFINITY, Number.NaN),
      { block: 0, first: 0, rows: 3 },
    ],
  ])('counts %s', (_name, segment, span) => {
    expectStatistics([[segment]], [{ column: 0, mayBeMissing: true }], [span], 256);
  });

  it('counts what a plain loop does, in chunks of any size', () => {
    const rows = 60;
    const segment = fc.oneof(
      wholeSegment('int8', rows, 1),
      wholeSegment('int16', rows),
      wholeSegment('int32', rows, 4),
      doubleSegment(rows).map(({ cells, ...rest }) => ({
        ...rest,
        cells: cells.map((x) => Math.min(x, 1e300)),
      })),
    );
    const notes = fc.array(
      fc.record({ column: fc.nat(1), mayBeMissing: fc.constant(true), scale: fc.constantFrom(1, 0.3) }),
      { minLength: 1, maxLength: 4 },
    );
    const span = fc.record({ block: fc.nat(1), first: fc.nat(20), rows: fc.nat(40) });
    const blocks = fc.tuple(fc.tuple(segment, segment), fc.tuple(segment, segment));
    const chunkRows = fc.constantFrom(4, 8, 32, 256);
    fc.assert(
      fc.property(blocks, notes, fc.array(span, { minLength: 1, maxLength: 4 }), chunkRows, expectStatistics),
      {
        numRuns: 400,
      },
    );
  });
});

describe('countTextsOfBlock', () => {
  const nTexts = 4;
  const countsOf = ({ cells }: Segment, { first, rows }: Span) => {
    const counts = Array<number>(nTexts + 1).fill(0);
    for (const cell of cells.slice(first, first + rows)) counts[Number.isNaN(cell) ? nTexts : cell]! += 1;
    return counts;
  };

  it.each(['int8', 'int16', 'int32'] as const)('counts texts kept in %s, and missing ones last', (kind) => {
    const cell = fc.oneof(fc.nat(nTexts - 1), fc.constant(Number.NaN));
    const cells = fc.array(cell, { minLength: 30, maxLength: 30 });
    const block = cells.map((all): Segment[] => [
      { kind: 'int8', decimals: 0, cells: all.map(() => 3) },
      { kind, decimals: 0, cells: all },
    ]);
    const span = fc.record({ block: fc.nat(1), first: fc.nat(10), rows: fc.nat(20) });
    fc.assert(
      fc.property(fc.tuple(block, block), fc.array(span, { minLength: 1, maxLength: 4 }), (blocks, spans) =>
        room.scope(() => {
          const { directory, nColumns } = writeTable(room, blocks);
          const spansAt = writeSpans(room, spans);
          const out = room.take(spans.length * (nTexts + 1) * 4);
          for (const i of [...spans.keys()].reverse()) {
            room.kernels.countTextsOfBlock(directory, nColumns, spansAt, 1, nTexts, out, i, 0);
          }
          const expected = spans.flatMap((span) => countsOf(blocks[span.block]![1]!, span));
          const input = (i: number) => `text ${i % (nTexts + 1)} of ${JSON.stringify({ blocks, spans })}`;
          expectNumbers(input, room.words(out, expected.length), expected);
        }),
      ),
      { numRuns: 200 },
    );
  });
});
