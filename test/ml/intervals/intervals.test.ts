import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawBinomial } from '../../../src/ml/intervals/binomial.ts';
import { bootstrap, DRAWS, percentileInterval, signPValue } from '../../../src/ml/intervals/bootstrap.ts';
import { areaOf, differenceOfAreas, type ScoresByClass } from '../../../src/ml/intervals/delong.ts';
import { mcnemar } from '../../../src/ml/intervals/mcnemar.ts';
import { meanError } from '../../../src/ml/intervals/meanError.ts';
import { normalInterval } from '../../../src/ml/intervals/normal.ts';
import { randomFrom } from '../../../src/ml/intervals/random.ts';
import { wilson } from '../../../src/ml/intervals/wilson.ts';

interface Scores {
  readonly positives: number[];
  readonly negatives: number[];
}

/** See test/fixtures/intervals/make_intervals.py. */
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/intervals/intervals.json', import.meta.url), 'utf8'),
) as {
  readonly wilson: { successes: number; trials: number; interval: [number, number] }[];
  readonly mcnemar: { onlyFirst: number; onlySecond: number; p: number }[];
  readonly delong: {
    name: string;
    first: Scores;
    second: Scores;
    areas: [number, number];
    variances: [number, number];
    covariance: number;
  }[];
  readonly bootstrap: {
    cells: number[];
    intervals: Record<'f1' | 'cost', [number, number]>;
    deviations: Record<'f1' | 'cost', number>;
  }[];
  readonly binomial: { n: number; p: number; points: number[]; shares: number[] }[];
  readonly mean: { values: number[]; mean: number; standardError: number }[];
};

/** Relative. */
const TOLERANCE = 1e-12;
/** McNemar: SciPy's distribution function has about so many digits for a million rows. */
const P_TOLERANCE = 1e-10;

const far = (got: number, expected: number) =>
  Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-300);

const arrays = ({ positives, negatives }: Scores): ScoresByClass => ({
  positives: Float64Array.from(positives),
  negatives: Float64Array.from(negatives),
});
const sorted = ({ positives, negatives }: Scores): ScoresByClass => ({
  positives: Float64Array.from(positives).sort(),
  negatives: Float64Array.from(negatives).sort(),
});

describe('wilson', () => {
  test.each(fixture.wilson)('$successes of $trials as statsmodels', ({ successes, trials, interval }) => {
    const got = wilson(successes, trials)!;
    expect(Math.abs(got[0] - interval[0])).toBeLessThan(TOLERANCE);
    expect(Math.abs(got[1] - interval[1])).toBeLessThan(TOLERANCE);
  });

  test('has exact ends', () => {
    expect(wilson(0, 10)![0]).toBe(0);
    expect(wilson(10, 10)![1]).toBe(1);
    expect(wilson(0, 0)).toBeUndefined();
  });
});

describe('mcnemar', () => {
  test.each(fixture.mcnemar)(
    '$onlyFirst against $onlySecond as statsmodels',
    ({ onlyFirst, onlySecond, p }) => {
      expect(far(mcnemar(onlyFirst, onlySecond), p)).toBeLessThan(P_TOLERANCE);
    },
  );
});

describe('DeLong', () => {
  test.each(fixture.delong)('$name: as sums over all pairs', (one) => {
    const [ofFirst, ofSecond] = [areaOf(sorted(one.first)), areaOf(sorted(one.second))];
    expect(far(ofFirst.area, one.areas[0])).toBeLessThan(TOLERANCE);
    expect(far(ofSecond.area, one.areas[1])).toBeLessThan(TOLERANCE);
    expect(Math.abs(ofFirst.variance - one.variances[0])).toBeLessThan(1e-15);
    expect(Math.abs(ofSecond.variance - one.variances[1])).toBeLessThan(1e-15);
    const { area, variance } = differenceOfAreas(arrays(one.first), arrays(one.second));
    const [first, second] = one.variances;
    expect(Math.abs(area - (one.areas[0] - one.areas[1]))).toBeLessThan(1e-15);
    expect(Math.abs(variance - (first + second - 2 * one.covariance))).toBeLessThan(1e-15);
  });

  test('equal models differ by nothing', () => {
    const { first } = fixture.delong[0]!;
    expect(differenceOfAreas(arrays(first), arrays(first))).toEqual({ area: 0, variance: 0 });
  });

  test('one row of a class has no variance', () => {
    const scores = { positives: [0.7], negatives: [0.1, 0.2] };
    expect(areaOf(sorted(scores)).variance).toBeNaN();
    expect(normalInterval(1, Math.sqrt(areaOf(sorted(scores)).variance), [0, 1])).toBeUndefined();
  });
});

