import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BINS, countBins } from '../../src/data/bins.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const many = (length: number, make: (k: number) => number) => Array.from({ length }, (_, k) => make(k));

function binsOf(values: readonly number[]): readonly number[] {
  const finite = values.filter(Number.isFinite);
  const range =
    finite.length === 0 ? { min: nan, max: nan } : { min: Math.min(...finite), max: Math.max(...finite) };
  return countBins(Float64Array.from(values), range);
}

/** The counts of NumPy 2.4: `numpy.histogram(values, bins=20)[0]`. */
const OF_NUMPY: readonly (readonly [name: string, values: readonly number[], counts: string])[] = [
  ['whole numbers', [0, 1, 1, 2], '1 0 0 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0 0 1'],
  ['tenths, of which some lie on edges', many(11, (k) => 0.1 * k), '1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1'],
  ['values beside the edges', many(21, (k) => 0.05 * k), '1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2'],
  ['an outlier', [-5, -5, 3.7, 1e6], '3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1'],
  ['sevenths', many(50, (k) => k / 7), '3 2 3 2 3 2 3 2 3 2 2 3 2 3 2 3 2 3 2 3'],
  [
    'a range that does not begin at 0',
    [0.1, 0.2, 0.3, 0.7, 0.9, 1.1],
    '1 0 1 1 0 0 0 0 0 0 0 1 0 0 0 0 1 0 0 1',
  ],
];

describe('countBins', () => {
  it.each(OF_NUMPY)('counts %s as NumPy does', (_name, values, counts) => {
    expect(binsOf(values).join(' ')).toBe(counts);
  });

  it.each([
    ['no values', [nan, nan], []],
    ['equal values', [3, 3, nan], [2]],
    ['a range that no double holds', [-1.7e308, 1.7e308], []],
    ['cells that are not finite', [0, inf, nan, -inf, 0], [2]],
  ])('with %s', (_name, values, bins) => {
    expect(binsOf(values)).toEqual(bins);
  });

  it('counts each finite value once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { minLength: 2 }),
        (values) => {
          const bins = binsOf(values);
          expect(bins.reduce((sum, count) => sum + count, 0)).toBe(values.length);
          if (bins.length > 1) expect(bins).toHaveLength(BINS);
        },
      ),
    );
  });
});
