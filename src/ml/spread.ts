/**
 * Mean and standard deviation of the scores of folds, as `numpy.mean` and `numpy.std` give them: the sum of the squared
 * deviations is divided by n. Both are NaN if one of the values is.
 */
export function meanAndStd(values: readonly number[]): { readonly mean: number; readonly std: number } {
  const mean = average(values);
  return { mean, std: Math.sqrt(average(values.map((value) => (value - mean) ** 2))) };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
