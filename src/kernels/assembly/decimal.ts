// Reads decimal numbers exactly: each result is the double nearest to the text, and ties go to the even double.
import {
  EXACT_POWER_MAX,
  HANDED_OUT,
  lastBytes,
  lastBytesBefore16,
  lastBytesOfHalves,
  NUMBER,
} from './layout';
import { doubleBits, POWER_MAX, POWER_MIN, roundedProduct, SAFE_MAX } from './product';

const ZERO: u32 = 0x30;
const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const LETTER_E: u32 = 0x65;
/** The bit that makes a capital letter small. */
const SMALL: u32 = 0x20;
const SIGN_BIT: u64 = 0x8000_0000_0000_0000;

/** The most digits that always fit into a u64. */
const DIGITS_MAX: u32 = 19;
/** Bytes of half a vector. */
const HALF: u32 = 8;
/** Place of the second mark of a column. The first mark, `NOT_WHOLE`, stands at 0. */
const LARGE: usize = 1;
/** Length of a sign, a point and `DIGITS_MAX` digits. */
const LENGTH_MAX: u32 = DIGITS_MAX + 2;
const TEN_TO_8: u64 = 100_000_000;
const TEN_TO_16: u64 = 10_000_000_000_000_000;
/**
 * Limit of the whole numbers that are not staged as doubles: positive numbers are below, and negative numbers reach to
 * -STAGED_END. The least i32 means missing.
 */
const STAGED_END: u64 = 0x7fff_ffff;

/** An exponent above this number is out of the range of `POWER_MIN` to `POWER_MAX`, so no more digits are read. */
const EXPONENT_MAX: i32 = 9_999;

/**
 * Reads a cell as a staged word.
 * @param from address of the first byte
 * @param to address behind the last byte
 * @param point the byte between whole part and fraction
 * @param powers address of the table of powers of ten
 * @param marks address of the column's marks: `NOT_WHOLE` becomes 1 if the text has a point or an exponent, or is no
 *   exact double; `LARGE` becomes 1 if the text is a whole number beyond the exact doubles
 * @returns `HANDED_OUT` if the text is not digits with at most a sign, a point and an exponent, or if the digits do not
 *   decide how to round
 */
@inline
export function decimalWord(from: usize, to: usize, point: u32, powers: usize, marks: usize): u64 {
  const length = <u32>(to - from);
  if (length > 16) return longDecimalWord(from, to, point, powers, marks);
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
      return exponentWord(from, to, point, powers, marks);
    }
    decimals = length - 1 - at;
    digits -= 1;
    aligned = withoutPoint(bytes, to - 16, decimals);
    store<u8>(marks, 1);
  }
  if (digits == 0) return HANDED_OUT;
  return wordOf(valueOf(v128.and(aligned, lastBytes(digits))), decimals, negative, powers, marks);
}

/**
 * Reads two short cells together: up to eight digits each, with or without a point.
 * Nearly all cells of most files are such cells.
 * @param from0 address of the first cell's first byte
 * @param to0 address behind the first cell's last byte
 * @param place address of the two words
 * @returns whether both cells are so short and plain; if not, the kernel stores nothing
 */
