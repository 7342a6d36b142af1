import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pyRound } from '../../src/python/round.ts';

const fixture: { cases: { ndigits: number; x: number[]; rounded: number[] }[] } = JSON.parse(
  readFileSync(new URL('../fixtures/metrics/py_round.json', import.meta.url), 'utf8'),
);

describe('pyRound', () => {
  it.each(fixture.cases)('rounds to $ndigits digits like Python', ({ ndigits, x, rounded }) => {
    expect(x.length).toBeGreaterThan(500);
    // Object.is, because the sign of a zero is kept too.
    const wrong = x
      .map((value, i) => ({ value, got: pyRound(value, ndigits), expected: rounded[i]! }))
      .filter(({ got, expected }) => !Object.is(got, expected));
    expect(wrong).toEqual([]);
  });

  it.each([
    [0.125, 0.12],
    [0.375, 0.38],
    [2.675, 2.67],
    [0.785, 0.79],
    [-0.125, -0.12],
    [Number.NaN, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])('%d becomes %d', (x, expected) => {
    expect(pyRound(x, 2)).toBe(expected);
  });

  it('keeps a value that has no more digits than requested', () => {
    expect(pyRound(0.1, 99)).toBe(0.1);
  });

  it.each([-1, 0.5, 100, Number.NaN])('rejects %d digits', (ndigits) => {
    expect(() => pyRound(0.5, ndigits)).toThrow('ndigits must be a whole number from 0 to 99');
  });
});
