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
import { fitPipelines, predictRows } from './model.ts';
import type { Prepared, Rows } from './prepare.ts';

/** Rows to fit and to measure models on. */
export interface FitRows extends Pick<Prepared, 'dataset' | 'positive'> {
  readonly train: Rows;
  readonly test: Rows;
}

/** A fitted model, and the milliseconds that its fit took. */
export interface FittedModel {
  readonly model: ModelSpec;
  readonly pipeline: TrainingPipeline;
  readonly fitMs: number;
}

type PlanOfFits = Pick<Plan, 'data' | 'metrics' | 'threshold'>;

/**
 * Fits models on the training rows, and shares the time of the passes between them.
 * @param models as `fitPipelines` takes them
 * @throws DataError if the rows do not allow the fit
 */
export function fitModels(
  { dataset, train, positive }: FitRows,
  models: readonly ModelSpec[],
  { data: { missing }, threshold }: PlanOfFits,
): FittedModel[] {
  const startedAt = performance.now();
  const pipelines = fitPipelines(dataset, train, {
    missing,
    models,
    ...(threshold?.by === 'given' && { decision: decisionAt(threshold.value, positive) }),
  });
  const fitMs = (performance.now() - startedAt) / models.length;
  return pipelines.map((pipeline, index) => ({ model: models[index]!, pipeline, fitMs }));
}

/** A model whose measuring has begun. */
export interface Measuring<Result> {
  /** Waits for the end. */
  end(): Promise<Result>;
  /** Waits until nobody uses the table's memory for it any more, which another file may get. */
  giveUp(): Promise<unknown>;
}

/**
 * Begins to measure a fitted model on both parts. The next model may begin before this one has ended, but not the next but
 * one: these two use the same memory.
 * @throws DataError if its scores are no numbers
 */
export async function beginCandidate(
  fitted: FittedModel,
  rows: FitRows,
  { metrics }: PlanOfFits,
  helpers: HelperTasks,
): Promise<Measuring<FittedCandidate>> {
  const measuring = await beginMeasuring(fitted.pipeline, rows, metrics, helpers);
  return { ...measuring, end: async () => candidateOf(fitted, await measuring.end()) };
}

function candidateOf({ model, pipeline }: FittedModel, { warnings, ...scores }: Measured): FittedCandidate {
  const { losses_: losses, fitWarnings_: fitWarnings, converged_, nIter_ } = pipeline.regression;
  // Without a minimum, nothing converges: scikit-learn's test only finds that the gradient is small.
  const isSeparated = fitWarnings.some(({ code }) => code === 'complete_separation');
  return {
    model,
    ...scores,
    solver: { name: model.solver, iterations: nIter_, converged: converged_ && !isSeparated },
    warnings: [...fitWarnings, ...warnings],
    ...(losses !== undefined && { losses }),
    pipeline: pipeline.toState(),
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
export async function measureBoth(...args: Parameters<typeof beginMeasuring>): Promise<Measured> {
  return await (await beginMeasuring(...args)).end();
}

/** Measures the test rows, while another thread, if one helps, begins with the training rows. */
async function beginMeasuring(
  pipeline: TrainingPipeline,
  { train, test, positive }: Omit<FitRows, 'dataset'>,
  metrics: readonly CustomMetric[],
  helpers: HelperTasks,
): Promise<Measuring<Measured>> {
  const trainTask = measureTask(() => train.source.room, predictRows(pipeline, train, positive));
  const measuring = helpers.measure(trainTask);
  const giveUp = () => measuring.result().catch(() => undefined);
  let onTest: ClassificationMetrics;
  try {
    onTest = measure(measureTask(() => test.source.room, predictRows(pipeline, test, positive)));
  } catch (error) {
    await giveUp();
    throw error;
  }
  return {
    giveUp,
    end: async () => {
      const onTrain = (await measuring.result()) ?? measure(trainTask);
      return {
        train: withCustom(measuresOf(onTrain), metrics),
        test: withCustom(measuresOf(onTest), metrics),
        warnings: [
          ...undefinedMetrics('test', onTest.undefinedMetrics),
          ...undefinedMetrics('training', onTrain.undefinedMetrics),
        ],
      };
    },
  };
}

export function measuresOf({ undefinedMetrics: _, ...measures }: ClassificationMetrics): Measures {
  return measures;
}
