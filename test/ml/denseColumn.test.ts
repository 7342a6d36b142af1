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

  test('has no statistic without a value', () => {
    const column = numbers(null, null);
    expect(column.range()).toEqual({ min: Number.NaN, max: Number.NaN });
    expect([column.mean(), column.median(), column.mostFrequent()]).toEqual(Array(3).fill(Number.NaN));
  });

  test('returns new columns, in which missing values stay missing', () => {
    const values = Float64Array.of(1, Number.NaN, -4);
    const column = new DenseNumericColumn(values);
    expect(valuesOf(column.affine(0.5, 3))).toEqual([3.5, null, 1]);
    expect(valuesOf(column.clip(-1, 0.5))).toEqual([0.5, null, -1]);
    expect(valuesOf(column.fill(9))).toEqual([1, 9, -4]);
    expect(values).toEqual(Float64Array.of(1, Number.NaN, -4));
  });

  test('fill replaces missing values and nothing else', () => {
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
  test('treats null, undefined and the empty text as missing', () => {
    const column = texts('b', null, 'a', undefined, '', 'b');
    expect([column.nSamples, column.nMissing]).toEqual([6, 3]);
    expect([...column.counts()]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('counts texts in code point order, and only texts that occur', () => {
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

  test('indicates the rows of a text, not of a missing text', () => {
    const column = texts('b', null, 'a', 'b');
    expect([...column.indicator('b').toArray()]).toEqual([1, 0, 0, 1]);
    expect([...column.indicator('new').toArray()]).toEqual([0, 0, 0, 0]);
  });
});

describe('toFrame', () => {
  test('accepts rows and matrices, and returns a frame unchanged', () => {
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

  test('accepts NaN on request, and never infinity', () => {
    expect(() => toFrame([[Number.NaN]])).toThrow(ValueError);
    expect(toFrame([[Number.NaN]], { allowMissing: true }).columns[0]!.nMissing).toBe(1);
    expect(() => toFrame([[Infinity]], { allowMissing: true })).toThrow(/Infinity in row 0, column 0/);
  });

  test.each([
    ['no column', frameOf(), /shape \(0, 0\)/],
    ['no row', frameOf(numbers()), /shape \(0, 1\)/],
    ['columns of different lengths', frameOf(numbers(1, 2), texts('a')), /Column 1 has 1 values, .* 2/],
  ])('rejects a frame with %s', (_, frame, message) => {
    expect(() => toFrame(frame)).toThrow(ValueError);
    expect(() => toFrame(frame)).toThrow(message);
  });

  test('and back: a frame for a frame, a matrix for dense input', () => {
    const frame = frameOf(numbers(1, 3));
    expect(likeInput(frame, frame)).toBe(frame);
    const matrix = { nSamples: 2, nFeatures: 1, columns: [Float64Array.of(1, 3)] };
    expect(likeInput([[0], [0]], frame)).toEqual(matrix);
    expect(frameToMatrix(frame)).toEqual(matrix);
    expect(() => frameToMatrix(frameOf(numbers(1), texts('a')))).toThrow(/Column 1 holds text/);
  });
});
