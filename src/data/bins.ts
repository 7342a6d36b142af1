/** Enough to see the shape of a column in a small picture. */
export const BINS = 20;

/**
 * Counts the finite values in `BINS` bins of equal width from the smallest to the largest value, as `numpy.histogram` counts: each
 * bin has its left edge, and the last bin has its right edge too.
 * @param range the smallest and the largest finite value; NaN without any
 * @returns one bin if all values are equal; no bin without values, or if the range is not finite
 */
export function countBins(
  values: Float64Array,
  { min, max }: { readonly min: number; readonly max: number },
): readonly number[] {
  const width = max - min;
  if (!Number.isFinite(width)) return [];
  const counts = new Array<number>(width === 0 ? 1 : BINS).fill(0);
  const last = counts.length - 1;
  // As numpy.linspace makes the edges.
  const edges = Array.from({ length: counts.length + 1 }, (_, k) =>
    k > last ? max : min + k * (width / counts.length),
  );
  for (const value of values) {
    if (value - value !== 0) continue;
    let bin = width === 0 ? 0 : Math.min(last, Math.floor(((value - min) / width) * counts.length));
    // The quotient may have been rounded over an edge.
    if (value < edges[bin]!) bin--;
    else if (bin < last && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}
