import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { ColumnOfTable } from '../../src/kernels/passes.ts';
import { expectNumber, expectNumbers } from './compare.ts';
import { Room } from './room.ts';
import { type Blocks, columnOf, type Segment, wholeSegment, writeTable } from './tables.ts';

const EPSILON = 2 ** -52;
const TALLIES = 65_536;
const TALLY_OF_0 = 32_768;
/** Counts behind the tallies that `tallyColumn` uses itself. */
const TALLY_ROOM = 1_024;
const INT32_MAX = 2_147_483_647;
const BLOCK_ROWS = 13;
const room = new Room();

type Kind = 'int8' | 'int16' | 'int32';

/** A table of two columns. The tests count the second column. The last block is shorter. */
function tables(kinds: readonly Kind[]): fc.Arbitrary<readonly Segment[][]> {
  const any = fc.constantFrom(...kinds);
  const segment = (rows: number) => any.chain((kind) => wholeSegment(kind, rows));
  const block = (rows: number) => fc.tuple(wholeSegment('int16', rows), segment(rows));
  return fc
    .tuple(fc.array(block(BLOCK_ROWS), { minLength: 1, maxLength: 3 }), block(5))
    .map(([whole, last]) => [...whole, last].map((segments) => [...segments]));
}

function withTable(
  blocks: readonly (readonly Segment[])[],
  use: (at: ColumnOfTable, cells: number[]) => void,
) {
  room.scope(() => {
    const table = writeTable(room, blocks);
    const column = table.nColumns - 1;
    use(placeOf(table, column), columnOf(table, column));
  });
}

function placeOf({ directory, nColumns, blockRows, nRows }: Blocks, column: number): ColumnOfTable {
  return [directory, nColumns, blockRows, nRows, column];
}

const present = (cells: readonly number[]) => cells.filter((cell) => !Number.isNaN(cell));
const one = (kind: Segment['kind'], decimals: number, ...cells: number[]): Segment[] => [
  { kind, decimals, cells },
];

describe('packingOfColumn', () => {
  it.each<[string, Segment[][], number]>([
    ['bytes', [one('int8', 0, 1)], 0x100],
    ['shorts with decimals', [one('int16', 3, 1)], 0x203],
    ['words', [one('int32', 9, 1)], 0x409],
    ['the widest of its blocks', [one('int8', 2, 1), one('int32', 2, 1), one('int16', 2, 1)], 0x402],
    ['decimals that differ', [one('int8', 2, 1), one('int8', 1, 1)], -1],
    ['doubles', [one('float64', 0, 1)], -1],
    ['doubles in one block', [one('int8', 0, 1), one('float64', 0, 1)], -1],
  ])('tells %s', (name, blocks, expected) => {
    room.scope(() => {
      const { directory, nColumns } = writeTable(room, blocks);
      const got = room.kernels.packingOfColumn(directory, nColumns, blocks.length, nColumns - 1);
      expectNumber(`packing of ${name}`, got, expected);
    });
  });
});

describe('tallyColumn', () => {
  it('counts each number of 16 bits, and missing cells first', () => {
    fc.assert(
      fc.property(tables(['int8', 'int16']), (blocks) =>
        withTable(blocks, (place, cells) => {
          const counts = room.take((TALLIES + TALLY_ROOM) * 4);
          room.kernels.tallyColumn(...place, counts);
          const expected = new Uint32Array(TALLIES);
          for (const cell of cells) expected[Number.isNaN(cell) ? 0 : cell + TALLY_OF_0]! += 1;
          const input = (i: number) => `the number ${i - TALLY_OF_0} among ${cells}`;
          expectNumbers(input, room.words(counts, TALLIES), expected);
        }),
      ),
      { numRuns: 30 },
    );
  });
});

