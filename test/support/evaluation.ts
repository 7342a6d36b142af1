import { readTable } from '../../src/data/readTable.ts';
import { columnsOfModel, evaluateModel } from '../../src/engine/local/evaluate/evaluate.ts';
import { readTestTable } from '../../src/engine/local/reading/readAgain.ts';
import type { Evaluation, EvaluationPlan } from '../../src/values/evaluation.ts';
import type { ModelDescription } from '../../src/values/loadedModel.ts';
import type { LogisticRegressionState, PipelineState } from '../../src/values/pipelineState.ts';
import { chosenOf, type Result } from '../../src/values/result.ts';

/** What `model.json` says about the model of a training. */
export function descriptionOf(result: Result): ModelDescription {
  const { data, split, positive, profile = [] } = result;
  const { pipeline } = chosenOf(result);
  const { classes, classesDtype: dtype } = regressionOf(pipeline).fitted;
  const { train: trainRows, test: testRows } = split;
  return {
    pipeline,
    features: data.features,
    target: { name: data.target, classes, dtype },
    ...(positive !== undefined && { positive }),
    trained: { digest: data.digest, trainDigest: 'd', trainRows, testRows },
    profile,
  };
}

function regressionOf({ steps }: PipelineState): LogisticRegressionState {
  const last = steps.at(-1)![1];
  return (last.estimator === 'FixedThresholdClassifier' ? last.classifier : last) as LogisticRegressionState;
}

/** Evaluates a model on the bytes of a CSV, on this thread alone. */
export async function evaluateCsv(bytes: Uint8Array, plan: EvaluationPlan): Promise<Evaluation> {
  const file = { read: { table: readTable(bytes), parseMs: 0 }, again: () => [bytes] };
  return evaluateModel(await readTestTable(file, columnsOfModel(plan), { options: {} }), plan);
}
