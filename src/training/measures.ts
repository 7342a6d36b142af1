import { meanAndStd } from '../ml/spread.ts';
import { roundedMetrics } from '../ml/trainingPipeline.ts';
import type { Measures } from '../values/metrics.ts';
import type { FittedCandidate, Scores } from '../values/result.ts';
import type { FoldMeasures, MetricValues, RunMeasures } from '../values/run.ts';
import type { Warning } from '../values/warning.ts';

/**
 * How a candidate did, as its run says so.
 * @param ofData warnings about the data
 */
export function measuresOf(
  { train, test, solver, warnings, folds, losses }: FittedCandidate,
  ofData: readonly Warning[] = [],
): RunMeasures {
  return {
    solver,
    warnings: [...ofData, ...warnings].map(({ code }) => code),
    rounded: roundedMetrics(test.metrics),
    training: valuesOf(train),
    test: valuesOf(test),
    ...(losses !== undefined && { losses }),
    ...(folds !== undefined && { cv: foldMeasures(folds) }),
  };
}

/** All metrics of some rows by name, the client's own ones included. */
export function valuesOf({ metrics, custom }: Measures): MetricValues {
  return { ...metrics, ...custom };
}

function foldMeasures(scores: readonly Scores[]): FoldMeasures {
  const folds = scores.map(({ test }) => valuesOf(test));
  const spread = Object.keys(folds[0] as MetricValues).map(
    (name) => [name, meanAndStd(folds.map((values) => values[name] as number))] as const,
  );
  return {
    folds,
    mean: Object.fromEntries(spread.map(([name, { mean }]) => [name, mean])) as MetricValues,
    std: Object.fromEntries(spread.map(([name, { std }]) => [name, std])) as MetricValues,
  };
}