describe('rangeOfColumn', () => {
  const expectRange = (blocks: readonly (readonly Segment[])[]) =>
    withTable(blocks, (place, cells) => {
      const out = room.take(8);
      room.kernels.rangeOfColumn(...place, out);
      const numbers = present(cells);
      const expected =
        numbers.length > 0 ? [Math.min(...numbers), Math.max(...numbers)] : [INT32_MAX, -INT32_MAX - 1];
      const got = Int32Array.from(room.words(out, 2));
      expectNumbers((i) => `${['least', 'largest'][i]} of ${cells}`, got, expected);
    });

  it.each<[string, Segment[][]]>([
    ['negative numbers', [one('int8', 0, -5, -3)]],
    ['the limits of 8 bits', [one('int8', 0, -127, 127)]],
    ['the limits of 16 bits', [one('int16', 0, -32_767, 32_767)]],
    ['the limits of 32 bits', [one('int32', 0, -INT32_MAX, INT32_MAX)]],
    ['missing cells alone', [one('int16', 0, Number.NaN)]],
    ['a block of missing cells', [one('int8', 0, Number.NaN, Number.NaN), one('int32', 0, 3, 900)]],
    ['a last block that is shorter', [one('int8', 0, 5, 6, 7), one('int8', 0, 5)]],
    ['numbers before a block of missing cells', [one('int8', 0, 3), one('int32', 0, Number.NaN)]],
  ])('tells that of %s', (_name, blocks) => expectRange(blocks));

  it('is what a plain loop finds', () => {
    fc.assert(fc.property(tables(['int8', 'int16', 'int32']), expectRange), { numRuns: 200 });
  });
});

describe('countColumn', () => {
  it('counts numbers from one to another, some neighbours together', () => {
    const limits = fc
      .tuple(fc.integer({ min: -40_000, max: 40_000 }), fc.nat(70_000), fc.nat(18))
      .map(([low, width, shift]) => ({ low, high: low + width, shift }));
    const small = fc.constantFrom(
      { low: -5, high: 5, shift: 0 },
      { low: -INT32_MAX, high: INT32_MAX, shift: 20 },
      { low: -INT32_MAX - 1, high: -1, shift: 20 },
      { low: 127, high: 127, shift: 0 },
    );
    fc.assert(
      fc.property(
        tables(['int8', 'int16', 'int32']),
        fc.oneof(limits, small),
        (blocks, { low, high, shift }) =>
          withTable(blocks, (place, cells) => {
            const length = Math.floor((high - low) / 2 ** shift) + 1;
            const counts = room.put(new Uint32Array(length).fill(7));
            room.kernels.countColumn(...place, low, high, shift, counts);
            const expected = new Uint32Array(length).fill(7);
            for (const cell of cells) {
              if (cell >= low && cell <= high) expected[Math.floor((cell - low) / 2 ** shift)]! += 1;
            }
            const input = (i: number) => `count ${i} from ${low} to ${high} by 2^${shift} among ${cells}`;
            expectNumbers(input, room.words(counts, length), expected);
          }),
      ),
      { numRuns: 200 },
    );
  });
});

describe('momentsOfColumn', () => {
  it('adds distances, their squares and the count to what is there', () => {
    const centre = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(tables(['int8', 'int16', 'int32']), centre, (blocks, middle) =>
        withTable(blocks, (place, cells) => {
          const before = [3, 5, 7];
          const out = room.put(Float64Array.from(before));
          room.kernels.momentsOfColumn(...place, middle, out);
          const distances = present(cells).map((cell) => BigInt(cell - middle));
          const sizes = distances.reduce((sum, d) => sum + d * d, 0n);
          // Sums of distances are exact, and a square may have more than 53 bits.
          const expected = [
            3 + Number(distances.reduce((sum, d) => sum + d, 0n)),
            Number(5n + sizes),
            7 + distances.length,
          ];
          const tolerance = (i: number) => (i === 1 ? cells.length * EPSILON * Number(sizes) : 0);
          const input = (i: number) =>
            `${['sum', 'squares', 'count'][i]} of distances from ${middle} of ${cells}`;
          expectNumbers(input, room.doubles(out, 3), expected, tolerance);
        }),
      ),
      { numRuns: 200 },
    );
  });
});
