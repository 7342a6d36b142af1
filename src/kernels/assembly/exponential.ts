// Computes exp, log1p and log of two numbers at a time, right within two units in the last place on the given range.

const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts. The first part has trailing zeros, so its product with a small whole number is exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** 1.5 * 2^52. Adding this number rounds a number to a whole number, which then stands in the last bits of the sum. */
const ROUNDER: f64 = 6755399441055744.0;
/** exp(-x) is a normal double up to this x. */
const EXPONENT_MAX: f64 = 708.0;
const EXPONENT_BIAS: i64 = 1023;
const MANTISSA_BITS: i32 = 52;
const SQRT_HALF_BITS: i64 = 0x3fe6_a09e_667f_3bcd;

/**
 * Returns exp(-x) of x >= 0. Beyond `EXPONENT_MAX` the result is exp(-EXPONENT_MAX), and NaN gives NaN.
 * With x = k ln 2 - r and |r| <= ln 2 / 2, exp(-x) = 2^-k exp(r) and exp(r) = 1 + r + r^2 P(r). P is a polynomial
 * through the Chebyshev points (error 1.3e-17).
 */
@inline
export function expOfMinus(x: v128): v128 {
  const bounded = f64x2.pmin(x, f64x2.splat(EXPONENT_MAX));
  const rounded = f64x2.add(f64x2.mul(bounded, f64x2.splat(-LOG2_E)), f64x2.splat(ROUNDER));
  const k = f64x2.sub(rounded, f64x2.splat(ROUNDER));
  const high = f64x2.add(bounded, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.neg(f64x2.add(high, f64x2.mul(k, f64x2.splat(LN2_LOW))));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const p01 = line(0.5000000000000001, 0.16666666666666669, r);
  const p23 = line(0.041666666666624164, 0.008333333333330065, r);
  const p45 = line(0.0013888888917196719, 0.00019841269863040545, r);
  const p67 = line(2.4801521322368692e-5, 2.7557268480310024e-6, r);
  const p89 = line(2.7620075879983367e-7, 2.5100375832561234e-8, r);
  const p03 = f64x2.add(p01, f64x2.mul(r2, p23));
  const p47 = f64x2.add(p45, f64x2.mul(r2, p67));
  const p = f64x2.add(p03, f64x2.mul(r4, f64x2.add(p47, f64x2.mul(r4, p89))));
  const power = i64x2.shl(i64x2.add(rounded, i64x2.splat(EXPONENT_BIAS)), MANTISSA_BITS);
  return f64x2.add(power, f64x2.mul(power, f64x2.add(r, f64x2.mul(r2, p))));
}

/**
 * Returns log(1 + x) of x in [-0.3, 1], without loss for small x.
 * With t = x / (2 + x), which is at most 1/3, and u = t^2, log(1 + x) = 2 atanh(t) = 2 t (1 + u Q(u)). Q is a polynomial
 * through the Chebyshev points (error 5e-18).
 */
@inline
export function log1p(x: v128): v128 {
  const t = f64x2.div(x, f64x2.add(x, f64x2.splat(2)));
  const u = f64x2.mul(t, t);
  const u2 = f64x2.mul(u, u);
  const u4 = f64x2.mul(u2, u2);
  const q01 = line(0.3333333333333333, 0.20000000000007292, u);
  const q23 = line(0.1428571428355438, 0.11111111358713932, u);
  const q45 = line(0.09090894718066429, 0.07692785032479312, u);
  const q67 = line(0.06657072104827468, 0.06000536404795356, u);
  const q89 = line(0.04400369243072337, 0.08082022805971766, u);
  const q03 = f64x2.add(q01, f64x2.mul(u2, q23));
  const q47 = f64x2.add(q45, f64x2.mul(u2, q67));
  const q = f64x2.add(q03, f64x2.mul(u4, f64x2.add(q47, f64x2.mul(u4, q89))));
  const twice = f64x2.add(t, t);
  return f64x2.add(twice, f64x2.mul(twice, f64x2.mul(u, q)));
}

/**
 * Returns log(x) of a normal x > 0.
 * With x = 2^k (1 + f) and 1 + f from sqrt(1/2) to sqrt(2), log(x) = k ln 2 + log1p(f), and nothing cancels.
 */
@inline
export function logOf(x: v128): v128 {
  const k = i64x2.shr_s(i64x2.sub(x, i64x2.splat(SQRT_HALF_BITS)), MANTISSA_BITS);
  const f = f64x2.sub(i64x2.sub(x, i64x2.shl(k, MANTISSA_BITS)), f64x2.splat(1));
  const twos = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(k, k, 0, 2, 0, 2));
  const low = f64x2.add(f64x2.mul(twos, f64x2.splat(LN2_LOW)), log1p(f));
  return f64x2.add(f64x2.mul(twos, f64x2.splat(LN2_HIGH)), low);
}

/** Returns a + b x. */
@inline
function line(a: f64, b: f64, x: v128): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(f64x2.splat(b), x));
}