@inline
export function storeTwoWords(
  from0: usize,
  to0: usize,
  from1: usize,
  to1: usize,
  point: u32,
  marks: usize,
  place: usize,
): bool {
  const length0 = <u32>(to0 - from0);
  const length1 = <u32>(to1 - from1);
  if (length0 - 1 >= HALF || length1 - 1 >= HALF) return false;
  const bytes = v128.load64_lane(to1 - HALF, v128.load64_zero(to0 - HALF), 1);
  let digits = i8x16.sub(bytes, i8x16.splat(<i8>ZERO));
  const within = ((0xff << (HALF - length0)) & 0xff) | ((0xff00 << (HALF - length1)) & 0xff00);
  const others = ~(<u32>areDigits(digits)) & within;
  let count0 = length0;
  let count1 = length1;
  let decimals0: u32 = 0;
  let decimals1: u32 = 0;
  if (others != 0) {
    const others0 = others & 0xff;
    const others1 = others >> 8;
    const points = <u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>point)));
    if ((others & ~points) != 0 || ((others0 & (others0 - 1)) | (others1 & (others1 - 1))) != 0) return false;
    count0 -= u32(others0 != 0);
    count1 -= u32(others1 != 0);
    if (count0 == 0 || count1 == 0) return false;
    // Bytes behind the point, or 8 in a cell without a point.
    decimals0 = <u32>clz(others0) - 24;
    decimals1 = <u32>clz(others1) - 24;
    const before = v128.load64_lane(to1 - HALF - 1, v128.load64_zero(to0 - HALF - 1), 1);
    const moved = i8x16.sub(before, i8x16.splat(<i8>ZERO));
    digits = v128.bitselect(digits, moved, lastBytesOfHalves(decimals0, decimals1));
    decimals0 &= 7;
    decimals1 &= 7;
    store<u8>(marks, 1);
  }
  const fours = foursOf(v128.and(digits, lastBytesOfHalves(count0, count1)));
  const values = <u64>i64x2.extract_lane(eightsOf(fours, fours), 0);
  store<u64>(place, NUMBER | (<u64>decimals0 << 32) | (values & 0xffff_ffff));
  store<u64>(place, NUMBER | (<u64>decimals1 << 32) | (values >> 32), 8);
  return true;
}

/** Reads a cell of more than 16 characters as a staged word. */
function longDecimalWord(from: usize, to: usize, point: u32, powers: usize, marks: usize): u64 {
  const length = <u32>(to - from);
  if (length > LENGTH_MAX) return exponentWord(from, to, point, powers, marks);
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
      return exponentWord(from, to, point, powers, marks);
    }
    decimals = length - 1 - at;
    digits -= 1;
    // The digits may cross the middle of the 32 bytes. A branch for such numbers would be mispredicted.
    low = v128.bitselect(low, digitsAt(to - 17), lastBytes(decimals));
    high = v128.bitselect(high, digitsAt(to - 33), lastBytesBefore16(decimals));
    store<u8>(marks, 1);
  }
  if (digits > DIGITS_MAX) return exponentWord(from, to, point, powers, marks);
  low = v128.and(low, lastBytes(digits));
  high = v128.and(high, lastBytesBefore16(digits));
  // The upper part has at most three digits, in the last of the four lanes.
  const eights = eightsOf(foursOf(low), foursOf(high));
  const upper = <u64>i32x4.extract_lane(eights, 3);
  const middle = <u64>i32x4.extract_lane(eights, 0);
  const lower = <u64>i32x4.extract_lane(eights, 1);
  const mantissa = upper * TEN_TO_16 + middle * TEN_TO_8 + lower;
  const word = packedWord(mantissa, decimals, negative);
  if (word != HANDED_OUT) return word;
  if (mantissa > SAFE_MAX) markInexact(decimals, marks);
  const sign = <u64>negative << 63;
  return mantissa == 0 ? sign : roundedProduct(mantissa, -<i32>decimals, powers) | sign;
}

/** Returns 16 characters as digits: 0 to 9, and more than 9 for any other character. */
@inline
function digitsAt(address: usize): v128 {
  return i8x16.sub(v128.load(address), i8x16.splat(<i8>ZERO));
}

/** Returns a bit for each of 16 bytes: 1 if the byte is a digit. */
@inline
function areDigits(bytes: v128): i32 {
  return i8x16.bitmask(i8x16.le_u(bytes, i8x16.splat(9)));
}

/** Moves the bytes before the point one place on, over the point. */
@inline
function withoutPoint(bytes: v128, address: usize, decimals: u32): v128 {
  return v128.bitselect(bytes, digitsAt(address - 1), lastBytes(decimals));
}

/** Returns the number of 16 digits. Neighbours are joined to numbers of 2, 4, 8 and 16 digits. */
@inline
function valueOf(digits: v128): u64 {
  const fours = foursOf(digits);
  const both = <u64>i64x2.extract_lane(eightsOf(fours, fours), 0);
  return (both & 0xffff_ffff) * TEN_TO_8 + (both >> 32);
}

/** Returns four numbers of four digits each. */
@inline
function foursOf(digits: v128): v128 {
  const twos = i16x8.shr_u(i16x8.mul(digits, i16x8.splat(10 * 256 + 1)), 8);
  return i32x4.dot_i16x8_s(twos, i32x4.splat((1 << 16) | 100));
}

