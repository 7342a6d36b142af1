import type { ColumnSummary } from '../result.ts';
import type { Dataset } from './dataset.ts';
import { summaryScratch } from './orderStatistics.ts';
import { summarize } from './summary.ts';

/** Minimum, maximum, mean, sample standard deviation and quartiles of each feature. */
export function profile(dataset: Dataset): ColumnSummary[] {
  const scratch = summaryScratch();
  return dataset.features.map(({ name }, index) => {
    const { min, max, mean, std, quantiles } = summarize(dataset.X.columns[index] as Float64Array, scratch);
    const [, q1, median, q3] = quantiles as [number, number, number, number, number];
    return { name, min, max, mean, std, quartiles: [q1, median, q3] };
  });
}
