import { describe, expect, test } from 'vitest';
import { type Branch, ColumnTransformer } from '../../src/ml/columnTransformer.ts';
import { NotFittedError, ValueError } from '../../src/ml/errors.ts';
import { MinMaxScaler } from '../../src/ml/minMaxScaler.ts';
import { OneHotEncoder } from '../../src/ml/oneHotEncoder.ts';
import { Pipeline } from '../../src/ml/pipeline.ts';
import { SimpleImputer } from '../../src/ml/simpleImputer.ts';
import { frameOf, numbers, texts, valuesOf } from './frames.ts';

const numeric = () =>
  new Pipeline([
    ['imputer', new SimpleImputer()],
    ['scaler', new MinMaxScaler()],
  ]);

describe('ColumnTransformer', () => {
  test('joins the branches in their order, and the columns of each branch in their order', () => {
    const frame = frameOf(numbers(0, 4, null), texts('b', 'a', 'b'), numbers(7, 7, 7), numbers(1, 2, 3));
    const transformer = new ColumnTransformer([
      ['text', new OneHotEncoder(), [1]],
      ['numeric', numeric(), [3, 0]],
    ]);
    expect(transformer.fit(frame)).toBe(transformer);
    expect(transformer.transform(frame).columns.map(valuesOf)).toEqual([
      [0, 1, 0],
      [1, 0, 1],
      [0, 0.5, 1],
      [0, 1, 0.5],
    ]);
    expect(transformer.nFeaturesIn_).toBe(4);
    expect(transformer.toState().transformers.map(({ nFeaturesOut }) => nFeaturesOut)).toEqual([2, 2]);
  });

  test('accepts dense numbers, missing ones too, and returns a matrix', () => {
    const transformer = new ColumnTransformer([
      ['a', numeric(), [1]],
      ['b', new MinMaxScaler(), [0]],
    ]);
    const X = [
      [1, 0],
      [2, Number.NaN],
      [3, 8],
    ];
    expect(transformer.fit(X).transform(X)).toEqual({
      nSamples: 3,
      nFeatures: 2,
      columns: [Float64Array.of(0, 0.5, 1), Float64Array.of(0, 0.5, 1)],
    });
  });

  test('returns the options of its branches as branch__param', () => {
    const transformer = new ColumnTransformer([['numeric', numeric(), [0]]]);
    expect(transformer.getParams()).toEqual({
      numeric__imputer__strategy: 'mean',
      numeric__imputer__missingValues: 'nan',
      numeric__scaler__featureRange: [0, 1],
      numeric__scaler__clip: false,
    });
  });

  test.each<[string, Branch[], RegExp]>([
    ['no branch', [], /no branch/],
    ['a branch without columns', [['a', numeric(), []]], /'a' has no columns/],
    ['a missing column', [['a', numeric(), [0, 2]]], /'a' uses column 2, but X has 2 columns/],
    ['a column before the first', [['a', numeric(), [-1]]], /column -1/],
    [
      'duplicate names',
      [
        ['a', numeric(), [0]],
        ['a', numeric(), [1]],
      ],
      /'a' occurs twice/,
    ],
    ['a name with two underscores', [['a__b', numeric(), [0]]], /must not contain __/],
    ['a non-transformer', [['a', { getParams: () => ({}) } as never, [0]]], /not a transformer/],
  ])('rejects %s in fit', (_, branches, message) => {
    const transformer = new ColumnTransformer(branches);
    expect(() => transformer.fit([[1, 2]])).toThrow(ValueError);
    expect(() => transformer.fit([[1, 2]])).toThrow(message);
    expect(() => transformer.toState()).toThrow(NotFittedError);
  });
});
