import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SymmetricSystem } from '../../../src/ml/solvers/symmetricSystem.ts';

/** Solutions by LAPACK. See test/fixtures/parity/make_newton.py. */
interface Fixture {
  readonly systems: readonly {
    readonly a: readonly (readonly number[])[];
    readonly b: readonly number[];
    readonly x: readonly number[];
    readonly reciprocal_condition: number;
  }[];
}

const path = new URL('../../fixtures/parity/newton.json.gz', import.meta.url);
const { systems } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Fixture;

/** A symmetric matrix, with its upper triangle only: the lower triangle must not be read. */
interface Problem {
  readonly size: number;
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}

const problems: fc.Arbitrary<Problem> = fc.integer({ min: 1, max: 8 }).chain((size) => {
  const numbers = (length: number) =>
    fc.array(fc.integer({ min: -9, max: 9 }), { minLength: length, maxLength: length });
  return fc.record({ entries: numbers(size * size), b: numbers(size) }).map(({ entries, b }) => {
    const a = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_unused, j) => entries[Math.min(i, j) * size + Math.max(i, j)]!),
    );
    return { size, a, b };
  });
});

/** The upper triangle in an array with longer rows, NaN elsewhere. */
function stored({ size, a }: Pick<Problem, 'size' | 'a'>, stride = size): Float64Array {
  const array = new Float64Array(stride * stride).fill(Number.NaN);
  for (let i = 0; i < size; i++) for (let j = i; j < size; j++) array[i * stride + j] = a[i]![j]!;
  return array;
}

const inOrder = (size: number) => Int32Array.from({ length: size }, (_, i) => i);

/** Determinant by Laplace's expansion, exact for whole numbers. */
function determinant(a: readonly (readonly number[])[]): number {
  if (a.length === 1) return a[0]![0]!;
  return a[0]!.reduce((sum, value, j) => {
    if (value === 0) return sum;
    const minor = a.slice(1).map((row) => row.filter((_, place) => place !== j));
    return sum + (j % 2 === 0 ? value : -value) * determinant(minor);
  }, 0);
}

function times(a: readonly (readonly number[])[], x: ArrayLike<number>): number[] {
  return a.map((row) => row.reduce((sum, value, j) => sum + value * x[j]!, 0));
}

describe('SymmetricSystem', () => {
  test('solves systems that are not definite, in any order of the rows, and keeps the matrix', () => {
    fc.assert(
      fc.property(
        problems.filter(({ size, a }) => size < 8 && Math.abs(determinant(a)) > 0),
        fc.integer(),
        ({ size, a, b }, seed) => {
          const order = inOrder(size).sort((i, j) => Math.sin(seed + i) - Math.sin(seed + j));
          const system = new SymmetricSystem(stored({ size, a }, size + 1), size + 1, order);
          expect(system.factor()).toBe(true);
          const condition = 1 / system.reciprocalCondition();
          const x = Float64Array.from([...b, 7]);
          system.solve(x);
          expect(x[size]).toBe(7);
          times(a, x).forEach((got, i) => {
            expect(Math.abs(got - b[i]!)).toBeLessThanOrEqual(1e-13 * condition * 9);
          });
          const form = times(a, x).reduce((sum, value, i) => sum + value * x[i]!, 0);
          expect(system.quadraticForm(x)).toBeCloseTo(form, 6);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('exchanges rows for blocks of two where the diagonal is 0', () => {
    const a = [
      [0, 1, 2],
      [1, 0, 3],
      [2, 3, 0],
    ];
    const system = new SymmetricSystem(stored({ size: 3, a }), 3, inOrder(3));
    const x = Float64Array.of(8, 10, 8);
    expect(system.factor()).toBe(true);
    system.solve(x);
    [...x].forEach((value, i) => {
      expect(value).toBeCloseTo([1, 2, 3][i]!, 14);
    });
  });

  test.each([
    { name: 'zero', a: [0, 0, 0, 0] },
    { name: 'singular', a: [1, 1, 1, 1] },
    { name: 'not a number', a: [Number.NaN, 0, 0, 1] },
  ])('rejects a matrix that is $name', ({ a }) => {
    const system = new SymmetricSystem(Float64Array.from(a), 2, inOrder(2));
    expect(system.factor() && system.reciprocalCondition() >= Number.EPSILON).toBe(false);
  });

  test('accepts an indefinite matrix', () => {
    const system = new SymmetricSystem(Float64Array.of(1, 2, 2, 1), 2, inOrder(2));
    expect(system.factor()).toBe(true);
    expect(system.reciprocalCondition()).toBeCloseTo(1 / 3, 14);
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
    const system = new SymmetricSystem(hilbert, size, inOrder(size));
    expect(system.factor()).toBe(true);
    expect(1 / system.reciprocalCondition() / condition).toBeCloseTo(1, 6);
  });

  test.each(systems)('finds the solution and the reciprocal condition that LAPACK finds: $a', (one) => {
    const { a, b, x: expected, reciprocal_condition: condition } = one;
    const system = new SymmetricSystem(stored({ size: b.length, a }), b.length, inOrder(b.length));
    expect(system.factor()).toBe(true);
    // Nearly singular matrices lose as many digits as the condition has.
    const tolerance = 1e-15 / condition;
    const got = system.reciprocalCondition();
    const x = Float64Array.from(b);
    system.solve(x);
    expect(Math.abs(got / condition - 1), `${got}, expected ${condition}`).toBeLessThanOrEqual(tolerance);
    const largest = Math.max(...expected.map(Math.abs));
    x.forEach((value, i) => {
      const delta = Math.abs(value - expected[i]!);
      expect(delta, `x[${i}] is ${value}, expected ${expected[i]}`).toBeLessThanOrEqual(tolerance * largest);
    });
  });
});
