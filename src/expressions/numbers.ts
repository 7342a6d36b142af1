import type { Relation } from '../values/expression.ts';

/**
 * mathjs' functions of numbers, so that threads compute expressions without loading mathjs.
 * Source: mathjs 15.2, lib/esm/plain/number/ and lib/esm/utils/number.js. A test compares each of them with mathjs.
 */

/** mathjs' tolerances: two numbers this close are equal. */
const RELATIVE_TOLERANCE = 1e-12;
const ABSOLUTE_TOLERANCE = 1e-15;

export const RELATIONS: Readonly<Record<Relation, (x: number, y: number) => boolean>> = {
  equal: nearlyEqual,
  unequal: (x, y) => !nearlyEqual(x, y),
  smaller: (x, y) => x < y && !nearlyEqual(x, y),
  smallerEq: (x, y) => x <= y || nearlyEqual(x, y),
  larger,
  largerEq: (x, y) => x >= y || nearlyEqual(x, y),
};

function larger(x: number, y: number): boolean {
  return x > y && !nearlyEqual(x, y);
}

function nearlyEqual(x: number, y: number): boolean {
  if (x === y) return true;
  const size = Math.max(Math.abs(x), Math.abs(y));
  if (!(size < Infinity)) return false;
  return Math.abs(x - y) <= Math.max(RELATIVE_TOLERANCE * size, ABSOLUTE_TOLERANCE);
}

/** The smaller number; the first of two that are nearly equal. NaN if one of them is NaN. */
export function minimum(x: number, y: number): number {
  return Number.isNaN(y) || larger(x, y) ? y : x;
}

/** The larger number; the first of two that are nearly equal. NaN if one of them is NaN. */
export function maximum(x: number, y: number): number {
  return Number.isNaN(y) || larger(y, x) ? y : x;
}

/** The logarithm to a base. mathjs ignores a base of 0; here the logarithm is undefined then. */
export function logarithm(x: number, base: number): number {
  return base === 0 ? Number.NaN : Math.log(x) / Math.log(base);
}

/**
 * Rounds the shortest decimal digits of a number, and ties away from zero.
 * @param decimals 0 to 15
 */
export function roundDecimals(x: number, decimals: number): number {
  if (x === 0) return 0;
  if (!Number.isFinite(x)) return x;
  const [mantissa, exponent] = Math.abs(x).toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const kept = Number(exponent) + 1 + decimals;
  if (kept >= digits.length) return x;
  const roundsUp = digits.charAt(kept) >= '5' ? 1n : 0n;
  const whole = BigInt(digits.slice(0, Math.max(kept, 0)) || '0') + roundsUp;
  const rounded = Number(`${whole}e-${decimals}`);
  return x < 0 ? -rounded : rounded;
}
