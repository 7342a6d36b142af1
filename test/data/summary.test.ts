import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderStatistics, summaryScratch } from '../../src/data/orderStatistics.ts';
import { RandomState } from '../../src/data/randomState.ts';
import { areAllDistinct, DISTINCT_MAX, QUANTILES, summarize } from '../../src/data/summary.ts';

interface Case {
  name: string;
  values: (number | null)[];
  count: number;
  missing: number;
  min: number;
  max: number;
  mean: number;
  std: number | null;
  quantiles: number[];
  distinct: number;
}

const fixture: { columns: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/summary/summary.json', import.meta.url), 'utf8'),
);
const scratch = summaryScratch();
const doubles = (values: readonly (number | null)[]) =>
  Float64Array.from(values, (value) => value ?? Number.NaN);
const TINY = Number.MIN_VALUE;

describe('summarize agrees with numpy and pandas', () => {
  it.each(fixture.columns)('$name', ({ name: _, values, mean, std, ...exact }) => {
    const summary = summarize(doubles(values), scratch);
    // All statistics except the two sums are exact.
    expect(summary).toMatchObject({ ...exact, infinite: 0 });
    expect(Math.abs(summary.mean - mean)).toBeLessThanOrEqual(Math.abs(mean) * Number.EPSILON);
    if (std === null) expect(summary.std).toBeNaN();
    else expect(Math.abs(summary.std - std)).toBeLessThanOrEqual(std * 1e-14 + 4 * TINY);
  });

  it('has no statistics for a column without values', () => {
    const nan = Number.NaN;
    const none = { min: nan, max: nan, mean: nan, std: nan, quantiles: QUANTILES.map(() => nan) };
    const expected = { count: 0, missing: 2, infinite: 1, distinct: 0, ...none };
    expect(summarize(doubles([null, Number.NEGATIVE_INFINITY, null]), scratch)).toEqual(expected);
  });

  it('skips infinite values and counts them', () => {
    const { infinite, ...rest } = summarize(
      doubles([1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 4]),
      scratch,
    );
    expect(infinite).toBe(2);
    expect({ infinite: 0, ...rest }).toEqual(summarize(doubles([1, 2, 4]), scratch));
  });

  it('counts different values up to its limit', () => {
    const upTo = (n: number) => Float64Array.from({ length: 3 * n }, (_, row) => ((row * 17) % n) / 8);
    expect(summarize(upTo(DISTINCT_MAX), scratch).distinct).toBe(DISTINCT_MAX);
    expect(summarize(upTo(DISTINCT_MAX + 1), scratch).distinct).toBe(DISTINCT_MAX + 1);
    expect(summarize(upTo(3 * DISTINCT_MAX), scratch).distinct).toBe(DISTINCT_MAX + 1);
  });

  it('orders more different values than it counts', () => {
    const values = Float64Array.from(new RandomState(3).permutation(4_001));
    expect(summarize(values, scratch)).toMatchObject({
      quantiles: [200, 1000, 2000, 3000, 3800],
      distinct: 1001,
    });
  });

  it('is exact for a constant with an inexact sum', () => {
    expect(summarize(doubles([0.1, 0.1, 0.1]), scratch)).toMatchObject({ mean: 0.1, std: 0 });
  });

  it('reports no -0', () => {
    const zero = { min: 0, max: 0, mean: 0, std: 0, quantiles: [0, 0, 0, 0, 0], distinct: 1 };
    expect(summarize(doubles([-0, -0]), scratch)).toMatchObject(zero);
  });

  it('reads a part of a buffer without changing it', () => {
    const whole = Float64Array.from([9, 3, 1, 2, -9]);
    expect(summarize(whole.subarray(1, 4), scratch)).toMatchObject({ min: 1, max: 3, mean: 2, distinct: 3 });
    expect([...whole]).toEqual([9, 3, 1, 2, -9]);
  });
});

const { NaN: nan, MAX_VALUE: max } = Number;
/** Values that share bits, buckets or neither, so that each way of examining a bucket is used. */
const awkward = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -20, max: 20 }).map((k) => k * TINY),
  fc.integer({ min: 0, max: 50 }).map((k) => 1 + k * 2 ** -52),
  fc.integer({ min: -300, max: 300 }).map((k) => 10 ** k),
  fc.constantFrom(0, -0, max, -max, nan, Number.POSITIVE_INFINITY),
);

