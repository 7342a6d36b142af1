import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DenseNumericColumn, DenseTextColumn, likeInput, toFrame } from '../../src/ml/denseColumn.ts';
import { ValueError } from '../../src/ml/errors.ts';
import { frameToMatrix } from '../../src/ml/matrix.ts';
import { frameOf, numbers, texts, valuesOf } from './frames.ts';

const cells = fc.array(fc.option(fc.integer({ min: -3, max: 3 })), { minLength: 1, maxLength: 12 });

describe('DenseNumericColumn', () => {
  test.each([
    { values: [3, null, 1, 2, null], nMissing: 2, range: { min: 1, max: 3 }, mean: 2, median: 2, mode: 1 },
    { values: [null, 5, 1, 5, 2], nMissing: 1, range: { min: 1, max: 5 }, mean: 3.25, median: 3.5, mode: 5 },
    { values: [2, 2, -1, -1, 7], nMissing: 0, range: { min: -1, max: 7 }, mean: 1.8, median: 2, mode: -1 },
    { values: [4], nMissing: 0, range: { min: 4, max: 4 }, mean: 4, median: 4, mode: 4 },
  ])('$values', ({ values, nMissing, range, mean, median, mode }) => {
    const column = numbers(...values);
    expect(column.nSamples).toBe(values.length);
    expect(column.nMissing).toBe(nMissing);
    expect(column.range()).toEqual(range);
    expect([column.mean(), column.median(), column.mostFrequent()]).toEqual([mean, median, mode]);
  });

  test('without a value it has no statistic', () => {
    const column = numbers(null, null);
    expect(column.range()).toEqual({ min: Number.NaN, max: Number.NaN });
    expect([column.mean(), column.median(), column.mostFrequent()]).toEqual(Array(3).fill(Number.NaN));
  });

  test('transforms into columns of their own, and keeps what is missing', () => {
    const values = Float64Array.of(1, Number.NaN, -4);
    const column = new DenseNumericColumn(values);
    expect(valuesOf(column.affine(0.5, 3))).toEqual([3.5, null, 1]);
    expect(valuesOf(column.clip(-1, 0.5))).toEqual([0.5, null, -1]);
    expect(valuesOf(column.fill(9))).toEqual([1, 9, -4]);
    expect(values).toEqual(Float64Array.of(1, Number.NaN, -4));
  });

  test('fill, then nothing is missing and nothing else has changed', () => {
    fc.assert(
      fc.property(cells, fc.integer(), (values, filler) => {
        const filled = numbers(...values).fill(filler);
        expect(filled.nMissing).toBe(0);
        expect(valuesOf(filled)).toEqual(values.map((value) => value ?? filler));
      }),
    );
  });
});

describe('DenseTextColumn', () => {
  test('takes null, undefined and the empty text for missing', () => {
    const column = texts('b', null, 'a', undefined, '', 'b');
    expect([column.nSamples, column.nMissing]).toEqual([6, 3]);
    expect([...column.counts()]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('counts by code point, and only texts that occur', () => {
    const codes = Int32Array.of(0, 1, 3, 1, -1);
    const column = new DenseTextColumn(codes, ['\u{1f31e}', '\uffff', 'nobody', 'Z']);
    expect([...column.counts()]).toEqual([
      ['Z', 1],
      ['\uffff', 2],
      ['\u{1f31e}', 1],
    ]);
  });

  test.each([
    ['a text that it has', 'a'],
    ['a text that it does not have', 'c'],
  ])('fills with %s', (_, text) => {
    const column = texts('b', null, 'a', null);
    expect(valuesOf(column.fill(text))).toEqual(['b', text, 'a', text]);
    expect(valuesOf(column)).toEqual(['b', null, 'a', null]);
  });

  test('indicates the rows of a text; a missing one is no text', () => {
    const column = texts('b', null, 'a', 'b');
    expect([...column.indicator('b').toArray()]).toEqual([1, 0, 0, 1]);
    expect([...column.indicator('new').toArray()]).toEqual([0, 0, 0, 0]);
  });
});

describe('toFrame', () => {
  test('takes rows and matrices, and a frame as it is', () => {
    const frame = frameOf(numbers(1, 3), texts('a', null));
    expect(toFrame(frame)).toBe(frame);
    expect(
      toFrame([
        [1, 2],
        [3, 4],
      ]).columns.map(valuesOf),
    ).toEqual([
      [1, 3],
      [2, 4],
    ]);
    const matrix = { nSamples: 2, nFeatures: 1, columns: [Float64Array.of(5, 6)] };
    expect(toFrame(matrix).columns.map(valuesOf)).toEqual([[5, 6]]);
  });

  test('takes NaN where it is told to, and infinity never', () => {
    expect(() => toFrame([[Number.NaN]])).toThrow(ValueError);
    expect(toFrame([[Number.NaN]], { allowMissing: true }).columns[0]!.nMissing).toBe(1);
    expect(() => toFrame([[Infinity]], { allowMissing: true })).toThrow(/Infinity in row 0, column 0/);
  });

  test.each([
    ['no column', frameOf(), /shape \(0, 0\)/],
    ['no row', frameOf(numbers()), /shape \(0, 1\)/],
    ['columns of different lengths', frameOf(numbers(1, 2), texts('a')), /Column 1 has 1 values, .* 2/],
  ])('refuses a frame with %s', (_, frame, message) => {
    expect(() => toFrame(frame)).toThrow(ValueError);
    expect(() => toFrame(frame)).toThrow(message);
  });

  test('and back: a frame for a frame, a matrix for what is dense', () => {
    const frame = frameOf(numbers(1, 3));
    expect(likeInput(frame, frame)).toBe(frame);
    const matrix = { nSamples: 2, nFeatures: 1, columns: [Float64Array.of(1, 3)] };
    expect(likeInput([[0], [0]], frame)).toEqual(matrix);
    expect(frameToMatrix(frame)).toEqual(matrix);
    expect(() => frameToMatrix(frameOf(numbers(1), texts('a')))).toThrow(/Column 1 holds text/);
  });
});
