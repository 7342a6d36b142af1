import { withCustom } from '../../../expressions/scope.ts';
import type { FixedThresholdOptions } from '../../../ml/fixedThresholdClassifier.ts';
import type { TrainingPipeline } from '../../../ml/trainingPipeline.ts';
import type { Curves } from '../../../values/curves.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { CustomMetric } from '../../../values/expression.ts';
import type { Measures } from '../../../values/metrics.ts';
import type { ModelSpec, Plan } from '../../../values/plan.ts';
import type { FittedCandidate, Scores } from '../../../values/result.ts';
import type { Warning } from '../../../values/warning.ts';
import { type Measured, measure, measureTask } from '../blocks/measure.ts';
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
  readonly curves?: Curves;
  readonly fitMs: number;
  readonly evaluateMs: number;
}

/** What a fit needs of a plan. */
type FitPlan = Pick<Plan, 'data' | 'metrics' | 'threshold' | 'curves'>;

/**
 * Fits one model on the training rows, and measures it on both parts. The next model uses the same memory.
 * @throws DataError if the rows do not allow the fit
 */
export async function fitCandidate(
  rows: FitRows,
  model: ModelSpec,
  { data: { missing }, metrics, threshold, curves: withCurves }: FitPlan,
  helpers: HelperTasks,
): Promise<Fit> {
  const startedAt = performance.now();
  const { pipeline, classifier } = fitPipeline(rows.dataset, rows.train, {
    missing,
    model,
    ...(threshold?.by === 'given' && { decision: decisionAt(threshold.value, rows.positive) }),
  });
  const fittedAt = performance.now();
  const { warnings, curves, ...scores } = await measureBoth(pipeline, rows, metrics, helpers, withCurves);
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
    ...(curves && { curves: { classes: pipeline.classes_, ...curves } }),
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

interface MeasuredBoth extends Scores {
  /** Metrics that are undefined. */
  readonly warnings: readonly Warning[];
  /** If they are asked for. */
  readonly curves?: Pick<Curves, 'train' | 'test'>;
}

/** Measures a fitted pipeline on both parts, the training rows on another thread if one helps. */
export async function measureBoth(
  pipeline: TrainingPipeline,
  { train, test, positive }: Omit<FitRows, 'dataset'>,
  metrics: readonly CustomMetric[],
  helpers: HelperTasks,
  withCurves = false,
): Promise<MeasuredBoth> {
  const trainTask = measureTask(() => train.source.room, predictRows(pipeline, train, positive), withCurves);
  const measuring = helpers.measure(trainTask);
  let onTest: Measured;
  try {
    onTest = measure(measureTask(() => test.source.room, predictRows(pipeline, test, positive), withCurves));
  } catch (error) {
    // The helper still counts in the table's memory, which another file gets once the refusal is known.
    await measuring.result().catch(() => undefined);
    throw error;
  }
  const onTrain = (await measuring.result()) ?? measure(trainTask);
  return {
    ...(withCurves && { curves: curvesOf(onTrain, onTest) }),
    train: withCustom(measuresOf(onTrain), metrics),
    test: withCustom(measuresOf(onTest), metrics),
    warnings: [
      ...undefinedMetrics('test', onTest.undefinedMetrics),
      ...undefinedMetrics('training', onTrain.undefinedMetrics),
    ],
  };
}

function curvesOf({ curves: train }: Measured, { curves: test }: Measured): Pick<Curves, 'train' | 'test'> {
  return { ...(train && { train }), ...(test && { test }) };
}

export function measuresOf({ undefinedMetrics: _, curves: __, ...measures }: Measured): Measures {
  return measures;
}
