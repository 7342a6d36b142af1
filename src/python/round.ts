/** `toFixed` allows at most 100 digits, and a tie needs one digit more than requested. */
const DIGITS_MAX = 99;

/** From here on, every double is a whole number. */
const WHOLE_FROM = 2 ** 52;

/**
 * Rounds like Python's `round(x, ndigits)`: to the decimal with `ndigits` places nearest to the exact binary value of
 * x.
 * If two are equally near, it chooses the one with the even last digit. 0.125 -> 0.12, 2.675 -> 2.67, 0.785 -> 0.79.
 * NaN, infinities and -0 are returned unchanged.
 *
 * @param ndigits places after the point, 0 to 99
 * @throws RangeError for other `ndigits`
 */
export function pyRound(x: number, ndigits: number): number {
  if (!Number.isInteger(ndigits) || ndigits < 0 || ndigits > DIGITS_MAX) {
    throw new RangeError(`ndigits must be a whole number from 0 to ${DIGITS_MAX}, not ${ndigits}.`);
  }
  if (x === 0 || !(Math.abs(x) < WHOLE_FROM)) return x;

  // ECMA-262's toFixed also uses the exact value, but rounds ties away from zero. Only a multiple of 2^-(ndigits + 1)
  // can be a tie. It has at most ndigits + 1 digits, and the last is 5 (a tie) or 0 (nothing to round). Cutting off
  // this digit gives the even neighbour of a tie if toFixed gave the odd one, else toFixed's own result.
  const rounded = x.toFixed(ndigits);
  const isOdd = Number(rounded.at(-1)) % 2 === 1;
  const canBeTie = Number.isInteger(x * 2 ** (ndigits + 1));
  return Number(isOdd && canBeTie ? x.toFixed(ndigits + 1).slice(0, -1) : rounded);
}
