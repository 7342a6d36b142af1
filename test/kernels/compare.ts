import { expect } from 'vitest';

/**
 * Fails if a kernel's number is not the expected number.
 * The message names the kernel's input, its number, the expected number and the difference.
 * @param input describes the kernel's input; a function is called only if the test fails
 * @param tolerance the largest difference that passes; 0: the same double, the sign of 0 and NaN included
 */
export function expectNumber(
  input: string | (() => string),
  got: number,
  expected: number,
  tolerance = 0,
): void {
  if (Object.is(got, expected)) return;
  const delta = Math.abs(got - expected);
  if (tolerance > 0 && delta <= tolerance) return;
  const text = typeof input === 'string' ? input : input();
  fail(text, written(got), written(expected), `delta ${delta}, tolerance ${tolerance}`);
}

/** Fails at the first of many numbers that is not the expected number. `input` describes one number. */
export function expectNumbers(
  input: (index: number) => string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: (index: number) => number = () => 0,
): void {
  expectNumber(() => `${input(0)}: how many numbers`, got.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    expectNumber(() => input(i), got[i]!, expected[i]!, tolerance(i));
  }
}

/** Fails if two descriptions of values differ. */
export function expectText(input: string, got: string, expected: string, delta = 'not a number'): void {
  if (got !== expected) fail(input, got, expected, `delta ${delta}`);
}

function written(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}

function fail(input: string, got: string, expected: string, delta: string): void {
  expect.fail(`input ${input}\n  got      ${got}\n  expected ${expected}\n  ${delta}`);
}