/** Returns two numbers of eight digits for each argument. */
@inline
function eightsOf(first: v128, second: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(first, second), i32x4.splat((1 << 16) | 10_000));
}

/** Returns `±mantissa / 10^decimals` as a staged word: a whole number if 32 bits hold the mantissa, else a double. */
@inline
function wordOf(mantissa: u64, decimals: u32, negative: u32, powers: usize, marks: usize): u64 {
  const word = packedWord(mantissa, decimals, negative);
  if (word != HANDED_OUT) return word;
  if (mantissa > SAFE_MAX) markInexact(decimals, marks);
  // With at most 22 decimals, 128 bits of the product always decide how to round.
  return doubleBits(mantissa, -<i32>decimals, powers) | (<u64>negative << 63);
}

/** Marks the column of a number with more digits than exact doubles have. */
function markInexact(decimals: u32, marks: usize): void {
  store<u8>(marks, 1);
  if (decimals == 0) store<u8>(marks, 1, LARGE);
}

/** Returns the word of a whole number, or `HANDED_OUT` if the number does not fit into 32 bits. */
@inline
function packedWord(mantissa: u64, decimals: u32, negative: u32): u64 {
  // For -0 the difference wraps around, so -0 stays a double and keeps its sign.
  if (mantissa - <u64>negative >= STAGED_END) return HANDED_OUT;
  const number = <u32>((mantissa ^ -(<u64>negative)) + <u64>negative);
  return NUMBER | (<u64>decimals << 32) | <u64>number;
}

/**
 * Reads a number with an exponent, such as `1.25e-3`, or with more than `DIGITS_MAX` digits, digit by digit.
 * A number with an exponent is always staged as a double. Behind leading zeros, the digits after the first `DIGITS_MAX`
 * are left out. If these digits decide how to round, the number is handed out.
 */
function exponentWord(from: usize, to: usize, point: u32, powers: usize, marks: usize): u64 {
  let at = from;
  let byte = <u32>load<u8>(at);
  const negative = u32(byte == MINUS);
  if (negative || byte == PLUS) at += 1;
  let mantissa: u64 = 0;
  let digits: u32 = 0;
  let significant: u32 = 0;
  let decimals: i32 = 0;
  let leftOut: i32 = 0;
  let behindPoint = 0;
  for (; at < to; at += 1) {
    byte = load<u8>(at);
    const digit = byte - ZERO;
    if (digit < 10) {
      digits += 1;
      decimals += behindPoint;
      significant += u32(mantissa != 0 || digit != 0);
      if (significant <= DIGITS_MAX) mantissa = mantissa * 10 + digit;
      else leftOut += 1;
    } else if (byte == point && !behindPoint) {
      behindPoint = 1;
    } else {
      break;
    }
  }
  if (digits == 0) return HANDED_OUT;
  if (at == to && leftOut == 0 && decimals <= EXACT_POWER_MAX) {
    if (behindPoint) store<u8>(marks, 1);
    return wordOf(mantissa, decimals, negative, powers, marks);
  }
  let exponent: i32 = 0;
  const isWhole = at == to && !behindPoint;
  if (at < to) {
    if ((byte | SMALL) != LETTER_E) return HANDED_OUT;
    at += 1;
    byte = load<u8>(at);
    const down = byte == MINUS;
    if (down || byte == PLUS) at += 1;
    if (at >= to) return HANDED_OUT;
    for (; at < to; at += 1) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9 || exponent > EXPONENT_MAX) return HANDED_OUT;
      exponent = exponent * 10 + digit;
    }
    if (down) exponent = -exponent;
  }
  exponent += leftOut - decimals;
  if (exponent < POWER_MIN || exponent > POWER_MAX) return HANDED_OUT;
  const bits = doubleBits(mantissa, exponent, powers);
  if (bits == HANDED_OUT || (leftOut > 0 && doubleBits(mantissa + 1, exponent, powers) != bits)) return HANDED_OUT;
  store<u8>(marks, 1);
  if (isWhole) store<u8>(marks, 1, LARGE);
  return bits | (negative ? SIGN_BIT : 0);
}
