/** `toFixed` knows at most 100 digits, and a tie needs one more than is asked for. */
const DIGITS_MAX = 99;

/** From here on every double is a whole number. */
const WHOLE_FROM = 2 ** 52;

/**
 * Python's `round(x, ndigits)`: the decimal with `ndigits` places that is nearest to the exact binary value of x;
 * of two equally near ones, that with the even last digit. 0.125 -> 0.12, 2.675 -> 2.67, 0.785 -> 0.79.
 * NaN, infinities and -0 are returned as they are.
 *
 * @param ndigits places after the point, 0 to 99
 * @throws RangeError for other `ndigits`
 */
export function pyRound(x: number, ndigits: number): number {
  if (!Number.isInteger(ndigits) || ndigits < 0 || ndigits > DIGITS_MAX) {
    throw new RangeError(`ndigits must be a whole number from 0 to ${DIGITS_MAX}, not ${ndigits}.`);
  }
  if (x === 0 || !(Math.abs(x) < WHOLE_FROM)) return x;

  // ECMA-262 has toFixed work on the exact value too, and differ from Python in ties alone: it rounds them away
  // from zero. Only a multiple of 2^-(ndigits + 1) can be a tie, and such a one has at most ndigits + 1 digits,
  // the last of them 5 (a tie) or 0 (nothing to round): cut off, it leaves the even neighbour where toFixed took
  // the odd one, or what toFixed gave.
  const rounded = x.toFixed(ndigits);
  const isOdd = Number(rounded.at(-1)) % 2 === 1;
  const canBeTie = Number.isInteger(x * 2 ** (ndigits + 1));
  return Number(isOdd && canBeTie ? x.toFixed(ndigits + 1).slice(0, -1) : rounded);
}
