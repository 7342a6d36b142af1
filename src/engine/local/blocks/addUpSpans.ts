/**
 * Adds up the sums of the spans and their rounding errors (compensated summation). The order is that of the spans, so the
 * result is the same to the last bit however many threads summed them.
 * @param ofSpans for each span `nSums` sums, and behind them as many rounding errors
 */
export function addUpSpans(ofSpans: Float64Array, nSums: number): Float64Array {
  const sums = new Float64Array(nSums);
  const errors = new Float64Array(nSums);
  for (let at = 0; at < ofSpans.length; at += 2 * nSums) {
    for (let j = 0; j < nSums; j++) {
      const before = sums[j]!;
      const value = ofSpans[at + j]!;
      const after = before + value;
      const added = after - before;
      sums[j] = after;
      errors[j]! += ofSpans[at + nSums + j]! + (before - (after - added) + (value - added));
    }
  }
  return sums.map((sum, j) => sum + errors[j]!);
}
