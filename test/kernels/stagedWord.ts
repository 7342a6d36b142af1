import { FIRST_WORD, STAGED } from '../../src/kernels/scanLayout.ts';
import { expectText } from './compare.ts';
import { bitsOf, doubleOf, nearestDouble } from './exact.ts';

/** A whole number with more decimals is staged as a double. */
const DECIMALS_MAX = 22;
/** Behind leading zeros, 64 bits hold so many digits. */
const DIGITS_MAX = 19;
/** Exponents of the table of powers of ten. */
const [POWER_MIN, POWER_MAX] = [-64, 63];
const NUMBER_MAX = 2n ** 31n - 2n;

export const MISSING_WORD = (BigInt(STAGED.missing) << 32n) | 0x8000_0000n;
/** A missing cell that holds the column's first word for missing. */
export const FIRST_MISSING_WORD = (BigInt(STAGED.missing) << 32n) | BigInt(FIRST_WORD);
export const OTHER_WORD = (BigInt(STAGED.other) << 32n) | 0x8000_0000n;

/** Returns the word of a whole number that stands for `number / 10^decimals`. */
export function numberWord(number: number | bigint, decimals: number): bigint {
  return (BigInt(STAGED.number + decimals) << 32n) | BigInt.asUintN(32, BigInt(number));
}

/**
 * Returns the word that `scan` must stage for a cell, by exact arithmetic.
 * @param point the sign between whole part and fraction
 * @returns undefined if the cell must be handed out
 */
export function stagedWord(text: string, point = '.'): bigint | undefined {
  if (text === '') return MISSING_WORD;
  const [number = '', exponentText] = splitExponent(text);
  const [, sign, whole, fraction = ''] =
    new RegExp(`^([+-]?)([0-9]*)(?:[${point}]([0-9]*))?$`).exec(number) ?? [];
  if (sign === undefined || (whole === '' && fraction === '')) return undefined;
  const digits = `${whole}${fraction}`;
  const mantissa = BigInt(digits);
  const isNegative = sign === '-';
  const isKept = isNegative ? mantissa > 0n && mantissa <= NUMBER_MAX + 1n : mantissa <= NUMBER_MAX;
  if (exponentText === undefined && isKept && fraction.length <= DECIMALS_MAX) {
    return numberWord(isNegative ? -mantissa : mantissa, fraction.length);
  }
  const bits = exactBits(digits, Number(exponentText ?? 0) - fraction.length);
  return bits === undefined || !isNegative ? bits : bits | (1n << 63n);
}

function splitExponent(text: string): string[] {
  const [, number, exponent] = /^(.*?)[eE]([+-]?[0-9]+)$/.exec(text) ?? [];
  return number === undefined ? [text] : [number, exponent!];
}

/** Returns undefined if the table lacks the exponent, or if digits that 64 bits do not hold decide how to round. */
function exactBits(digits: string, exponent: number): bigint | undefined {
  const significant = digits.replace(/^0+/, '');
  const leftOut = Math.max(0, significant.length - DIGITS_MAX);
  const kept = BigInt(`0${significant.slice(0, DIGITS_MAX)}`);
  const power = exponent + leftOut;
  if (power < POWER_MIN || power > POWER_MAX) return undefined;
  const bits = bitsOf(timesPower(kept, power));
  return leftOut > 0 && bitsOf(timesPower(kept + 1n, power)) !== bits ? undefined : bits;
}

/** Returns the double nearest to `mantissa * 10^power`. */
function timesPower(mantissa: bigint, power: number): number {
  return power >= 0
    ? nearestDouble(mantissa * 10n ** BigInt(power), 1n)
    : nearestDouble(mantissa, 10n ** BigInt(-power));
}

/** Whether a number makes its column a column of doubles: it has a point or an exponent, or exceeds 2^53 - 1. */
export function isNotWhole(text: string, point = '.'): boolean {
  if (text.includes(point) || /[eE]/.test(text)) return true;
  return BigInt(text.replace(/^[+-]/, '')) >= 2n ** 53n;
}

/** Fails if a staged word is not the expected one; undefined: the cell is handed out. */
export function expectWord(input: string, got: bigint | undefined, expected: bigint | undefined): void {
  if (got === expected) return;
  const delta = Math.abs(numberOf(got) - numberOf(expected));
  expectText(input, describeWord(got), describeWord(expected), String(delta));
}

/** Returns the decimals in the word of a whole number. */
export function decimalsOf(word: bigint): number {
  return Number(word >> 32n) - STAGED.number;
}

/** Whether a word holds a whole number and its decimals. */
export function isNumber(word: bigint): boolean {
  return word >= numberWord(0, 0) && word < MISSING_WORD;
}

/** Returns the number that a word stands for, or NaN. */
function numberOf(word: bigint | undefined): number {
  if (word === undefined) return Number.NaN;
  return isNumber(word) ? timesPower(BigInt.asIntN(32, word), -decimalsOf(word)) : doubleOf(word);
}

/** Returns a word in readable form. */
export function describeWord(word: bigint | undefined): string {
  if (word === undefined) return 'handed out';
  if (word === MISSING_WORD) return 'missing';
  if (word === OTHER_WORD) return 'other';
  if (isNumber(word)) return `${BigInt.asIntN(32, word)} / 10^${decimalsOf(word)}`;
  return `double ${doubleOf(word)} (0x${word.toString(16)})`;
}
