// Exact reading of decimal numbers: every result is the double nearest to the text, ties to even.
import { EXACT_POWER_MAX, HANDED_OUT, NUMBER, lastBytes, powerOfTen } from './layout';

const ZERO: u32 = 0x30;
const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const LETTER_E: u32 = 0x65;
/** Sets the bit that tells small letters from capital ones. */
const SMALL: u32 = 0x20;
const SIGN_BIT: u64 = 0x8000_0000_0000_0000;

/** Digits that a u64 holds whatever they are. */
const DIGITS_MAX: u32 = 19;
/** A sign, a point and `DIGITS_MAX` digits. */
const LENGTH_MAX: u32 = DIGITS_MAX + 2;
const TEN_TO_8: u64 = 100_000_000;
const TEN_TO_16: u64 = 10_000_000_000_000_000;
/** Doubles hold every whole number up to 2^53; the last one that no other rounds to is below it. */
const EXACT_MAX: u64 = 1 << 53;
const SAFE_MAX: u64 = EXACT_MAX - 1;
/** Above every whole number that is staged as one, its sign taken into account; the least i32 means missing. */
const STAGED_END: u64 = 0x7fff_ffff;

/** Powers of ten in the table that src/kernels/powersOfTen.ts makes. */
const POWER_MIN: i32 = -64;
const POWER_MAX: i32 = 63;
/** An exponent of more digits than this is out of that range whatever they are, leading zeros apart. */
const EXPONENT_MAX: i32 = 9_999;

/**
 * Reads a cell as a staged word.
 * @param from address of its first byte; `to` is one behind its last
 * @param point the byte between whole part and fraction
 * @param powers address of the table of powers of ten
 * @param notWhole where 1 is stored if the text has a point or an exponent, or is no exact double
 * @returns `HANDED_OUT` where it is not plain digits with a sign, a point or an exponent, or has too many
 */
@inline
export function decimalWord(from: usize, to: usize, point: u32, powers: usize, notWhole: usize): u64 {
  const length = <u32>(to - from);
  if (length > 16) return longDecimalWord(from, to, point, powers, notWhole);
  const first = <u32>load<u8>(from);
  const negative = u32(first == MINUS);
  const signs = negative | u32(first == PLUS);
  const bytes = digitsAt(to - 16);
  const others = ((~<u32>areDigits(bytes) & 0xffff) >> (16 - length)) & ~signs;
  let digits = length - signs;
  let decimals: u32 = 0;
  let aligned = bytes;
  if (others != 0) {
    const at = <u32>ctz(others);
    if ((others & (others - 1)) != 0 || <u32>load<u8>(from + at) != point) {
      return exponentWord(from, to, point, powers, notWhole);
    }
    decimals = length - 1 - at;
    digits -= 1;
    aligned = withoutPoint(bytes, to - 16, decimals);
    store<u8>(notWhole, 1);
  }
  if (digits == 0) return HANDED_OUT;
  return wordOf(valueOf(v128.and(aligned, lastBytes(digits))), decimals, negative, powers, notWhole);
}

/** The same of more than 16 characters. */
function longDecimalWord(from: usize, to: usize, point: u32, powers: usize, notWhole: usize): u64 {
  const length = <u32>(to - from);
  if (length > LENGTH_MAX) return exponentWord(from, to, point, powers, notWhole);
  const first = <u32>load<u8>(from);
  const negative = u32(first == MINUS);
  const signs = negative | u32(first == PLUS);
  let low = digitsAt(to - 16);
  let high = digitsAt(to - 32);
  const others = (~(<u32>areDigits(high) | (<u32>areDigits(low) << 16)) >> (32 - length)) & ~signs;
  let digits = length - signs;
  let decimals: u32 = 0;
  if (others != 0) {
    const at = <u32>ctz(others);
    if ((others & (others - 1)) != 0 || <u32>load<u8>(from + at) != point) {
      return exponentWord(from, to, point, powers, notWhole);
    }
    decimals = length - 1 - at;
    digits -= 1;
    low = withoutPoint(low, to - 16, min(decimals, 16));
    high = withoutPoint(high, to - 32, decimals > 16 ? decimals - 16 : 0);
    store<u8>(notWhole, 1);
  }
  if (digits > DIGITS_MAX) return HANDED_OUT;
  const lowValue = valueOf(v128.and(low, lastBytes(min(digits, 16))));
  const highValue = valueOf(v128.and(high, lastBytes(digits > 16 ? <usize>(digits - 16) : 0)));
  return wordOf(highValue * TEN_TO_16 + lowValue, decimals, negative, powers, notWhole);
}

