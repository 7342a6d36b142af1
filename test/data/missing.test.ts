import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markMissing } from '../../src/data/missing.ts';
import { packTable } from '../support/packedTable.ts';

const nan = Number.NaN;
/** A cell that usually gives every block another kind of segment. */
const number = fc.oneof(
  { weight: 4, arbitrary: fc.constant(nan) },
  { weight: 8, arbitrary: fc.integer({ min: -127, max: 300 }) },
  { weight: 2, arbitrary: fc.constantFrom(-128, -32_768, 70_000, 0.25) },
  { weight: 1, arbitrary: fc.constantFrom(0.1 + 0.2, -(2 ** 31), Number.POSITIVE_INFINITY) },
);
const text = fc.constantFrom('a', 'b', 'c', 'd', undefined);

describe('markMissing', () => {
  it('marks the rows in which one of the columns has no value, for all kinds of blocks', () => {
    const rows = fc.array(fc.tuple(number, number, text, number), { minLength: 1, maxLength: 40 });
    const asked = fc.subarray([0, 1, 2, 3]);
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 17 }), asked, (cells, blockRows, columns) => {
        fc.pre(cells.some((row) => row[2] !== undefined));
        const column = <T>(index: number) => cells.map((row) => row[index] as T);
        const table = packTable(
          [column<number>(0), column<number>(1), column<string | undefined>(2), column<number>(3)],
          blockRows,
        );
        const isMissing = (cell: unknown) => cell === undefined || Number.isNaN(cell);
        const expected = cells.map((row) => (columns.some((index) => isMissing(row[index])) ? 1 : 0));
        const marks = markMissing(table, columns);
        expect(marks && [...marks]).toEqual(expected.some((mark) => mark === 1) ? expected : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('has no marks if the given columns are complete', () => {
    const table = packTable(
      [
        [1, nan],
        [1, 2],
      ],
      2,
    );
    expect(markMissing(table, [1])).toBeUndefined();
    expect(markMissing(table, [])).toBeUndefined();
    expect(markMissing(table, [1, 0])).toEqual(Uint8Array.of(0, 1));
  });
});
