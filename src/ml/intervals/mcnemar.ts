/** A term that adds less than this share to the sum adds nothing to a double. */
const TERM_MIN = 1e-18;

/**
 * Returns the p-value of McNemar's exact test, two-sided: of two models that are equally good, each is right with
 * probability 1/2 where one of them is wrong.
 *
 *     min(1, 2 P(X <= min(b, c))),  X ~ Binomial(b + c, 1/2)
 *
 * @param onlyFirst rows that only the first model has right
 * @param onlySecond rows that only the second model has right
 * Source: statsmodels' `mcnemar(exact=True)`.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  if (onlyFirst === onlySecond) return 1;
  const n = onlyFirst + onlySecond;
  const least = Math.min(onlyFirst, onlySecond);
  let term = 1;
  let sum = 1;
  for (let k = least; k > 0 && term > TERM_MIN * sum; k--) {
    term *= k / (n - k + 1);
    sum += term;
  }
  return Math.min(1, 2 * massAt(least, n) * sum);
}

/**
 * Returns P(X = k) of a binomial X with n trials of probability 1/2.
 * Source: C. Loader, Fast and accurate computation of binomial probabilities (2000).
 */
function massAt(k: number, n: number): number {
  if (k === 0 || k === n) return 2 ** -n;
  const exponent =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    devianceOf(k, n / 2) -
    devianceOf(n - k, n / 2);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** From here on five terms of Stirling's series are exact to the last bits. */
const SERIES_FROM = 16;

/** `log(n!) - log(sqrt(2 pi n) (n/e)^n)` for n from 1 on. */
function stirlingError(n: number): number {
  if (n < SERIES_FROM) {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return Math.log(factorial) - (n + 0.5) * Math.log(n) + n - Math.log(2 * Math.PI) / 2;
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** Below this ratio the series of `devianceOf` loses no digits. */
const NEAR = 0.1;

/** `x log(x / mean) + mean - x`, without cancellation if x is near the mean. */
function devianceOf(x: number, mean: number): number {
  const distance = x - mean;
  if (Math.abs(distance) >= NEAR * (x + mean)) return x * Math.log(x / mean) - distance;
  const ratio = distance / (x + mean);
  let sum = distance * ratio;
  let power = 2 * x * ratio;
  for (let j = 1; ; j++) {
    power *= ratio * ratio;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}
