import { withCustom } from '../../../expressions/scope.ts';
import type { ClassificationMetrics } from '../../../ml/codedMetrics.ts';
import type { Measures } from '../../../values/metrics.ts';
import type { ModelSpec, Plan } from '../../../values/plan.ts';
import type { FittedCandidate } from '../../../values/result.ts';
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
  { dataset, train, test, positive }: FitRows,
  model: ModelSpec,
  { data: { missing }, metrics }: Pick<Plan, 'data' | 'metrics'>,
  helpers: HelperTasks,
): Promise<Fit> {
  const startedAt = performance.now();
  const { pipeline, classifier } = fitPipeline(dataset, train, { missing, model });
  const fittedAt = performance.now();
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
  const candidate = {
    model,
    train: withCustom(measuresOf(onTrain), metrics),
    test: withCustom(measuresOf(onTest), metrics),
    solver: { name: model.solver, iterations: classifier.nIter_, converged: classifier.converged_ },
    warnings: [
      ...classifier.fitWarnings_,
      ...undefinedMetrics('test', onTest.undefinedMetrics),
      ...undefinedMetrics('training', onTrain.undefinedMetrics),
    ],
    pipeline: pipeline.toState(),
  };
  return {
    candidate,
    fitMs: fittedAt - startedAt,
    evaluateMs: performance.now() - fittedAt,
  };
}

function measuresOf({ undefinedMetrics: _, ...measures }: ClassificationMetrics): Measures {
  return measures;
}