/** 16 characters as what they are as digits: 0 to 9, or more. */
@inline
function digitsAt(address: usize): v128 {
  return i8x16.sub(v128.load(address), i8x16.splat(<i8>ZERO));
}

/** A bit for each of 16 bytes. */
@inline
function areDigits(bytes: v128): i32 {
  return i8x16.bitmask(i8x16.le_u(bytes, i8x16.splat(9)));
}

/** Moves what stands before the last `decimals` bytes and the point over the point. */
@inline
function withoutPoint(bytes: v128, address: usize, decimals: u32): v128 {
  return v128.bitselect(bytes, digitsAt(address - 1), lastBytes(decimals));
}

/** The number that 16 digits make: neighbours are joined to numbers of 2, 4, 8 and 16 digits. */
@inline
function valueOf(digits: v128): u64 {
  const twos = i16x8.shr_u(i16x8.mul(digits, i16x8.splat(10 * 256 + 1)), 8);
  const fours = i32x4.dot_i16x8_s(twos, i32x4.splat((1 << 16) | 100));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), i32x4.splat((1 << 16) | 10_000));
  const both = <u64>i64x2.extract_lane(eights, 0);
  return (both & 0xffff_ffff) * TEN_TO_8 + (both >> 32);
}

/** `±mantissa / 10^decimals` as a staged word: packed where 32 bits hold the mantissa, else the double. */
@inline
function wordOf(mantissa: u64, decimals: u32, negative: u32, powers: usize, notWhole: usize): u64 {
  // Of -0 the difference wraps around, so that it stays a double and keeps its sign.
  if (mantissa - <u64>negative < STAGED_END) {
    const number = <u32>((mantissa ^ -(<u64>negative)) + <u64>negative);
    return NUMBER | (<u64>decimals << 32) | <u64>number;
  }
  if (mantissa > SAFE_MAX) store<u8>(notWhole, 1);
  // Of so few decimals the product is always decided.
  return doubleBits(mantissa, -<i32>decimals, powers) | (<u64>negative << 63);
}

/** The bits of the double nearest to `mantissa * 10^exponent`. */
function doubleBits(mantissa: u64, exponent: i32, powers: usize): u64 {
  if (mantissa <= EXACT_MAX && exponent <= 0 && exponent >= -EXACT_POWER_MAX) {
    return reinterpret<u64>(<f64>(<i64>mantissa) / powerOfTen(-exponent));
  }
  return mantissa == 0 ? 0 : roundedProduct(mantissa, exponent, powers);
}

/**
 * The algorithm of Eisel and Lemire (D. Lemire: Number Parsing at a Gigabyte per Second, 2021) within `POWER_MIN` and
 * `POWER_MAX`, where no result is subnormal or infinite.
 * @returns `HANDED_OUT` where 128 bits of the product do not decide how to round
 */
function roundedProduct(mantissa: u64, exponent: i32, powers: usize): u64 {
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
  // Half-way between two doubles, which only these exponents reach: the even one.
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

/** The upper 64 of the 128 bits of a product. */
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

/** A number with an exponent, such as `1.25e-3`, read digit by digit and always staged as a double. */
function exponentWord(from: usize, to: usize, point: u32, powers: usize, notWhole: usize): u64 {
  let at = from;
  let byte = <u32>load<u8>(at);
  const negative = u32(byte == MINUS);
  if (negative || byte == PLUS) at += 1;
  let mantissa: u64 = 0;
  let digits: u32 = 0;
  let decimals: i32 = 0;
  let behindPoint = 0;
  for (; at < to; at += 1) {
    byte = load<u8>(at);
    const digit = byte - ZERO;
    if (digit < 10) {
      mantissa = mantissa * 10 + digit;
      digits += 1;
      decimals += behindPoint;
    } else if (byte == point && !behindPoint) {
      behindPoint = 1;
    } else {
      break;
    }
  }
  if (digits == 0 || digits > DIGITS_MAX || at == to || (byte | SMALL) != LETTER_E) return HANDED_OUT;
  at += 1;
  byte = load<u8>(at);
  const down = byte == MINUS;
  if (down || byte == PLUS) at += 1;
  if (at >= to) return HANDED_OUT;
  let exponent: i32 = 0;
  for (; at < to; at += 1) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9 || exponent > EXPONENT_MAX) return HANDED_OUT;
    exponent = exponent * 10 + digit;
  }
  exponent = (down ? -exponent : exponent) - decimals;
  if (exponent < POWER_MIN || exponent > POWER_MAX) return HANDED_OUT;
  const bits = doubleBits(mantissa, exponent, powers);
  if (bits == HANDED_OUT) return HANDED_OUT;
  store<u8>(notWhole, 1);
  return bits | (negative ? SIGN_BIT : 0);
}
