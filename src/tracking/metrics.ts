import type { Intervals } from '../values/intervals.ts';
import type { DatasetPart, EvaluatedRun, FoldMeasures, MetricValues, RunMeasures } from '../values/run.ts';
import type { StepMetric } from './tree.ts';

/**
 * The metrics of a run. The original's four, rounded, have its names. The metrics of both parts, at full precision, have
 * autolog's names, and the ends of the intervals of test metrics stand beside them. Metrics of folds have a step for each
 * fold, and their mean and standard deviation beside them. The solver's loss has a step for each iteration. A metric
 * that is undefined (`roc_auc` if the rows have one class only) is NaN and left out, as autolog leaves out what scikit-learn
 * cannot compute: MLflow draws a stored NaN as 0.
 *
 * @param parts the data sets of the run that metrics can name
 */
export function runMetrics(
  { rounded, training, test, intervals = {}, losses = [], cv }: RunMeasures,
  parts: readonly DatasetPart[],
): StepMetric[] {
  const placeOf = (context: DatasetPart['context']) => parts.findIndex((part) => part.context === context);
  return [
    ...metricsOf('', rounded, { dataset: placeOf('test') }),
    ...metricsOf('training_', training, { dataset: placeOf('train') }),
    ...metricsOf('test_', test, { dataset: placeOf('test') }),
    ...losses.flatMap(({ iteration, loss }) =>
      metricsOf('training_', { loss }, { dataset: placeOf('train'), step: iteration }),
    ),
    ...metricsOf('test_', endsOf(intervals), { dataset: placeOf('test') }),
    ...(cv === undefined ? [] : foldMetrics(cv, placeOf('train'))),
  ];
}

/** The metrics of an evaluation, on its only data set. */
export function testMetrics({ test, intervals }: Pick<EvaluatedRun, 'test' | 'intervals'>): StepMetric[] {
  return metricsOf('test_', { ...test, ...endsOf(intervals) }, { dataset: 0 });
}

function foldMetrics({ folds, mean, std }: FoldMeasures, dataset: number): StepMetric[] {
  return [
    ...folds.flatMap((values, step) => metricsOf('cv_', values, { dataset, step })),
    ...metricsOf('cv_', suffixed(mean, '_mean'), { dataset }),
    ...metricsOf('cv_', suffixed(std, '_std'), { dataset }),
  ];
}

/** The ends of intervals, each as a metric. */
function endsOf(intervals: Intervals): Record<string, number> {
  return Object.fromEntries(
    Object.entries(intervals).flatMap(([name, [low, high]]) => [
      [`${name}_ci_low`, low],
      [`${name}_ci_high`, high],
    ]),
  );
}

function suffixed(values: MetricValues, suffix: string): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name + suffix, value]));
}

interface Place {
  /** Below 0 for none. */
  readonly dataset: number;
  readonly step?: number;
}

function metricsOf(prefix: string, values: object, { dataset, step = 0 }: Place): StepMetric[] {
  return Object.entries(values as Readonly<Record<string, number>>).flatMap(([name, value]) =>
    Number.isFinite(value) ? [{ key: prefix + name, value, step, ...(dataset >= 0 && { dataset }) }] : [],
  );
}
