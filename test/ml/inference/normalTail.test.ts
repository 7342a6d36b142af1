import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { twoSidedTail } from '../../../src/ml/inference/normalTail.ts';

/** See test/fixtures/inference/make_normal_tail.py. */
const path = new URL('../../fixtures/inference/normal_tail.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly [z: number, p: number][] };

/** Units of the last place: of the exponential, the quotient and the square root of 2. */
const TOLERANCE = 10 * Number.EPSILON;

describe('twoSidedTail', () => {
  test('has the digits of mpmath, also far out', () => {
    const far = cases.flatMap(([z, expected]) => {
      const got = twoSidedTail(z);
      const delta = Math.abs(got - expected) / expected;
      return delta <= TOLERANCE ? [] : [`z ${z}: got ${got}, expected ${expected}, relative ${delta}`];
    });
    expect(far).toEqual([]);
    expect(Math.min(...cases.map(([, p]) => p))).toBeLessThan(1e-300);
  });

  test.each([0.3, 2, 9])('is the same on both sides of 0, at %f', (z) => {
    expect(twoSidedTail(-z)).toBe(twoSidedTail(z));
  });

  test.each([
    [0, 1],
    [38.7, 0],
    [466, 0],
    [1e300, 0],
    [Number.POSITIVE_INFINITY, 0],
  ])('at %f is %f', (z, p) => {
    expect(twoSidedTail(z)).toBe(p);
  });

  test('is NaN if z is NaN', () => {
    expect(twoSidedTail(Number.NaN)).toBeNaN();
  });

  test('falls where the formula changes', () => {
    for (const seam of [0.46875 * Math.SQRT2, 4 * Math.SQRT2]) {
      expect(twoSidedTail(seam * (1 + 1e-12))).toBeLessThan(twoSidedTail(seam * (1 - 1e-12)));
    }
  });
});
