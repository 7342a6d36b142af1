/** Exponents of the table that src/kernels/assembly/decimal.ts reads. */
const POWER_MIN = -64;
const POWER_MAX = 63;
const BITS = 128;
/** From here on up to -1 a power is rounded up: then a half is seen as one. */
const ROUNDED_UP_MIN = -27;

let table: BigUint64Array | undefined;

/**
 * The first 128 bits of each power of ten, lower half first, as the algorithm of Eisel and Lemire takes them: cut off
 * or, of small negative exponents, rounded up (D. Lemire: Number Parsing at a Gigabyte per Second, 2021).
 */
export function powersOfTen(): BigUint64Array {
  if (table !== undefined) return table;
  table = new BigUint64Array(2 * (POWER_MAX - POWER_MIN + 1));
  for (let exponent = POWER_MIN; exponent <= POWER_MAX; exponent += 1) {
    const bits = firstBits(exponent);
    table[2 * (exponent - POWER_MIN)] = BigInt.asUintN(64, bits);
    table[2 * (exponent - POWER_MIN) + 1] = bits >> 64n;
  }
  return table;
}

/** Powers of two only move the bits, so those of 5^exponent are the same. */
function firstBits(exponent: number): bigint {
  const five = 5n ** BigInt(Math.abs(exponent));
  const length = five.toString(2).length;
  if (exponent >= 0) return length <= BITS ? five << BigInt(BITS - length) : five >> BigInt(length - BITS);
  // 2^(length + 127) / five has 128 bits.
  const cutOff = (1n << BigInt(length + BITS - 1)) / five;
  return exponent < ROUNDED_UP_MIN ? cutOff : cutOff + 1n;
}
