/** The least and the largest exponent of the table that src/kernels/assembly/product.ts reads. */
const POWER_MIN = -64;
const POWER_MAX = 63;
const BITS = 128;
/** From this exponent to -1 a power is rounded up, so that a product half-way between doubles is recognised. */
const ROUNDED_UP_MIN = -27;

let table: BigUint64Array | undefined;

/**
 * Returns the first 128 bits of each power of ten, lower half first, for the algorithm of Eisel and Lemire.
 * The bits are cut off, or rounded up for exponents from `ROUNDED_UP_MIN` to -1.
 * Source: D. Lemire, Number Parsing at a Gigabyte per Second, 2021.
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

/** Returns the first bits of 5^exponent. 10^exponent has the same bits, because a power of two only moves bits. */
function firstBits(exponent: number): bigint {
  const five = 5n ** BigInt(Math.abs(exponent));
  const length = five.toString(2).length;
  if (exponent >= 0) return length <= BITS ? five << BigInt(BITS - length) : five >> BigInt(length - BITS);
  // 2^(length + 127) / 5^-exponent has 128 bits.
  const cutOff = (1n << BigInt(length + BITS - 1)) / five;
  return exponent < ROUNDED_UP_MIN ? cutOff : cutOff + 1n;
}
