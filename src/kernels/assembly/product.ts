// Multiplies a whole number by a power of ten, and rounds the product to the nearest double.
import { EXACT_POWER_MAX, HANDED_OUT, powerOfTen } from './layout';

/** Doubles hold every whole number up to 2^53, but 2^53 + 1 rounds to 2^53. */
const EXACT_MAX: u64 = 1 << 53;
/** The last number to which no other whole number rounds. */
export const SAFE_MAX: u64 = EXACT_MAX - 1;

/** Exponents of the table that src/kernels/powersOfTen.ts makes. */
export const POWER_MIN: i32 = -64;
export const POWER_MAX: i32 = 63;

/** Returns the bits of the double nearest to `mantissa * 10^exponent`. */
export function doubleBits(mantissa: u64, exponent: i32, powers: usize): u64 {
  if (mantissa <= EXACT_MAX && exponent <= 0 && exponent >= -EXACT_POWER_MAX) {
    return reinterpret<u64>(<f64>(<i64>mantissa) / powerOfTen(-exponent));
  }
  return mantissa == 0 ? 0 : roundedProduct(mantissa, exponent, powers);
}

/**
 * Rounds `mantissa * 10^exponent` by the algorithm of Eisel and Lemire.
 * From `POWER_MIN` to `POWER_MAX` no result is subnormal or infinite.
 * Source: D. Lemire, Number Parsing at a Gigabyte per Second, 2021.
 * @param mantissa not 0
 * @returns `HANDED_OUT` if 128 bits of the product do not decide how to round
 */
@inline
export function roundedProduct(mantissa: u64, exponent: i32, powers: usize): u64 {
  const power = powers + (<usize>(exponent - POWER_MIN) << 4);
  const shift = <i32>clz(mantissa);
  const scaled = mantissa << shift;
  const ten = load<u64>(power, 8);
  let upper = upperProduct(scaled, ten);
  let lower = scaled * ten;
  if ((upper & 0x1ff) == 0x1ff) {
    const more = upperProduct(scaled, load<u64>(power));
    lower += more;
    upper += u64(lower < more);
  }
  if (lower == u64.MAX_VALUE && (exponent < -27 || exponent > 55)) return HANDED_OUT;
  const carry = <i32>(upper >> 63);
  let rounded = upper >> (carry + 9);
  // Half-way between two doubles the even double is right. Only these exponents reach such a middle.
  if (lower <= 1 && exponent >= -4 && exponent <= 23 && (rounded & 3) == 1 && rounded << (carry + 9) == upper) {
    rounded &= ~1;
  }
  rounded = (rounded + (rounded & 1)) >> 1;
  // floor(exponent * log2(10)), and the bias of a double's exponent.
  let binaryExponent = ((217_706 * exponent) >> 16) + 63 + carry - shift + 1_023;
  if (rounded >= 1 << 53) {
    rounded = 1 << 52;
    binaryExponent += 1;
  }
  return (rounded & ~(1 << 52)) | (<u64>binaryExponent << 52);
}

/** Returns the upper 64 of the 128 bits of a product. */
@inline
function upperProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffff_ffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffff_ffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const other = aLow * bHigh + (middle & 0xffff_ffff);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}
