/** The least and the largest exponent of the table that src/kernels/assembly/shortest.ts reads. */
const POWER_MIN = -324;
const POWER_MAX = 324;
const BITS = 126n;
const HALF_BITS = 63n;

let table: BigUint64Array | undefined;

/**
 * Returns the first 126 bits of each power of ten and one more in the last place, in halves of 63 bits, lower half first.
 * Source: R. Giulietti, The Schubfach way to render doubles, 2021.
 */
export function shortestPowers(): BigUint64Array {
  if (table !== undefined) return table;
  table = new BigUint64Array(2 * (POWER_MAX - POWER_MIN + 1));
  for (let exponent = POWER_MIN; exponent <= POWER_MAX; exponent++) {
    const bits = firstBits(exponent) + 1n;
    table[2 * (exponent - POWER_MIN)] = BigInt.asUintN(Number(HALF_BITS), bits);
    table[2 * (exponent - POWER_MIN) + 1] = bits >> HALF_BITS;
  }
  return table;
}

/** The first bits of 5^exponent. 10^exponent has the same bits, because a power of two only moves bits. */
function firstBits(exponent: number): bigint {
  const five = 5n ** BigInt(Math.abs(exponent));
  const length = BigInt(five.toString(2).length);
  if (exponent >= 0) return length <= BITS ? five << (BITS - length) : five >> (length - BITS);
  // 2^(length + 125) / 5^-exponent has 126 bits.
  return (1n << (length + BITS - 1n)) / five;
}
