/** Bits behind the point of a fixed-point number. Every double is exact, and the smallest results keep 200 bits. */
const BITS = 1_280n;
const ONE = 1n << BITS;
/** exp(-x) is exp(-x / 2^HALVINGS), squared so many times. x / 2^HALVINGS is below 1/1000. */
const HALVINGS = 20n;
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

/** Returns the exponent of a double's last bit. */
function lastBitOf(x: number): number {
  return Math.max(Number((bitsOf(x) >> 52n) & 0x7ffn), 1) - 1_075;
}

/** Returns one unit in the last place of a double. */
export function ulp(x: number): number {
  return 2 ** lastBitOf(x);
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

/** Returns a finite double as a fixed-point number, exactly. */
export function fixed(x: number): bigint {
  const lastBit = lastBitOf(x);
  const whole = BigInt(x / 2 ** lastBit);
  return whole << (BITS + BigInt(lastBit));
}

export function fromFixed(x: bigint): number {
  return nearestDouble(x, ONE);
}

/** Returns the exact sum of doubles. */
export function fixedSum(values: Iterable<number>): bigint {
  let sum = 0n;
  for (const value of values) sum += fixed(value);
  return sum;
}

export function fixedProduct(a: bigint, b: bigint): bigint {
  return (a * b) >> BITS;
}

/** Returns exp(-x) of x from 0 to 1000, by Taylor's series. */
export function fixedExpOfMinus(x: bigint): bigint {
  const small = -(x >> HALVINGS);
  let sum = ONE;
  for (let term = small, n = 1n; term !== 0n && term !== -1n; n += 1n, term = (term * small) / ONE / n)
    sum += term;
  for (let i = 0n; i < HALVINGS; i += 1n) sum = fixedProduct(sum, sum);
  return sum;
}

/** Returns log(x) of x > 0. With x = 2^k y and y from 1 to 2, log(x) = k log 2 + 2 atanh((y - 1) / (y + 1)). */
export function fixedLog(x: bigint): bigint {
  const k = bitLength(x) - Number(BITS) - 1;
  const y = k >= 0 ? x >> BigInt(k) : x << BigInt(-k);
  return BigInt(k) * LOG_2 + logOfUpTo2(y);
}

function logOfUpTo2(y: bigint): bigint {
  const t = ((y - ONE) << BITS) / (y + ONE);
  const square = fixedProduct(t, t);
  let sum = 0n;
  for (let power = t, n = 1n; power > 0n; power = fixedProduct(power, square), n += 2n) sum += power / n;
  return 2n * sum;
}

const LOG_2 = logOfUpTo2(2n * ONE);

/** Returns log(1 + exp(-m)), the loss of a row whose own class has the score m. */
export function fixedLoss(m: number): bigint {
  const loss = fixedLog(ONE + fixedExpOfMinus(fixed(Math.abs(m))));
  return m < 0 ? loss + fixed(-m) : loss;
}
