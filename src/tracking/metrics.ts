import type { MetricSet } from '../values/metrics.ts';
import type { TrackedRun } from '../values/run.ts';

/** Metrics of a run by MLflow's name; each of them is finite. */
export type RunMetrics = Readonly<Record<string, number>>;

/**
 * The original's four, rounded, by its names; and at full precision those of both sets of rows, by autolog's names.
 * A metric that is undefined (`roc_auc` where the rows have one class only) is NaN and left out, as autolog leaves
 * out what scikit-learn cannot compute: MLflow draws a stored NaN as 0.
 */
export function runMetrics({ rounded, training, test }: TrackedRun): RunMetrics {
  const metrics = { ...rounded, ...prefixed('training', training), ...prefixed('test', test) };
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

function prefixed(prefix: string, set: MetricSet): Record<string, number> {
  return Object.fromEntries(Object.entries(set).map(([name, value]) => [`${prefix}_${name}`, value]));
}
