// Writes doubles as the shortest decimal numbers that read back as the same doubles, as JavaScript's String() does.
// Source: R. Giulietti, The Schubfach way to render doubles, 2021.

const ZERO: u32 = 0x30;
const ZEROS: u64 = 0x3030_3030_3030_3030;
const MINUS: u32 = 0x2d;
const LETTER_E: u32 = 0x65;
const MANTISSA_BITS: i32 = 52;
const MANTISSA_MASK: u64 = 0x000f_ffff_ffff_ffff;
const EXPONENT_MASK: i32 = 0x7ff;
const HIDDEN_BIT: u64 = 0x0010_0000_0000_0000;
/** Exponent of the last bit of a double with the biased exponent 0 or 1. */
const EXPONENT_MIN: i32 = -1_074;
const MASK_63: u64 = 0x7fff_ffff_ffff_ffff;
/** Least exponent of the table that src/kernels/shortestPowers.ts makes. */
const POWER_MIN: i32 = -324;
const TEN_TO_8: u64 = 100_000_000;
/** Digits of the longest result. All results are written with so many digits, and zeros around them are cut off. */
const DIGITS: i32 = 17;
/** JavaScript writes no exponent if the point stands at one of these places, counted from the first digit. */
const POINT_MIN: i32 = -5;
const POINT_MAX: i32 = 21;

const DIGITS_PLACE = memory.data(48, 16);

/**
 * Writes a finite double.
 * @param point the byte between whole part and fraction
 * @param powers address of the table of powers of ten
 * @param out 48 bytes from here on may be overwritten
 * @returns the address behind the last byte
 */
export function writeDouble(value: f64, point: u32, powers: usize, out: usize): usize {
  const bits = reinterpret<u64>(value);
  if (bits << 1 == 0) {
    store<u8>(out, ZERO);
    return out + 1;
  }
  if (<i64>bits < 0) {
    store<u8>(out, MINUS);
    out += 1;
  }
  const biased = <i32>(bits >> MANTISSA_BITS) & EXPONENT_MASK;
  const fraction = bits & MANTISSA_MASK;
  const mantissa = biased == 0 ? fraction : fraction | HIDDEN_BIT;
  const exponent = EXPONENT_MIN + max(biased, 1) - 1;
  return writeDecimal(mantissa, exponent, fraction == 0 && biased > 1, point, powers, out);
}

/** Finds the decimal `digits * 10^power` of `mantissa * 2^exponent`, and writes it. */
@inline
function writeDecimal(
  mantissa: u64,
  exponent: i32,
  /** Whether the next smaller double is only half as far away as the next larger double. */
  isPowerOfTwo: bool,
  point: u32,
  powers: usize,
  out: usize,
): usize {
  const odd = mantissa & 1;
  const centre = mantissa << 2;
  const left = centre - (isPowerOfTwo ? 1 : 2);
  const right = centre + 2;
  // floor(log10(2^exponent)), or of 3/4 of it.
  const log = <i64>exponent * 661_971_961_083 - (isPowerOfTwo ? 274_743_187_321 : 0);
  const power = <i32>(log >> 41);
  const shift = exponent + <i32>((<i64>-power * 913_124_641_741) >> 38) + 2;
  const place = powers + (<usize>(-power - POWER_MIN) << 4);
  const low = load<u64>(place);
  const high = load<u64>(place, 8);
  const vb = roundedToOdd(high, low, centre << shift);
  const vbl = roundedToOdd(high, low, left << shift) + odd;
  const vbr = roundedToOdd(high, low, right << shift) - odd;
  const whole = vb >> 2;
  const tens = (whole / 10) * 10;
  // At most one decimal with one digit less lies between the neighbours.
  const isDown = vbl <= tens << 2;
  const isUp = (tens + 10) << 2 <= vbr;
  if (isDown != isUp) return writeDigits(isDown ? tens : tens + 10, power, point, out);
  const isNear = vbl <= whole << 2;
  const isNext = (whole + 1) << 2 <= vbr;
  if (isNear != isNext) return writeDigits(isNear ? whole : whole + 1, power, point, out);
  const middle = (whole << 2) + 2;
  const rounds = vb > middle || (vb == middle && (whole & 1) == 1);
  return writeDigits(rounds ? whole + 1 : whole, power, point, out);
}

