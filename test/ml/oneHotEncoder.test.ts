import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/ml/errors.ts';
import { OneHotEncoder } from '../../src/ml/oneHotEncoder.ts';
import { columnFixture } from './columnFixture.ts';
import { frameOf, numbers, texts, valuesOf } from './frames.ts';

describe('OneHotEncoder', () => {
  test.each(columnFixture.encoders)('agrees with scikit-learn: $name', (one) => {
    const fitted = frameOf(...one.fitted.map((column) => texts(...column)));
    const encoder = new OneHotEncoder({ handleUnknown: 'ignore' }).fit(fitted);
    expect(encoder.categories_).toEqual(one.categories);
    const { columns } = encoder.transform(frameOf(...one.rows.map((column) => texts(...column))));
    expect(columns.map(valuesOf)).toEqual(one.transformed);
  });

  test('rejects an unknown or missing text on request', () => {
    const encoder = new OneHotEncoder().fit(frameOf(texts('a'), texts('b')));
    expect(encoder.transform(frameOf(texts('a'), texts('b'))).columns).toHaveLength(2);
    expect(() => encoder.transform(frameOf(texts('a'), texts('c')))).toThrow(
      /unknown category 'c' in column 1/,
    );
    expect(() => encoder.transform(frameOf(texts(null), texts('b')))).toThrow(
      /Column 0 has no text in 1 rows/,
    );
  });

  test.each([
    ['a missing text', frameOf(texts('a', null, null)), /Column 0 has no text in 2 rows: impute/],
    ['numbers', frameOf(texts('a'), numbers(1)), /Column 1 holds numbers/],
  ])('rejects %s in fit', (_, frame, message) => {
    expect(() => new OneHotEncoder().fit(frame)).toThrow(ValueError);
    expect(() => new OneHotEncoder().fit(frame)).toThrow(message);
  });

  test('rejects dense numbers', () => {
    expect(() => new OneHotEncoder().fit([[1]])).toThrow(/holds numbers/);
  });
});
