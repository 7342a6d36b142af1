/** A mean and its standard error. */
export interface MeanError {
  readonly mean: number;
  /** NaN for fewer than two values. */
  readonly standardError: number;
}

/**
 * Computes a mean and its standard error, `std(ddof=1) / sqrt(n)`, in one pass.
 * Source: B. P. Welford (1962), so a large mean costs no digits of the spread.
 * @param valueAt called for 0 to n - 1
 */
export function meanError(n: number, valueAt: (index: number) => number): MeanError {
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = valueAt(i);
    const distance = value - mean;
    mean += distance / (i + 1);
    squares += distance * (value - mean);
  }
  return {
    mean: n > 0 ? mean : Number.NaN,
    standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : Number.NaN,
  };
}