/** Returns the upper bits of the product of 126 and 64 bits. The last bit says whether any lower bit is set. */
@inline
function roundedToOdd(high: u64, low: u64, factor: u64): u64 {
  const middle = (high * factor >> 1) + upperProduct(low, factor);
  const upper = upperProduct(high, factor) + (middle >> 63);
  return upper | (((middle & MASK_63) + MASK_63) >> 63);
}

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

/** Writes `digits * 10^power` in the form that JavaScript chooses. */
@inline
function writeDigits(digits: u64, power: i32, point: u32, out: usize): usize {
  const upper = digits / TEN_TO_8;
  const first = upper / TEN_TO_8;
  const middle = eightDigits(upper - first * TEN_TO_8);
  const last = eightDigits(digits - upper * TEN_TO_8);
  // Zeros before the first and behind the last other digit are left out.
  const begin = first != 0 ? 0 : middle != 0 ? 1 + (<i32>ctz(middle) >> 3) : 9 + (<i32>ctz(last) >> 3);
  const end = last != 0 ? DIGITS - (<i32>clz(last) >> 3) : middle != 0 ? 9 - (<i32>clz(middle) >> 3) : 1;
  // Place of the point, counted from the first digit.
  const place = DIGITS - begin + power;
  if (place > 0 || place < POINT_MIN) {
    storeDigits(first, middle, last, DIGITS_PLACE);
    return writeOther(DIGITS_PLACE + begin, end - begin, place, point, out);
  }
  // Such a double is normal, so there are 16 or 17 digits, and the zero before 16 digits is overwritten last.
  store<u64>(out, ZEROS, 2);
  const from = out + 2 - place;
  storeDigits(first, middle, last, from - begin);
  store<u16>(out, ZERO | (point << 8));
  return from + (end - begin);
}

@inline
function storeDigits(first: u64, middle: u64, last: u64, to: usize): void {
  store<u8>(to, ZERO + <u32>first);
  store<u64>(to, middle | ZEROS, 1);
  store<u64>(to, last | ZEROS, 9);
}

/** Writes digits that do not all stand behind the point. @param place of the point, counted from the first digit */
function writeOther(from: usize, count: i32, place: i32, point: u32, out: usize): usize {
  if (place > POINT_MAX || place < POINT_MIN) return writeWithExponent(from, count, place - 1, point, out);
  if (place < count) {
    copyDigits(from, place, out);
    store<u8>(out + place, point);
    return copyDigits(from + place, count - place, out + place + 1);
  }
  copyDigits(from, count, out);
  for (let at = count; at < place; at += 1) store<u8>(out + at, ZERO);
  return out + place;
}

function writeWithExponent(from: usize, count: i32, exponent: i32, point: u32, out: usize): usize {
  store<u8>(out, load<u8>(from));
  out += 1;
  if (count > 1) {
    store<u8>(out, point);
    out = copyDigits(from + 1, count - 1, out + 1);
  }
  store<u8>(out, LETTER_E);
  store<u8>(out, exponent < 0 ? MINUS : 0x2b, 1);
  out += 2;
  const size = <u32>abs(exponent);
  if (size >= 100) {
    store<u8>(out, ZERO + size / 100);
    out += 1;
  }
  if (size >= 10) {
    store<u8>(out, ZERO + (size / 10) % 10);
    out += 1;
  }
  store<u8>(out, ZERO + (size % 10));
  return out + 1;
}

@inline
function copyDigits(from: usize, count: i32, out: usize): usize {
  v128.store(out, v128.load(from));
  store<u8>(out, load<u8>(from, 16), 16);
  return out + count;
}

/** Returns the eight digits of a number below 10^8, a byte each, the first digit in the lowest byte. */
@inline
function eightDigits(number: u64): u64 {
  const upper = (number * 109_951_163) >> 40;
  const fours = upper | ((number - upper * 10_000) << 32);
  const hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
  const twos = hundreds | ((fours - hundreds * 100) << 16);
  const tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
  return tens | ((twos - tens * 10) << 8);
}
