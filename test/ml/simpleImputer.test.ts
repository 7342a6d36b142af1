import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/ml/errors.ts';
import { SimpleImputer } from '../../src/ml/simpleImputer.ts';
import { columnFixture } from './columnFixture.ts';
import { frameOf, numbers, texts, valuesOf } from './frames.ts';

/** A mean is a sum, which NumPy adds in another order. The other statistics are values of the column. */
const MEAN_TOLERANCE = 1e-14;

describe('SimpleImputer', () => {
  test.each(columnFixture.numeric_imputers)('agrees with scikit-learn: $name', (one) => {
    const { strategy, statistic } = one;
    const imputer = new SimpleImputer({ strategy }).fit(frameOf(numbers(...one.fitted)));
    const [got] = imputer.statistics_ as number[];
    const size = Math.max(...one.fitted.map((value) => Math.abs(value ?? 0)));
    if (strategy === 'mean') expect(Math.abs(got! - statistic)).toBeLessThanOrEqual(MEAN_TOLERANCE * size);
    else expect(got).toBe(statistic);
    const [column] = imputer.transform(frameOf(numbers(...one.rows))).columns;
    expect(valuesOf(column!)).toEqual(
      one.transformed.map((value, i) => (one.rows[i] === null ? got : value)),
    );
  });

  test.each(columnFixture.text_imputers)('agrees with scikit-learn: $name', (one) => {
    const imputer = new SimpleImputer({ strategy: 'most_frequent' }).fit(frameOf(texts(...one.fitted)));
    expect(imputer.statistics_).toEqual([one.statistic]);
    const [column] = imputer.transform(frameOf(texts(...one.rows))).columns;
    expect(valuesOf(column!)).toEqual(one.transformed);
  });

  test('accepts dense numbers with NaN and returns a matrix', () => {
    const imputer = new SimpleImputer().fit([
      [1, 5],
      [Number.NaN, 7],
      [3, Number.NaN],
    ]);
    expect(imputer.statistics_).toEqual([2, 6]);
    expect(imputer.transform([[Number.NaN, Number.NaN]])).toEqual({
      nSamples: 1,
      nFeatures: 2,
      columns: [Float64Array.of(2), Float64Array.of(6)],
    });
  });

  test.each([
    [
      'a column of numbers without a value',
      frameOf(numbers(1), numbers(null)),
      /Column 1 has no value.*leave/,
    ],
    ['a column of text without a value', frameOf(texts(null, null)), /Column 0 has no value.*leave/],
    ['numbers and text at once', frameOf(numbers(1), texts('a')), /separately/],
    ['an infinite value', frameOf(numbers(1, Infinity)), /mean of column 0 is Infinity/],
    ['a mean of text', frameOf(texts('a', 'b')), /Column 0 holds text, which has no mean/],
  ])('rejects %s', (_, frame, message) => {
    const imputer = new SimpleImputer();
    expect(() => imputer.fit(frame)).toThrow(ValueError);
    expect(() => imputer.fit(frame)).toThrow(message);
  });

  test('rejects a column of another kind than in the fit', () => {
    const ofNumbers = new SimpleImputer().fit(frameOf(numbers(1)));
    const ofText = new SimpleImputer({ strategy: 'most_frequent' }).fit(frameOf(texts('a')));
    expect(() => ofNumbers.transform(frameOf(texts('a')))).toThrow(/Column 0 held numbers/);
    expect(() => ofText.transform(frameOf(numbers(1)))).toThrow(/Column 0 held text/);
  });
});
