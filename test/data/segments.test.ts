import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCodes, readNumbers, segmentsOf } from '../../src/data/segments.ts';
import { packTable } from '../support/packedTable.ts';

const nan = Number.NaN;
/** Values for every kind of segment, also with decimals. */
const cell = fc.oneof(
  fc.constant(nan),
  fc.integer({ min: -127, max: 127 }),
  fc.integer({ min: -32_767, max: 32_767 }),
  fc.integer({ min: -2_147_483_647, max: 2_147_483_647 }),
  fc.integer({ min: -999, max: 999 }).map((number) => number / 100),
  fc.constantFrom(-0, 0.1 + 0.2, 1e300, Number.POSITIVE_INFINITY),
);
const column = fc.array(cell, { minLength: 1, maxLength: 40 });
const blockRows = fc.integer({ min: 1, max: 17 });

describe('readNumbers', () => {
  it('returns the cells of any rows, for all kinds of blocks', () => {
    fc.assert(
      fc.property(column, blockRows, fc.nat(), fc.nat(), (cells, rowsOfBlock, a, b) => {
        const table = packTable([cells.map((_, row) => row), cells], rowsOfBlock);
        const [from, to] = [a % (cells.length + 1), b % (cells.length + 1)].sort((x, y) => x - y);
        expect([...readNumbers(table, 1)]).toEqual(cells);
        expect([...readNumbers(table, 1, from, to)]).toEqual(cells.slice(from, to));
        expect([...readNumbers(table, 0, from)]).toEqual(cells.map((_, row) => row).slice(from));
      }),
      { numRuns: 300 },
    );
  });

  it('writes to the given array, and nowhere else', () => {
    const table = packTable([[1, nan, 0.5, 300, -7]], 2);
    const values = new Float64Array(5).fill(9);
    expect(readNumbers(table, 0, 1, 4, values)).toBe(values);
    expect([...values]).toEqual([nan, 0.5, 300, 9, 9]);
  });
});

describe('segmentsOf', () => {
  it('yields block after block with its first row, and the last block in its own length', () => {
    const table = packTable([[1, 2, 300, 4, nan]], 2);
    const found = [...segmentsOf(table, 0)].map(({ cells, decimals, missing, firstRow }) => ({
      cells,
      decimals,
      missing,
      firstRow,
    }));
    expect(found).toEqual([
      { cells: Int8Array.of(1, 2), decimals: 0, missing: -128, firstRow: 0 },
      { cells: Int16Array.of(300, 4), decimals: 0, missing: -32_768, firstRow: 2 },
      { cells: Int8Array.of(-128), decimals: 0, missing: -128, firstRow: 4 },
    ]);
  });

  it('yields no missing value for doubles, which use NaN, and the decimals of whole numbers', () => {
    const table = packTable([[0.1 + 0.2, nan, 2.5, 70_000.25]], 2);
    const found = [...segmentsOf(table, 0)].map(({ cells, decimals, missing }) => [cells, decimals, missing]);
    expect(found).toEqual([
      [Float64Array.of(0.1 + 0.2, nan), 0, undefined],
      [Int32Array.of(250, 7_000_025), 2, -(2 ** 31)],
    ]);
  });
});

it('readCodes returns the indices of texts, and -1 for missing cells', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(texts, blockRows, (cells, rowsOfBlock) => {
      fc.pre(cells.some((text) => text !== undefined));
      const table = packTable([cells], rowsOfBlock);
      const [kept] = table.columns;
      const found = [...readCodes(table, 0)].map((place) =>
        place === -1 ? undefined : kept?.kind === 'text' && kept.texts[place],
      );
      expect(found).toEqual(cells);
    }),
    { numRuns: 200 },
  );
});
