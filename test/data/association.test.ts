import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cramersV, crossTable, rocAucByClass } from '../../src/data/association.ts';

interface Fixture {
  curves: { name: string; values: number[]; codes: number[]; areas: number[] }[];
  tables: { name: string; table: number[][]; v: number }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/summary/summary.json', import.meta.url), 'utf8'),
);
const nan = Number.NaN;

describe('rocAucByClass', () => {
  it.each(fixture.curves)("agrees with scikit-learn's areas: $name", ({ values, codes, areas }) => {
    const found = rocAucByClass(Float64Array.from(values), codes, areas.length);
    for (const [k, area] of areas.entries()) expect(found[k]).toBeCloseTo(area, 14);
  });

  it('counts pairs by the definition', () => {
    const row = fc.record({ value: fc.integer({ min: -4, max: 4 }), code: fc.integer({ min: -1, max: 2 }) });
    const property = fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const known = rows.filter(({ code }) => code >= 0);
      const expected = [0, 1, 2].map((k) => {
        const wins = known
          .filter(({ code }) => code === k)
          .flatMap(({ value }) =>
            known
              .filter(({ code }) => code !== k)
              .map((other) => (value > other.value ? 2 : value === other.value ? 1 : 0)),
          );
        return wins.reduce<number>((sum, win) => sum + win, 0) / (2 * wins.length);
      });
      const values = Float64Array.from(rows, ({ value }) => value);
      const codes = rows.map(({ code }) => code);
      expect(rocAucByClass(values, codes, 3)).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each([
    ['leaves out rows that are NaN', [nan, 1, nan, 2], [0, 0, 1, 1], [0, 1]],
    ['orders infinite values', [-Infinity, 5, Infinity, 6], [0, 0, 1, 1], [0, 1]],
    ['is undefined without a row of the class', [1, 2], [0, 0], [nan, nan]],
    ['is undefined without a row', [], [], [nan, nan]],
  ])('%s', (_name, values, codes, expected) => {
    expect(rocAucByClass(Float64Array.from(values), codes, 2)).toEqual(expected);
  });
});

describe('cramersV', () => {
  it.each(fixture.tables)('agrees with SciPy: $name', async ({ table, v }) => {
    expect(await cramersV(table)).toBeCloseTo(v, 14);
  });

  it('leaves out rows and columns without a count', async () => {
    const { table, v } = fixture.tables.at(-1)!;
    const wider = [...table.map((counts) => [0, ...counts]), [0, 0, 0, 0]];
    expect(await cramersV(wider)).toBeCloseTo(v, 14);
  });

  it.each([[[[3, 4]]], [[[3], [4]]], [[]], [[[0, 0]]]])('is undefined for %j', async (table) => {
    expect(await cramersV(table)).toBeNaN();
  });
});

it('crossTable counts rows by value and class, without rows that lack either', () => {
  const table = crossTable([0, 1, 1, -1, 0, 1], 2, [0, 1, 1, 1, -1, 0], 2);
  expect(table.map((counts) => [...counts])).toEqual([
    [1, 0],
    [1, 2],
  ]);
});
