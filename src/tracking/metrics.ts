import type { TrackedRun } from '../values/run.ts';
import type { StepMetric } from './tree.ts';

/**
 * The metrics of a run. The original's four, rounded, have its names. The metrics of both parts, at full precision, have
 * autolog's names. A metric that is undefined (`roc_auc` if the rows have one class only) is NaN and left out, as autolog
 * leaves out what scikit-learn cannot compute: MLflow draws a stored NaN as 0.
 */
export function runMetrics({ rounded, training, test, parts }: TrackedRun): StepMetric[] {
  const placeOf = (context: string) => parts.findIndex((part) => part.context === context);
  return [
    ...metricsOf('', rounded, placeOf('test')),
    ...metricsOf('training_', training, placeOf('train')),
    ...metricsOf('test_', test, placeOf('test')),
  ];
}

function metricsOf(prefix: string, values: object, dataset: number): StepMetric[] {
  return Object.entries(values as Readonly<Record<string, number>>).flatMap(([name, value]) =>
    Number.isFinite(value) ? [{ key: prefix + name, value, step: 0, ...(dataset >= 0 && { dataset }) }] : [],
  );
}
