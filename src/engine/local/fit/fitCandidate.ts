import type { ClassificationMetrics } from '../../../ml/codedMetrics.ts';
import type { PipelineState } from '../../../values/pipelineState.ts';
import type { Missing, ModelSpec } from '../../../values/plan.ts';
import type { Candidate } from '../../../values/result.ts';
import { measure, measureTask } from '../blocks/measure.ts';
import { undefinedMetrics } from './describe.ts';
import { HelperTasks } from './helperTasks.ts';
import { fitPipeline, predictRows } from './model.ts';
import type { Prepared } from './prepare.ts';

/** A candidate with its fitted pipeline, and the milliseconds that it took. */
export interface FittedCandidate {
  readonly candidate: Candidate;
  readonly pipeline: PipelineState;
  readonly fitMs: number;
  readonly evaluateMs: number;
}

/**
 * Fits one model on the training rows, and measures it on both parts. The next model uses the same memory.
 * @throws DataError if the rows do not allow the fit
 */
export async function fitCandidate(
  { dataset, train, test, positive }: Prepared,
  model: ModelSpec,
  missing: Missing,
  helpers = new HelperTasks(),
): Promise<FittedCandidate> {
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
    train: onTrain.metrics,
    test: onTest.metrics,
    solver: { name: model.solver, iterations: classifier.nIter_, converged: classifier.converged_ },
    warnings: [
      ...classifier.fitWarnings_,
      ...undefinedMetrics('test', onTest.undefinedMetrics),
      ...undefinedMetrics('training', onTrain.undefinedMetrics),
    ],
  };
  return {
    candidate,
    pipeline: pipeline.toState(),
    fitMs: fittedAt - startedAt,
    evaluateMs: performance.now() - fittedAt,
  };
}
