import { FieldError, quote } from '../errors.ts';
import type { ModelDescription } from '../values/loadedModel.ts';
import type { LogisticRegressionState, PipelineState } from '../values/pipelineState.ts';
import type { Reproduction } from '../values/reproduction.ts';
import { chosenOf, type Result } from '../values/result.ts';
import { parseFields } from './fields/parse.ts';
import { formOf, settingsOf } from './fields/reproduce.ts';
import type { TrainFields } from './fields/table.ts';
import { valuesOf } from './measures.ts';
import type { OriginalRun, ReproductionPort } from './reproductionPort.ts';

/** The fields that a training works with, and the run that it reproduces. */
interface Resolved {
  readonly fields: TrainFields;
  readonly original?: OriginalRun;
}

/**
 * Takes the settings from the run that the form names in `reproduce`. Without `reproduce`, the fields stay as they are.
 * @throws as `ReproductionPort.find`, `formOf` and `parseFields`
 */
export async function withOriginal(
  fields: TrainFields,
  port: ReproductionPort | undefined,
): Promise<Resolved> {
  const { reproduce: runId } = fields.mode;
  if (runId === undefined) return { fields };
  if (port === undefined) throw runNotFound(runId);
  const original = await port.find(runId);
  const hasTestFile = fields.split.split.by === 'file';
  const settings = settingsOf(parseFields(formOf(runId, original.params, hasTestFile), hasTestFile));
  return { fields: { ...fields, ...settings }, original };
}

export function runNotFound(runId: string): FieldError {
  return new FieldError(
    'run_not_found',
    `MLflow has no run ${quote(runId)}, or the run is deleted: give the id of a run, as run.id of a training has it.`,
    { field: 'reproduce', value: runId },
  );
}

/** Compares the best candidate with the run that it reproduces. */
export function reproductionOf(original: OriginalRun, result: Result): Reproduction {
  const data = isSameData(original, result) ? 'same' : 'different';
  const { pipeline } = chosenOf(result);
  const coefficients = compareCoefficients(pipeline, original.model);
  const metrics = compareMetrics(result, original.metrics);
  return {
    runId: original.runId,
    data,
    coefficients,
    metrics,
    identical: data === 'same' && coefficients.identical && metrics.identical,
  };
}

function isSameData({ digest, testDigest }: OriginalRun, { data, testData }: Result): boolean {
  return digest === data.digest && testDigest === testData?.digest;
}

function compareCoefficients(
  ours: PipelineState,
  theirs: ModelDescription | undefined,
): Reproduction['coefficients'] {
  const unlike = { identical: false, largestDifference: null };
  if (theirs === undefined || !isSameList(ours.featureNamesIn, theirs.pipeline.featureNamesIn)) return unlike;
  const [one, other] = [regressionOf(ours), regressionOf(theirs.pipeline)];
  if (one === undefined || other === undefined) return unlike;
  if (!isSameList(one.fitted.classes, other.fitted.classes)) return unlike;
  const [numbers, others] = [numbersOf(one), numbersOf(other)];
  if (numbers.length !== others.length) return unlike;
  const largestDifference = numbers.reduce((most, x, k) => Math.max(most, Math.abs(x - others[k]!)), 0);
  return { identical: largestDifference === 0, largestDifference };
}

function regressionOf({ steps }: PipelineState): LogisticRegressionState | undefined {
  const last = steps.at(-1)?.[1];
  const classifier = last?.estimator === 'FixedThresholdClassifier' ? last.classifier : last;
  return classifier?.estimator === 'LogisticRegression' ? classifier : undefined;
}

function numbersOf({ fitted: { coef, intercept } }: LogisticRegressionState): number[] {
  return [...coef.flat(), ...intercept];
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, k) => value === other[k]);
}

/** Compares the metrics of both parts. An undefined metric is not logged, so both may lack it. */
function compareMetrics(result: Result, theirs: OriginalRun['metrics']): Reproduction['metrics'] {
  const { train, test } = chosenOf(result);
  const named = (prefix: string, values: object) =>
    Object.entries(values).map(([name, value]) => [prefix + name, value as number] as const);
  const ours = [...named('training_', valuesOf(train)), ...named('test_', valuesOf(test))];
  const differences = ours.flatMap(([name, value]) => {
    const other = theirs[name];
    if (other === undefined && !Number.isFinite(value)) return [];
    const difference = other === undefined || !Number.isFinite(value) ? null : value - other;
    return difference === 0 ? [] : [[name, difference] as const];
  });
  return { identical: differences.length === 0, differences: Object.fromEntries(differences) };
}
