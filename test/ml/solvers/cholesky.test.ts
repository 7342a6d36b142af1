import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cholesky } from '../../../src/ml/solvers/cholesky.ts';

/** B'B + ridge, which is positive definite, with its upper triangle only: the lower triangle must not be read. */
function definite(entries: readonly number[], size: number, ridge: number, stride = size): Float64Array {
  const a = new Float64Array(stride * stride).fill(Number.NaN);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      let sum = i === j ? ridge : 0;
      for (let k = 0; k < size; k++) sum += entries[k * size + i]! * entries[k * size + j]!;
      a[i * stride + j] = sum;
    }
  }
  return a;
}

const upper = (a: Float64Array, stride: number, i: number, j: number) =>
  a[Math.min(i, j) * stride + Math.max(i, j)]!;

const systems = fc.integer({ min: 1, max: 6 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    entries: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size * size, maxLength: size * size }),
    b: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }),
  }),
);

describe('Cholesky', () => {
  test('solves and keeps the given matrix', () => {
    fc.assert(
      fc.property(systems, ({ size, entries, b }) => {
        const a = definite(entries, size, 1);
        const system = new Cholesky(a, size, size);
        expect(system.factor()).toBe(true);
        const x = Float64Array.from(b);
        system.solve(x);
        let form = 0;
        for (let i = 0; i < size; i++) {
          let product = 0;
          for (let j = 0; j < size; j++) product += upper(a, size, i, j) * x[j]!;
          expect(product).toBeCloseTo(b[i]!, 8);
          form += product * x[i]!;
        }
        expect(system.quadraticForm(x)).toBeCloseTo(form, 8);
      }),
    );
  });

  test('uses the first rows and columns of a larger array', () => {
    const a = definite([2, 1, 0, 1], 2, 0, 3);
    const system = new Cholesky(a, 3, 2);
    const x = new Float64Array([4, 4, 7]);
    expect(system.factor()).toBe(true);
    system.solve(x);
    // [[4, 2], [2, 2]] x = [4, 4]
    expect([...x]).toEqual([0, 2, 7]);
  });

  test.each([
    { name: 'indefinite', a: [1, 2, 2, 1] },
    { name: 'singular', a: [1, 1, 1, 1] },
    { name: 'not a number', a: [Number.NaN, 0, 0, 1] },
    { name: 'infinite', a: [Number.POSITIVE_INFINITY, 0, 0, 1] },
  ])('rejects a matrix that is $name', ({ a }) => {
    expect(new Cholesky(Float64Array.from(a), 2, 2).factor()).toBe(false);
  });

  // Condition numbers of the Hilbert matrices in the 1-norm, known in closed form.
  test.each([
    [2, 27],
    [3, 748],
    [4, 28375],
    [5, 943656],
    [6, 29070279],
  ])('finds the condition number of the Hilbert matrix with %i rows', (size, condition) => {
    const hilbert = new Float64Array(size * size).map(
      (_, at) => 1 / (Math.floor(at / size) + (at % size) + 1),
    );
    const system = new Cholesky(hilbert, size, size);
    expect(system.factor()).toBe(true);
    expect(1 / system.reciprocalCondition() / condition).toBeCloseTo(1, 6);
  });

  // The estimate is nearly always within a factor of three of the truth, but not always (Higham 1988, LAPACK's dpocon).
  test('never overestimates the reciprocal condition by more than a factor of ten', () => {
    fc.assert(
      fc.property(systems, ({ size, entries }) => {
        const a = definite(entries, size, 0.01);
        const system = new Cholesky(a, size, size);
        expect(system.factor()).toBe(true);
        const columns = Array.from({ length: size }, (_, j) => {
          const unit = new Float64Array(size);
          unit[j] = 1;
          system.solve(unit);
          return unit;
        });
        const sumAbs = (column: ArrayLike<number>) =>
          Array.from(column).reduce((sum, v) => sum + Math.abs(v), 0);
        const norms = columns.map((_, j) =>
          sumAbs(Array.from({ length: size }, (_unused, i) => upper(a, size, i, j))),
        );
        const exact = Math.max(...norms) * Math.max(...columns.map(sumAbs));
        const estimated = 1 / system.reciprocalCondition();
        expect(estimated).toBeLessThanOrEqual(exact * (1 + 1e-9));
        expect(estimated).toBeGreaterThanOrEqual(exact / 10);
      }),
    );
  });
});
