/** Coefficients, from the highest power down. */
type Polynomial = readonly number[];

/** erf(x) / x as a function of x^2, for x up to 0.46875. */
const SMALL_P: Polynomial = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
];
const SMALL_Q: Polynomial = [
  1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171,
];
const SMALL_MAX = 0.46875;

/** exp(x^2) erfc(x) as a function of x, for x up to 4. */
const MIDDLE_P: Polynomial = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_Q: Polynomial = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const MIDDLE_MAX = 4;

/** `x^2 (1 / sqrt(pi) - x exp(x^2) erfc(x))` as a function of 1 / x^2, for larger x. */
const LARGE_P: Polynomial = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const LARGE_Q: Polynomial = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];
const INVERSE_SQRT_PI = 1 / Math.sqrt(Math.PI);

/** From here on the probability is 0 as a double. */
const ZERO_FROM = 38.6;
/** 2^27 + 1, which splits a double into two parts of 26 bits. */
const SPLITTER = 134_217_729;

/**
 * Returns `P(|Z| > |z|)` of a standard normal Z, which is `erfc(|z| / sqrt(2))`.
 * The relative error is about 1e-15 down to the least normal double, 2.2e-308, at z = 37.5. From z = 38.6 on the result
 * is 0. NaN gives NaN.
 */
export function twoSidedTail(z: number): number {
  const size = Math.abs(z);
  if (size >= ZERO_FROM) return 0;
  const x = size * Math.SQRT1_2;
  return x <= SMALL_MAX ? 1 - erfOfSmall(x) : expOfMinusHalfSquare(size) * scaledErfc(x);
}

/**
 * Returns `exp(x^2) erfc(x)` of x above `SMALL_MAX`.
 * Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969), with the
 * coefficients of his program CALERF.
 */
function scaledErfc(x: number): number {
  if (x <= MIDDLE_MAX) return valueAt(MIDDLE_P, x) / valueAt(MIDDLE_Q, x);
  const u = 1 / (x * x);
  return (INVERSE_SQRT_PI - (u * valueAt(LARGE_P, u)) / valueAt(LARGE_Q, u)) / x;
}

/** Returns erf(x) of x up to `SMALL_MAX`. Source: as for `scaledErfc`. */
function erfOfSmall(x: number): number {
  const square = x * x;
  return (x * valueAt(SMALL_P, square)) / valueAt(SMALL_Q, square);
}

/** Returns `exp(-z^2 / 2)`. The square is split, because its rounding error is an error of the exponent. */
function expOfMinusHalfSquare(z: number): number {
  const scaled = z * SPLITTER;
  const high = scaled - (scaled - z);
  return Math.exp((-high * high) / 2) * Math.exp((-(z - high) * (z + high)) / 2);
}

function valueAt(coefficients: Polynomial, x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