describe('meanError', () => {
  test.each(fixture.mean)('as SciPy: $mean', ({ values, mean, standardError }) => {
    const got = meanError(values.length, (index) => values[index]!);
    expect(far(got.mean, mean)).toBeLessThan(TOLERANCE);
    expect(Math.abs(got.standardError - standardError)).toBeLessThan(1e-9);
  });

  test.each([0, 1])('of %i values is not known', (n) => {
    expect(meanError(n, () => 3).standardError).toBeNaN();
  });
});

describe('drawBinomial', () => {
  /** Draws of each case, and how far a share may be off: 4.5 standard errors of a share of 1/2. */
  const N = 40_000;
  const SHARE_TOLERANCE = 4.5 * Math.sqrt(0.25 / N);

  test.each(fixture.binomial)('$n trials of $p have the distribution', ({ n, p, points, shares }) => {
    const random = randomFrom(n);
    const draws = Float64Array.from({ length: N }, () => drawBinomial(n, p, random));
    const off = points.map((point, index) => {
      const share = draws.filter((draw) => draw <= point).length / N;
      return Math.abs(share - shares[index]!);
    });
    expect(Math.max(...off)).toBeLessThan(SHARE_TOLERANCE);
    expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw <= n)).toBe(true);
  });

  test.each([
    [0, 0.5, 0],
    [9, 0, 0],
    [9, 1, 9],
  ])('%i trials of %f give %i', (n, p, expected) => {
    expect(drawBinomial(n, p, randomFrom(1))).toBe(expected);
  });
});

describe('bootstrap', () => {
  const valuesOf = ([tp, fp, , fn]: readonly number[]) => {
    const below = 2 * tp! + fp! + fn!;
    return [below === 0 ? 0 : (2 * tp!) / below, 5 * fn! + fp!];
  };

  test.each(fixture.bootstrap)('of $cells is near 200,000 resamples', ({ cells, intervals, deviations }) => {
    const [f1, cost] = bootstrap(cells, valuesOf).map((sample) => percentileInterval(sample)!);
    // The end of an interval of 2,000 draws has a standard error of about 0.06 deviations.
    const off = (got: readonly [number, number], name: 'f1' | 'cost') =>
      Math.max(...got.map((end, i) => Math.abs(end - intervals[name][i]!))) / deviations[name];
    expect(off(f1!, 'f1')).toBeLessThan(0.3);
    expect(off(cost!, 'cost')).toBeLessThan(0.3);
  });

  test('is the same each time, keeps the rows, and takes as long for a billion rows', () => {
    const cells = [4e8, 1e8, 4e8, 1e8];
    const sums = bootstrap(cells, (counts) => [counts.reduce((sum, count) => sum + count, 0), counts[0]!]);
    expect(new Set(sums[0])).toEqual(new Set([1e9]));
    expect(sums[1]).toHaveLength(DRAWS);
    expect(bootstrap(cells, (counts) => [counts[0]!])[0]).toEqual(sums[1]);
  });

  test('leaves out draws without a value, and has no interval without most of them', () => {
    const sample = Float64Array.from({ length: 101 }, (_, i) => (i < 20 ? Number.NaN : i));
    expect(percentileInterval(sample)).toEqual([22, 98]);
    expect(percentileInterval(sample.fill(Number.NaN, 0, 60))).toBeUndefined();
  });

  test('has a p-value that no number of draws makes 0', () => {
    expect(signPValue(Float64Array.from({ length: 999 }, () => 1))).toBe(0.002);
    expect(signPValue(Float64Array.of(-1, 1, 0))).toBe(1);
  });
});
