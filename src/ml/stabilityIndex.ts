/** A share below this counts as this, so that an empty bin gives a large number and not an infinite one. */
export const SHARE_MIN = 1e-4;

/**
 * Compares two counts of rows by the same bins: the population stability index
 *
 *     sum over the bins of (a - e) * ln(a / e)
 *
 * with `e` and `a` as the bin's shares of the expected and the actual rows, each at least `SHARE_MIN`.
 *
 * It is 0 for equal shares and has no upper bound. For two samples of one population, its mean is about
 * `(bins - 1) * (1 / expectedRows + 1 / actualRows)`.
 * @returns NaN if either side has no rows
 */
export function populationStabilityIndex(expected: readonly number[], actual: readonly number[]): number {
  const [expectedRows, actualRows] = [sumOf(expected), sumOf(actual)];
  if (expectedRows === 0 || actualRows === 0) return Number.NaN;
  return expected.reduce((sum, rows, bin) => {
    const e = Math.max(rows / expectedRows, SHARE_MIN);
    const a = Math.max((actual[bin] ?? 0) / actualRows, SHARE_MIN);
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, rows) => sum + rows, 0);
}
