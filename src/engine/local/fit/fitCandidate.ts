import { withCustom } from '../../../expressions/scope.ts';
import type { ClassificationMetrics } from '../../../ml/codedMetrics.ts';
import type { FixedThresholdOptions } from '../../../ml/fixedThresholdClassifier.ts';
import type { TrainingPipeline } from '../../../ml/trainingPipeline.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { CustomMetric } from '../../../values/expression.ts';
import type { Measures } from '../../../values/metrics.ts';
import type { ModelSpec, Plan } from '../../../values/plan.ts';
import type { FittedCandidate, Scores } from '../../../values/result.ts';
import type { Warning } from '../../../values/warning.ts';
import { measure, measureTask } from '../blocks/measure.ts';
import { undefinedMetrics } from './describe.ts';
import type { HelperTasks } from './helperTasks.ts';
import { fitPipeline, predictRows } from './model.ts';
import type { Prepared, Rows } from './prepare.ts';

/** Rows to fit and to measure models on. */
export interface FitRows extends Pick<Prepared, 'dataset' | 'positive'> {
  readonly train: Rows;
  readonly test: Rows;
}

/** A candidate with its pipeline, and the milliseconds that it took. */
export interface Fit {
  readonly candidate: FittedCandidate;
  readonly fitMs: number;
  readonly evaluateMs: number;
}

/**
 * Fits one model on the training rows, and measures it on both parts. The next model uses the same memory.
 * @throws DataError if the rows do not allow the fit
 */
export async function fitCandidate(
  rows: FitRows,
  model: ModelSpec,
  { data: { missing }, metrics, threshold }: Pick<Plan, 'data' | 'metrics' | 'threshold'>,
  helpers: HelperTasks,
): Promise<Fit> {
  const startedAt = performance.now();
  const { pipeline, classifier } = fitPipeline(rows.dataset, rows.train, {
    missing,
    model,
    ...(threshold?.by === 'given' && { decision: decisionAt(threshold.value, rows.positive) }),
  });
  const fittedAt = performance.now();
  const { warnings, ...scores } = await measureBoth(pipeline, rows, metrics, helpers);
  const { losses_: losses } = classifier;
  // Without a minimum, nothing converges: scikit-learn's test only finds that the gradient is small.
  const isSeparated = classifier.fitWarnings_.some(({ code }) => code === 'complete_separation');
  const converged = classifier.converged_ && !isSeparated;
  const candidate = {
    model,
    ...scores,
    solver: { name: model.solver, iterations: classifier.nIter_, converged },
    warnings: [...classifier.fitWarnings_, ...warnings],
    ...(losses !== undefined && { losses }),
    pipeline: pipeline.toState(),
  };
  return {
    candidate,
    fitMs: fittedAt - startedAt,
    evaluateMs: performance.now() - fittedAt,
  };
}

/** Options of a `FixedThresholdClassifier`. */
export function decisionAt(
  threshold: number,
  positive: ClassLabel | undefined,
): Required<FixedThresholdOptions> {
  return { threshold, posLabel: positive ?? null };
}

interface Measured extends Scores {
  /** Metrics that are undefined. */
  readonly warnings: readonly Warning[];
}

/** Measures a fitted pipeline on both parts, the training rows on another thread if one helps. */
export async function measureBoth(
  pipeline: TrainingPipeline,
  { train, test, positive }: Omit<FitRows, 'dataset'>,
  metrics: readonly CustomMetric[],
  helpers: HelperTasks,
): Promise<Measured> {
  const trainTask = measureTask(() => train.source.room, predictRows(pipeline, train, positive));
  const measuring = helpers.measure(trainTask);
  let onTest: ClassificationMetrics;
  try {
    onTest = measure(measureTask(() => test.source.room, predictRows(pipeline, test, positive)));
  } catch (error) {
    // The helper still counts in the table's memory, which another file gets once the refusal is known.
    await measuring.result().catch(() => undefined);
    throw error;
  }
  const onTrain = (await measuring.result()) ?? measure(trainTask);
  return {
    train: withCustom(measuresOf(onTrain), metrics),
    test: withCustom(measuresOf(onTest), metrics),
    warnings: [
      ...undefinedMetrics('test', onTest.undefinedMetrics),
      ...undefinedMetrics('training', onTrain.undefinedMetrics),
    ],
  };
}

export function measuresOf({ undefinedMetrics: _, ...measures }: ClassificationMetrics): Measures {
  return measures;
}
