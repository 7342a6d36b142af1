import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/ml/errors.ts';
import { type MatrixLike, takeRows, toMatrix } from '../../src/ml/matrix.ts';

const columns = [new Float64Array([1, 3]), new Float64Array([2, 4])];

describe('toMatrix', () => {
  test('turns rows into columns', () => {
    expect(
      toMatrix([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual({ nSamples: 2, nFeatures: 2, columns });
  });

  test('returns a matrix unchanged', () => {
    const matrix = { nSamples: 2, nFeatures: 2, columns };
    expect(toMatrix(matrix)).toBe(matrix);
  });

  test.each<[string, MatrixLike, RegExp]>([
    ['no rows', [], /shape \(0, 0\)/],
    ['no columns', [[], []], /shape \(2, 0\)/],
    ['ragged rows', [[1, 2], [3]], /Row 1 has 1 values, but row 0 has 2/],
    ['a longer row', [[1], [3, 4]], /Row 1 has 2 values, but row 0 has 1/],
    [
      'NaN',
      [
        [1, 2],
        [3, Number.NaN],
      ],
      /NaN in row 1, column 1/,
    ],
    ['infinity', [[1, Number.NEGATIVE_INFINITY]], /-Infinity in row 0, column 1/],
    ['a missing column', { nSamples: 2, nFeatures: 3, columns }, /2 columns, but nFeatures is 3/],
    ['a short column', { nSamples: 3, nFeatures: 2, columns }, /Column 0 has 2 values, but nSamples is 3/],
    ['infinity in a matrix', { nSamples: 1, nFeatures: 1, columns: [new Float64Array([Infinity])] }, /row 0/],
  ])('rejects %s', (_, X, message) => {
    expect(() => toMatrix(X)).toThrow(ValueError);
    expect(() => toMatrix(X)).toThrow(message);
  });
});

test('takeRows copies the rows in the given order', () => {
  const matrix = { nSamples: 2, nFeatures: 2, columns };
  const taken = takeRows(matrix, new Uint32Array([1, 0, 1]));
  expect(taken).toEqual({
    nSamples: 3,
    nFeatures: 2,
    columns: [new Float64Array([3, 1, 3]), new Float64Array([4, 2, 4])],
  });
  taken.columns[0]![0] = 9;
  expect(matrix.columns[0]![1]).toBe(3);
});
