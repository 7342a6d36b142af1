import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomState } from '../../src/data/randomState.ts';
import { trainTestSplit } from '../../src/data/split.ts';
import { DataError, FieldError } from '../../src/errors.ts';

type Rows = { all: number[] } | { length: number; head: number[]; sha256: string };

interface Case {
  n: number;
  testSize: number;
  randomState: number;
  train: Rows;
  test: Rows;
}

const fixture: { plain: Case[]; stratified: (Case & { counts: number[]; orderSeed: number })[] } = JSON.parse(
  readFileSync(new URL('../fixtures/split/split.json', import.meta.url), 'utf8'),
);

/** In the form of the fixture, so the two can be compared. */
function asRows(values: Uint32Array, expected: Rows): Rows {
  if ('all' in expected) return { all: [...values] };
  const sha256 = createHash('sha256').update(values).digest('hex');
  return { length: values.length, head: [...values.subarray(0, expected.head.length)], sha256 };
}

/**
 * The target of the fixture's generator: class k is the number 3k - 4, with `counts[k]` rows, in the order of
 * `orderSeed`.
 */
function targetOf(counts: readonly number[], orderSeed: number): Float64Array {
  const inOrder = counts.flatMap((count, k) => Array<number>(count).fill(k * 3 - 4));
  return Float64Array.from(new RandomState(orderSeed).permutation(inOrder.length), (i) => inOrder[i]!);
}

describe('trainTestSplit gives the rows of scikit-learn', () => {
  it.each(fixture.plain)('$n rows, test_size $testSize, seed $randomState', (expected) => {
    const { train, test } = trainTestSplit(expected.n, expected);
    expect(asRows(train, expected.train)).toEqual(expected.train);
    expect(asRows(test, expected.test)).toEqual(expected.test);
  });

  it.each(fixture.stratified)('classes $counts, test_size $testSize, seed $randomState', (expected) => {
    const { n, testSize, randomState, counts, orderSeed } = expected;
    const stratify = targetOf(counts, orderSeed);
    const { train, test } = trainTestSplit(n, { testSize, randomState, stratify });
    expect(asRows(train, expected.train)).toEqual(expected.train);
    expect(asRows(test, expected.test)).toEqual(expected.test);
  });
});

describe('trainTestSplit rejects', () => {
  const three = [0, 0, 0, 1, 1, 1, 2, 2, 2];
  const field = 'test_size';
  it.each([
    { n: 0, testSize: 0.3, code: 'too_few_rows', details: { limit: 2, actual: 0 } },
    { n: 1, testSize: 0.3, code: 'too_few_rows', details: { limit: 2, actual: 1 } },
    { n: 10, testSize: 0.95, code: 'test_size_too_large', details: { field, limit: 9, actual: 10 } },
    { n: 10, testSize: 10, code: 'test_size_too_large', details: { field, limit: 9, actual: 10 } },
    { n: 10, testSize: 11, code: 'test_size_too_large', details: { field, limit: 9, actual: 11 } },
    {
      n: 5,
      testSize: 0.4,
      stratify: [3, 9, 3, 4, 9],
      code: 'stratify_class_too_small',
      details: { field: 'stratify', row: 4, limit: 2, actual: 1 },
    },
    {
      n: 9,
      testSize: 2,
      stratify: three,
      code: 'stratify_test_too_small',
      details: { field, limit: 3, actual: 2 },
    },
    {
      n: 9,
      testSize: 0.8,
      stratify: three,
      code: 'stratify_train_too_small',
      details: { field, limit: 3, actual: 1 },
    },
  ])('$n rows with test_size $testSize: $code', ({ n, testSize, stratify, code, details }) => {
    const split = () => trainTestSplit(n, { testSize, randomState: 123, stratify });
    expect(split).toThrow(DataError);
    expect(split).toThrow(expect.objectContaining({ code, details }));
  });

  it.each([0, -0.3, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('test_size %d', (testSize) => {
    const split = () => trainTestSplit(10, { testSize, randomState: 123 });
    expect(split).toThrow(FieldError);
    expect(split).toThrow(expect.objectContaining({ code: 'test_size_invalid' }));
  });

  it('a class column of another length', () => {
    const stratify = [0, 1, 0];
    expect(() => trainTestSplit(4, { testSize: 0.5, randomState: 0, stratify })).toThrow(RangeError);
  });
});

describe('trainTestSplit, for any rows', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const anySplit = fc
    .tuple(fc.integer({ min: 2, max: 400 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), seed)
    .filter(([n, testSize]) => Math.ceil(n * testSize) < n);
  const inOrder = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
  const rowsUpTo = (n: number) => Array.from({ length: n }, (_, i) => i);

  it('puts each row into one part of the requested size, and repeats the result', () => {
    fc.assert(
      fc.property(anySplit, ([n, testSize, randomState]) => {
        const split = trainTestSplit(n, { testSize, randomState });
        expect(split.test.length).toBe(Math.ceil(n * testSize));
        expect(inOrder([...split.train, ...split.test])).toEqual(rowsUpTo(n));
        expect(trainTestSplit(n, { testSize, randomState })).toEqual(split);
      }),
    );
  });

  it('keeps the share of each class within one row, and does not change the class column', () => {
    const classes = fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 2, maxLength: 10 });
    const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(classes, share, seed, seed, (counts, testSize, randomState, orderSeed) => {
        const stratify = targetOf(counts, orderSeed);
        const before = stratify.slice();
        const n = stratify.length;
        const nTest = Math.ceil(n * testSize);
        fc.pre(nTest >= counts.length && n - nTest >= counts.length);

        const { train, test } = trainTestSplit(n, { testSize, randomState, stratify });
        expect(stratify).toEqual(before);
        expect(inOrder([...train, ...test])).toEqual(rowsUpTo(n));
        expect(test.length).toBe(nTest);
        counts.forEach((count, k) => {
          const nOfClass = test.filter((row) => stratify[row] === k * 3 - 4).length;
          // The margin is for the rounding of the share itself.
          expect(Math.abs(nOfClass - (count * nTest) / n)).toBeLessThanOrEqual(1 + 1e-9);
        });
      }),
    );
  });
});
