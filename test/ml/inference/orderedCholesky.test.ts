import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nullDirection, OrderedCholesky } from '../../../src/ml/inference/orderedCholesky.ts';

const inOrder = (n: number) => Array.from({ length: n }, (_, place) => place);
const noFloors = (n: number) => new Float64Array(n);

/** X'X of small whole numbers, which has no rounding error. */
function gram(columns: readonly (readonly number[])[]): Float64Array {
  const n = columns.length;
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  return Float64Array.from({ length: n * n }, (_, at) => dot(columns[Math.floor(at / n)]!, columns[at % n]!));
}

function times(a: Float64Array, x: ArrayLike<number>): number[] {
  const n = x.length;
  return inOrder(n).map((i) => inOrder(n).reduce((sum, j) => sum + a[i * n + j]! * x[j]!, 0));
}

describe('OrderedCholesky', () => {
  test.each<[string, number[][], number[], number[], number[]]>([
    [
      'independent columns',
      [
        [1, 0, 0],
        [1, 1, 0],
        [1, 1, 1],
      ],
      [0, 1, 2],
      [0, 1, 2],
      [],
    ],
    [
      'a sum of two columns',
      [
        [1, 0, 2],
        [0, 1, 1],
        [1, 1, 3],
      ],
      [0, 1, 2],
      [0, 1],
      [2],
    ],
    [
      'the same in another order',
      [
        [1, 0, 2],
        [0, 1, 1],
        [1, 1, 3],
      ],
      [2, 1, 0],
      [2, 1],
      [0],
    ],
    [
      'a column of zeros',
      [
        [0, 0],
        [1, 2],
      ],
      [0, 1],
      [1],
      [0],
    ],
    [
      'a column twice',
      [
        [1, 2],
        [1, 2],
      ],
      [0, 1],
      [0],
      [1],
    ],
    [
      'places that are left out of the order',
      [
        [1, 2],
        [1, 2],
      ],
      [1],
      [1],
      [],
    ],
  ])('finds %s', (_name, columns, order, kept, dependent) => {
    const n = columns.length;
    const factor = new OrderedCholesky(gram(columns), n, order, noFloors(n));
    expect(factor.kept).toEqual(kept);
    expect(factor.dependences.map(({ place }) => place)).toEqual(dependent);
  });

  test('reads the upper triangle only', () => {
    const a = Float64Array.of(4, 2, Number.NaN, 3);
    const factor = new OrderedCholesky(a, 2, [1, 0], noFloors(2));
    const [first, second] = factor.solve(Float64Array.of(8, 7));
    expect(first).toBeCloseTo(1.25, 14);
    expect(second).toBeCloseTo(1.5, 14);
  });

  test('counts a diagonal element at its floor as 0', () => {
    const a = Float64Array.of(4, 0, 0, 1e-9);
    expect(new OrderedCholesky(a, 2, [0, 1], Float64Array.of(0, 1e-9)).kept).toEqual([0]);
    expect(new OrderedCholesky(a, 2, [0, 1], Float64Array.of(0, 9e-10)).kept).toEqual([0, 1]);
  });

  const whole = fc.integer({ min: -6, max: 6 });
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
    .chain(([n, rows]) =>
      fc.tuple(
        fc.array(fc.array(whole, { minLength: rows, maxLength: rows }), { minLength: n, maxLength: n }),
        fc.shuffledSubarray(inOrder(n), { minLength: n, maxLength: n }),
        fc.array(whole, { minLength: n, maxLength: n }),
      ),
    );

  test('solves for the places that it keeps, and names the combinations of the others', () => {
    fc.assert(
      fc.property(matrices, ([columns, order, v]) => {
        const a = gram(columns);
        const factor = new OrderedCholesky(a, columns.length, order, noFloors(columns.length));
        for (const dependence of factor.dependences) {
          const along = nullDirection(dependence);
          expect(along[dependence.place]).toBe(1);
          for (const value of times(a, along)) expect(value).toBeCloseTo(0, 6);
        }
        // A right-hand side in the range of A has a solution.
        const b = Float64Array.from(times(a, v));
        for (const [i, value] of times(a, factor.solve(b)).entries()) expect(value).toBeCloseTo(b[i]!, 6);
        const y = factor.solveLower(b);
        const square = y.reduce((sum, one) => sum + one * one, 0);
        expect(square).toBeCloseTo(
          times(a, v).reduce((sum, value, i) => sum + value * v[i]!, 0),
          5,
        );
      }),
    );
  });
});
