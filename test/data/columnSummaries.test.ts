import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinSummaries,
  type SummaryTask,
  summariseNext,
  summaryTask,
} from '../../src/data/columnSummaries.ts';
import type { Feature } from '../../src/data/dataset.ts';
import { toDataset } from '../../src/data/dataset.ts';
import { summaryScratch } from '../../src/data/orderStatistics.ts';
import { readTable } from '../../src/data/readTable.ts';
import { summarize } from '../../src/data/summary.ts';
import { packTable } from '../support/packedTable.ts';

const profile = (job: SummaryTask) => joinSummaries([summariseNext(job)]);

describe('column summaries', () => {
  it("equal pandas' describe() for the diabetes data", () => {
    const bytes = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
    const dataset = toDataset(readTable(bytes), { ignore: [], missing: 'error' });
    const summary = profile(summaryTask(dataset));
    // pandas 3.1.1: read_csv('diabetes.csv').describe()
    const glucose = summary[1]!;
    expect(glucose).toMatchObject({ name: 'Glucose', min: 0, max: 199, quartiles: [99, 117, 140.25] });
    expect(glucose.mean).toBeCloseTo(120.89453125, 12);
    expect(glucose.std).toBeCloseTo(31.97261819513622, 12);
  });

  const nan = Number.NaN;
  const column = fc
    .constantFrom(1, 10, 100, 8)
    .chain((divisor) =>
      fc.array(
        fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: -300, max: 300 }).map((number) => number / divisor) },
          { weight: 1, arbitrary: fc.constantFrom(nan, nan, 40_000, 0.1 + 0.2) },
        ),
        { minLength: 2, maxLength: 40 },
      ),
    );
  const featuresOf = (indices: readonly number[]): Feature[] =>
    indices.map((index) => ({ name: `x${index}`, type: 'double', index }));

  function expectSame(cells: readonly number[], blockRows: number) {
    const table = packTable([cells], blockRows);
    const [found] = profile(summaryTask({ table, features: featuresOf([0]) }));
    const { min, max, mean, std, quantiles } = summarize(Float64Array.from(cells), summaryScratch());
    expect(found).toMatchObject({ name: 'x0', min, max, quartiles: quantiles.slice(1, 4) });
    // The sums are rounded in other places.
    const size = Math.max(Math.abs(min), Math.abs(max)) * Math.max(1, cells.length / 10_000);
    expect(Math.abs(found!.mean - mean)).toBeLessThanOrEqual(1e-14 * size);
    if (Number.isNaN(std)) expect(found!.std).toBeNaN();
    else expect(Math.abs(found!.std - std)).toBeLessThanOrEqual(1e-13 * size);
  }

  it('are the same for a packed column as for its doubles', () => {
    fc.assert(
      fc.property(column, fc.integer({ min: 1, max: 17 }), (cells, blockRows) => {
        fc.pre(cells.some((cell) => !Number.isNaN(cell)));
        expectSame(cells, blockRows);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, (row: number) => number]>([
    ['bytes', (row) => ((row * 37) % 255) - 127],
    ['bytes and missing cells', (row) => (row % 5 === 0 ? nan : ((row * 37) % 201) - 127)],
    ['16 bits', (row) => ((row * 7_919) % 65_535) - 32_767],
    ['16 bits and missing cells', (row) => (row % 11 === 0 ? nan : ((row * 7_919) % 40_001) - 32_767)],
    [
      'bytes in some blocks and 16 bits in others',
      (row) => (row < 20_000 ? -(row % 128) : (row * 31) % 30_000) / 10,
    ],
    ['32 bits', (row) => ((row * 2_654_435_761) % 2 ** 31) - 2 ** 30],
    ['a single number', () => 7],
  ])('are the same for many rows too: %s', (_name, cellOf) => {
    for (const rows of [32_767, 32_768, 40_003]) {
      expectSame(
        Array.from({ length: rows }, (_, row) => cellOf(row)),
        8_192,
      );
    }
  });

  it('are the same with any division of the columns, and skip texts', () => {
    const texts = ['a', 'b', 'a'];
    const table = packTable([[1, 2, 4], texts, [0.5, nan, 1.5], [1e300, 1, 2]], 2);
    const features: Feature[] = featuresOf([3, 1, 0, 2]);
    features[1] = { ...features[1]!, type: 'string' };
    const alone = profile(summaryTask({ table, features }));
    expect(alone.map(({ name }) => name)).toEqual(['x3', 'x0', 'x2']);
    expect(
      joinSummaries([...alone.entries()].reverse().map(([place, summary]) => [[place, summary]])),
    ).toEqual(alone);
  });
});
