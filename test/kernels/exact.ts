const MANTISSA_BITS = 52;
const EXPONENT_MIN = -1_074;

const view = new DataView(new ArrayBuffer(8));

export function bitsOf(x: number): bigint {
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

export function doubleOf(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function bitLength(positive: bigint): number {
  return positive.toString(2).length;
}

/** Returns the double nearest to `numerator / denominator`, ties to even, by whole numbers alone. */
export function nearestDouble(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -nearestDouble(-numerator, denominator);
  if (numerator === 0n) return 0;
  let exponent = bitLength(numerator) - bitLength(denominator) - MANTISSA_BITS;
  const scaled = (power: number) =>
    power >= 0
      ? ([numerator, denominator << BigInt(power)] as const)
      : ([numerator << BigInt(-power), denominator] as const);
  // The first guess has 52 or 53 bits.
  const [above, below] = scaled(exponent);
  if (above / below < 1n << BigInt(MANTISSA_BITS)) exponent -= 1;
  exponent = Math.max(exponent, EXPONENT_MIN);
  const [dividend, divisor] = scaled(exponent);
  let quotient = dividend / divisor;
  const twice = 2n * (dividend % divisor);
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient += 1n;
  return Number(quotient) * 2 ** exponent;
}