function expectOrder(values: Float64Array, ranks: readonly number[]): void {
  const sorted = values.filter(Number.isFinite).sort();
  const range = { min: sorted[0]!, max: sorted.at(-1)! };
  const found = orderStatistics(values, ranks, range, scratch);
  // It does not matter which of the two zeros is found.
  expect(Array.from(found, (value) => value + 0)).toEqual(ranks.map((rank) => sorted[rank]! + 0));
}

describe('orderStatistics agrees with a sort', () => {
  it('for any values', () => {
    const property = fc.property(
      fc.array(awkward, { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 10 }),
      (values, places) => {
        const column = Float64Array.from(values);
        const count = values.filter(Number.isFinite).length;
        fc.pre(count > 0);
        expectOrder(
          column,
          places.map((place) => place % count).sort((a, b) => a - b),
        );
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });

  // Enough rows that a bucket is too large to be sorted: up to 16,384 values are sorted.
  const rows = 60_000;
  const order = new RandomState(1).permutation(rows);
  it.each<[string, (k: number) => number]>([
    ['with equal distances', (k) => k],
    ['of few values', (k) => k % 5],
    ['of almost one value', (k) => (k < 3 ? k : 7)],
    ['with an outlier', (k) => (k === 0 ? 1e300 : k / rows)],
    ['with outliers beyond outliers', (k) => (k === 0 ? 1e300 : k === 1 ? 1e200 : k / rows)],
    ['whose first halves are equal, below 0', (k) => (k === 0 ? 1e300 : k === 1 ? 1e200 : -1 - k * 2 ** -50)],
    ['of the smallest doubles', (k) => (k === 0 ? 1e300 : k === 1 ? 1e-20 : (k - rows / 2) * TINY)],
    [
      'of neighbours, with many rows each',
      (k) => (k < 2 ? 10 ** (300 - k * 250) : 1 + Math.floor(k / 20_000) * 2 ** -52),
    ],
    ['of all sizes', (k) => 1.02 ** (k - rows / 2) * (k % 2 === 0 ? 1 : -1)],
    [
      'of both zeros and doubles next to them',
      (k) => (k < 2 ? 10 ** (300 - 99 * k) : k % 2 ? -0 : (k % 3) * TINY),
    ],
    ['of -0 and doubles below it', (k) => (k < 2 ? -(10 ** (300 - 99 * k)) : k % 2 ? -0 : -(k % 3) * TINY)],
    ['with missing values', (k) => (k % 3 === 0 ? nan : k * 0.1)],
    ['over the whole range of doubles', (k) => (k / rows - 0.5) * 2 * max],
  ])('for columns %s', (_name, value) => {
    const values = Float64Array.from(order, value);
    const count = values.filter(Number.isFinite).length;
    const ranks = [0, 1, ...QUANTILES.map((q) => Math.floor(q * (count - 1))), count - 2, count - 1];
    expectOrder(values, ranks);
  });
});

describe('areAllDistinct', () => {
  const rows = 200_000;
  const order = new RandomState(2).permutation(rows);
  it.each<[string, Float64Array, boolean]>([
    ['rising', Float64Array.from({ length: rows }, (_, row) => row), true],
    ['falling', Float64Array.from({ length: rows }, (_, row) => -row / 7), true],
    ['in no order', Float64Array.from(order, (k) => k * 1e6), true],
    ['in no order, with one duplicate', Float64Array.from(order, (k) => Math.max(k, 1)), false],
    [
      'rising, with one duplicate',
      Float64Array.from({ length: rows }, (_, row) => Math.min(row, rows - 2)),
      false,
    ],
    ['of one value', Float64Array.of(5, 5), false],
    ['with both zeros', Float64Array.of(1, 0, 5, -0), false],
    ['with a missing value', Float64Array.of(1, nan, 0, 5, nan), true],
    ['of one row', Float64Array.of(1), true],
  ])('%s: %#', (_name, values, expected) => {
    expect(areAllDistinct(values, scratch)).toBe(expected);
  });
});
