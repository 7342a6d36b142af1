import { createHash } from 'node:crypto';
import { pyBoolRepr } from '../python/repr.ts';
import type { ClassesDtype, ClassLabel } from '../values/dataset.ts';
import type { GateReport } from '../values/gate.ts';
import type { PipelineState } from '../values/pipelineState.ts';
import type { ModelSpec, Plan } from '../values/plan.ts';
import { chosenOf, type Result } from '../values/result.ts';
import type { DatasetPart, SignatureKind, TrackedRun } from '../values/run.ts';
import { childrenOf } from './children.ts';
import type { TrainFields } from './fields/table.ts';
import { paramsOf } from './fields/use.ts';
import { inferenceFile } from './inferenceFile.ts';
import { leaderboardFiles } from './leaderboard.ts';
import { measuresOf } from './measures.ts';
import type { Names } from './names.ts';
import { noteOf } from './note.ts';
import { reportFiles } from './reportFiles.ts';

export interface RunInput {
  readonly fields: TrainFields;
  readonly names: Names;
  /** The file's name at the client. */
  readonly fileName: string;
  /** The test file's name at the client. */
  readonly testFileName?: string;
  readonly receivedAt: Date;
  readonly plan: Plan;
  readonly result: Result;
  /** The service's own default for the field `signature`; `inferred` without it. */
  readonly signature?: SignatureKind;
  /** What came of the gates, if the form has any. */
  readonly gate?: GateReport;
}

/** MLflow allows 36 characters for the digest of a data set. */
const DIGEST_CHARS = 32;

/** Makes everything that is logged for a training, apart from its model. */
export function describeRun(input: RunInput): TrackedRun {
  const { fields, names, fileName, testFileName, receivedAt, plan, result } = input;
  const { alias, tags } = fields.names;
  const { reproduce } = fields.mode;
  const { user, gitCommit, signature = input.signature ?? 'inferred' } = fields.logging;
  const best = chosenOf(result);
  const isSweep = result.candidates.length > 1;
  const larger = largerLabel(best.pipeline);
  const positive = result.positive ?? larger?.label;
  const paramsFor = (model: ModelSpec) => ({
    target: result.data.target,
    ...(larger !== undefined && { positive: labelText(larger) }),
    ...paramsOf({ ...fields, logging: { ...fields.logging, signature } }, model),
  });
  const kind = REPORTS[fields.output.report];
  const run = {
    ...measuresOf(best, result.warnings),
    ...(result.intervals !== undefined && { intervals: result.intervals }),
    ...(input.gate !== undefined && { gate: input.gate.state }),
    ...(reproduce !== undefined && { reproduces: reproduce }),
    ...names,
    ...(alias !== undefined && { alias }),
    ...(user !== undefined && { user }),
    ...(gitCommit !== undefined && { gitCommit }),
    tags,
    fileName,
    startTimeMs: receivedAt.getTime(),
    dataset: result.data,
    parts: partsOf(input),
    holdout: plan.evaluation.holdout,
    signature,
    ...(positive !== undefined && { positive }),
    ...(result.profile !== undefined && { profile: result.profile }),
    inputExample: result.example,
    extraParams: paramsFor(best.model),
    note: noteOf({
      fileName,
      ...(testFileName !== undefined && { testFileName }),
      holdout: plan.evaluation.holdout,
      result,
    }),
  };
  return {
    ...run,
    files: [
      ...(isSweep ? leaderboardFiles(result, plan.choice) : []),
      ...(result.inference === undefined ? [] : [inferenceFile(result.inference)]),
      ...(kind === undefined ? [] : reportFiles({ ...input, run }, kind)),
    ],
    ...(kind !== undefined && { report: kind }),
    children: childrenOf(result, plan.keepAll, paramsFor),
  };
}

const REPORTS = { true: 'page', full: 'full', false: undefined } as const;

/**
 * The training rows and the test rows. The digest of rows of the training file follows from the file, and from the fields
 * that choose the rows. The digest of rows of a test file is that of the file.
 */
export function partsOf({
  result,
  fields,
  testFileName,
}: Pick<RunInput, 'result' | 'fields' | 'testFileName'>): DatasetPart[] {
  const { data, testData, split } = result;
  const digestOf = (context: string) =>
    createHash('sha256')
      .update(JSON.stringify([data.digest, context, fields.split, fields.data]))
      .digest('hex')
      .slice(0, DIGEST_CHARS);
  const partOf = (context: DatasetPart['context']) => ({
    context,
    rows: split[context],
    digest: digestOf(context),
  });
  if (testData === undefined || testFileName === undefined) return [partOf('train'), partOf('test')];
  const file = { ...testData, fileName: testFileName };
  return [partOf('train'), { context: 'test', rows: split.test, digest: testData.digest, file }];
}

interface Label {
  readonly label: ClassLabel;
  readonly dtype: ClassesDtype;
}

/** The class that precision, recall, F1 and ROC AUC refer to if the form names no class: the larger of two. */
function largerLabel({ steps }: PipelineState): Label | undefined {
  const last = steps.at(-1)?.[1];
  const classifier = last?.estimator === 'FixedThresholdClassifier' ? last.classifier : last;
  if (classifier?.estimator !== 'LogisticRegression') return undefined;
  const { classes, classesDtype: dtype } = classifier.fitted;
  return classes.length === 2 ? { label: classes[1]!, dtype } : undefined;
}

/** A label as Python prints it. */
export function labelText({ label, dtype }: Label): string {
  return dtype === 'bool' ? pyBoolRepr(label === 1) : String(label);
}
