import { regressionOf } from '../reports/coefficients.ts';
import { reportStart } from '../reports/report.ts';
import { verdictOf } from '../reports/verdict.ts';
import type { Brief, Change } from '../values/brief.ts';
import type { Curves } from '../values/curves.ts';
import type { Evaluation } from '../values/evaluation.ts';
import type { LoadedModel, ModelDescription } from '../values/loadedModel.ts';
import type { Measures } from '../values/metrics.ts';
import { chosenOf, type Result } from '../values/result.ts';
import type { EvaluatedRun, TrackedRun } from '../values/run.ts';
import { commandLine, evaluateCommand } from './commandLine.ts';
import { labelText } from './describeRun.ts';
import type { EvaluateFields } from './fields/evaluateTable.ts';
import type { TrainFields } from './fields/table.ts';
import { shownSettings } from './reportFiles.ts';

/** A larger matrix is not read in a comment. */
const CLASSES_MAX = 12;
/** Names of columns that a change lists. */
const NAMES_MAX = 10;
/** Steps of the false positive rate from 0 to 1: enough to see the curve's shape. */
const ROC_STEPS = 20;
/** Digits of a digest by which people tell files apart. */
const DIGEST_CHARS = 12;

interface TrainFacts {
  readonly fields: TrainFields;
  readonly fileName: string;
  readonly testFileName?: string;
  readonly result: Result;
  readonly run: TrackedRun;
  /** The model behind the alias, if a gate compares with it. */
  readonly champion?: LoadedModel;
}

/** What answers for people say of a training. */
export function trainBrief({ fields, fileName, testFileName, result, run, champion }: TrainFacts): Brief {
  const { verdict, classes, confusion } = reportStart({ result, run });
  const { registeredModelName } = fields.names;
  const roc = rocOf(result.curves);
  return {
    ...(registeredModelName !== undefined && { registeredModel: registeredModelName }),
    fileName,
    verdict,
    ...(confusion !== undefined &&
      classes.length <= CLASSES_MAX && { confusion: { classes, rows: confusion } }),
    settings: shownSettings(chosenOf(result).model),
    ...(champion && { changes: changesOf(result, champion.description) }),
    ...(roc !== undefined && { roc }),
    command: commandLine(fields, fileName, testFileName),
  };
}

interface EvaluationFacts {
  readonly fields: EvaluateFields;
  readonly fileName: string;
  readonly model: LoadedModel;
  readonly evaluation: Evaluation;
  readonly run: EvaluatedRun;
}

/** What answers for people say of an evaluation. */
export function evaluationBrief({ fields, fileName, model, evaluation, run }: EvaluationFacts): Brief {
  const { registeredModelName = model.place.name } = fields.names;
  const { measures, data } = evaluation;
  const positive = run.params['positive'];
  const { confusion } = measures;
  const metrics = [{ name: 'accuracy_score', train: null, test: measures.metrics.accuracy_score }];
  return {
    ...(registeredModelName !== undefined && { registeredModel: registeredModelName }),
    fileName,
    verdict: verdictOf({
      metrics,
      ...(positive !== undefined && { positive }),
      ...(confusion !== undefined && { counts: { test: confusion } }),
      data: { test_rows: data.rows },
    }),
    ...(confusion !== undefined &&
      positive !== undefined && { confusion: matrixOf(confusion, model.description, positive) }),
    command: evaluateCommand(fields, fileName),
  };
}

/** The positive class comes last, as scikit-learn has it by default. */
function matrixOf(
  { tp, fp, tn, fn }: NonNullable<Measures['confusion']>,
  { target: { classes, dtype } }: ModelDescription,
  positive: string,
): NonNullable<Brief['confusion']> {
  const texts = classes.map((label) => labelText({ label, dtype }));
  const other = texts.find((text) => text !== positive) ?? '';
  return {
    classes: [other, positive],
    rows: [
      [tn, fp],
      [fn, tp],
    ],
  };
}

/** What differs from the champion: settings, columns and rows. */
function changesOf(
  { candidates, chosen, data, split, threshold }: Result,
  theirs: ModelDescription,
): Change[] {
  const ours = shownSettings(candidates[chosen]!.model);
  const before: Readonly<Record<string, unknown>> = shownSettings(regressionOf(theirs.pipeline).params);
  const names = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name);
  const [now, then] = [names(data.features), names(theirs.features)];
  return [
    ...Object.entries(ours).map(([what, value]) => change(what, before[what], value)),
    change('threshold', thresholdOf(theirs) ?? 0.5, threshold?.value ?? 0.5),
    change('target', theirs.target.name, data.target),
    change('columns that the other lacks', list(except(then, now)), list(except(now, then))),
    change('training rows', theirs.trained.trainRows, split.train),
    change('file', theirs.trained.digest.slice(0, DIGEST_CHARS), data.digest.slice(0, DIGEST_CHARS)),
  ].filter(({ champion, now: text }) => champion !== text);
}

function change(what: string, champion: unknown, now: unknown): Change {
  return { what, champion: String(champion ?? 'none'), now: String(now ?? 'none') };
}

function thresholdOf({ pipeline }: ModelDescription): number | undefined {
  const last = pipeline.steps.at(-1)?.[1];
  return last?.estimator === 'FixedThresholdClassifier' ? last.params.threshold : undefined;
}

function except(names: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}

function list(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The curve at even steps: the highest true positive rate up to each false positive rate, between two points on a line. */
function rocOf(curves: Curves | undefined): readonly number[] | undefined {
  const ofClasses = curves?.test?.ofClasses;
  const [one] = ofClasses ?? [];
  if (one === undefined || ofClasses?.length !== 1 || one.positives === 0 || one.negatives === 0) {
    return undefined;
  }
  const fpr = [0, ...one.roc.fp.map((count) => count / one.negatives), 1];
  const tpr = [0, ...one.roc.tp.map((count) => count / one.positives), 1];
  return Array.from({ length: ROC_STEPS + 1 }, (_, step) => {
    const x = step / ROC_STEPS;
    const right = fpr.findIndex((value) => value > x);
    if (right < 0) return 1;
    const [x0, x1, y0, y1] = [fpr[right - 1]!, fpr[right]!, tpr[right - 1]!, tpr[right]!];
    return Math.round((y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)) * 1000) / 1000;
  });
}
