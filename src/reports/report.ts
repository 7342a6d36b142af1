import { pipelineRepr } from '../python/describeEstimator.ts';
import { pyBoolRepr } from '../python/repr.ts';
import type { Curves, PartCurves } from '../values/curves.ts';
import type { ClassLabel, DatasetInfo } from '../values/dataset.ts';
import type { GateReport } from '../values/gate.ts';
import type { LoadedModel } from '../values/loadedModel.ts';
import type { Measures } from '../values/metrics.ts';
import { type ChampionResult, chosenOf, type Result } from '../values/result.ts';
import type { MetricValues, TrackedRun } from '../values/run.ts';
import { coefficientsOf, finite, regressionOf } from './coefficients.ts';
import { curvesData } from './curvesData.ts';
import type { Baseline, ByPart, ClassRow, MetricRow, ReportData } from './data.ts';
import { matrixOf } from './thresholds.ts';
import { verdictOf } from './verdict.ts';

/** What a report needs beside the result. */
export interface ReportInput {
  readonly result: Result;
  readonly run: Omit<TrackedRun, 'files' | 'children'>;
  readonly testFileName?: string;
  /** The best candidate's settings by their names in answers. */
  readonly settings: ReportData['settings'];
  readonly sweep?: ReportData['sweep'];
  readonly gate?: GateReport;
  readonly command: string;
}

const PARTS = ['train', 'test'] as const;

/** Collects every number of the report. */
export function reportData(input: ReportInput): ReportData {
  const { result, run, testFileName, settings, sweep, gate, command } = input;
  const { data, split, threshold, inference, curves, warnings } = result;
  const best = chosenOf(result);
  const { textOf, positive, ...start } = startOf(input);
  const labels = start.classes;
  const { confusion } = start;
  return {
    version: 1,
    experiment: run.experimentName,
    run: run.runName,
    registered_model: run.registeredModelName,
    file: run.fileName,
    ...(testFileName !== undefined && { test_file: testFileName }),
    trained_at: new Date(run.startTimeMs).toISOString(),
    target: data.target,
    classes: labels,
    ...(positive !== undefined && { positive }),
    ...(threshold !== undefined && { threshold }),
    ...(start.baseline && { baseline: start.baseline }),
    metrics: metricRows(run, gate?.champion && result.champion),
    ...(start.counts && { counts: start.counts }),
    confusion,
    per_class: byPart((part) => confusion[part] && classRows(confusion[part], labels)),
    curves: byPart((part) => curves?.[part]?.ofClasses.map((one) => curvesData(one, labels[one.code]!))),
    coefficients: coefficientsOf(best.pipeline, data.summaries, (code) => labels[code]!),
    ...(inference !== undefined && { inference: inference.terms }),
    solver: best.solver,
    ...(best.losses !== undefined && { losses: best.losses }),
    ...(gate !== undefined && { gates: gate.gates }),
    ...(gate?.champion && { champion: placeOf(gate.champion) }),
    ...(sweep !== undefined && { sweep }),
    data: {
      rows: data.rows,
      train_rows: split.train,
      test_rows: split.test,
      digest: data.digest,
      columns: columnRows(data),
      class_counts: data.classCounts.map(({ label, count }) => ({ label: textOf(label), rows: count })),
    },
    warnings: [...warnings, ...best.warnings],
    settings,
    params: run.extraParams ?? {},
    pipeline: pipelineRepr(best.pipeline),
    command,
  };
}

/** The classes, what the model predicts for them, and the numbers of the verdict. */
function startOf({ result, run }: Pick<ReportInput, 'result' | 'run'>) {
  const best = chosenOf(result);
  const { classes, classesDtype } = regressionOf(best.pipeline).fitted;
  const textOf = (label: ClassLabel) => (classesDtype === 'bool' ? pyBoolRepr(label === 1) : String(label));
  const labels = classes.map(textOf);
  const { curves } = result;
  const positive = labels.length === 2 ? labels[positiveCode(curves, run, labels)] : undefined;
  const confusion = byPart((part) => confusionOf(best[part], curves?.[part], labels, positive));
  return {
    textOf,
    classes: labels,
    ...(positive !== undefined && { positive }),
    ...baselineOf(confusion, labels),
    ...(labels.length === 2 && { counts: byPart((part) => best[part].confusion) }),
    confusion,
  };
}

/** The verdict of the report, and the confusion matrix of the test rows, without the rest of the report. */
export function reportStart(input: Pick<ReportInput, 'result' | 'run'>): {
  readonly verdict: readonly string[];
  readonly classes: readonly string[];
  readonly confusion?: readonly (readonly number[])[];
} {
  const { result, run } = input;
  const { textOf: _, ...start } = startOf(input);
  const { test } = start.confusion;
  return {
    verdict: verdictOf({
      ...start,
      metrics: metricRows(run, undefined),
      data: { test_rows: result.split.test },
      solver: chosenOf(result).solver,
    }),
    classes: start.classes,
    ...(test !== undefined && { confusion: test }),
  };
}

/** Place of the positive class: that of the curves, or the one that is logged. The default is the second class. */
function positiveCode(
  curves: Curves | undefined,
  { extraParams }: ReportInput['run'],
  labels: readonly string[],
): number {
  const code = (curves?.test ?? curves?.train)?.ofClasses[0]?.code;
  if (code !== undefined) return code;
  const found = labels.indexOf(extraParams?.['positive'] ?? '');
  return found < 0 ? 1 : found;
}

function byPart<Value>(ofPart: (part: (typeof PARTS)[number]) => Value | undefined): ByPart<Value> {
  const [train, test] = PARTS.map(ofPart);
  return { ...(train !== undefined && { train }), ...(test !== undefined && { test }) };
}

function confusionOf(
  { confusion }: Measures,
  curves: PartCurves | undefined,
  labels: readonly string[],
  positive: string | undefined,
): readonly (readonly number[])[] | undefined {
  if (confusion === undefined) return curves?.confusion;
  return matrixOf(confusion, labels[0] === positive);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function baselineOf(
  { train, test }: ByPart<readonly (readonly number[])[]>,
  labels: readonly string[],
): { readonly baseline?: Baseline } {
  if (train === undefined || test === undefined) return {};
  const rows = train.map(sum);
  const code = rows.indexOf(Math.max(...rows));
  const all = sum(test.map(sum));
  if (all === 0) return {};
  return { baseline: { label: labels[code]!, accuracy: sum(test[code]!) / all } };
}

function classRows(matrix: readonly (readonly number[])[], labels: readonly string[]): readonly ClassRow[] {
  return labels.map((label, code) => {
    const right = matrix[code]![code]!;
    const support = sum(matrix[code]!);
    const predicted = sum(matrix.map((row) => row[code]!));
    return {
      label,
      precision: finite(right / predicted),
      recall: finite(right / support),
      f1: finite((2 * right) / (support + predicted)),
      support,
    };
  });
}

/** `score` is the accuracy once more. */
function metricRows(
  { training, test, intervals, cv }: ReportInput['run'],
  champion: ChampionResult | undefined,
): readonly MetricRow[] {
  const value = (values: MetricValues, name: string) => finite(values[name] ?? Number.NaN);
  return Object.keys(test)
    .filter((name) => name !== 'score')
    .map((name) => ({
      name,
      train: value(training, name),
      test: value(test, name),
      ...(intervals && { test_low: intervals[name]?.[0] ?? null, test_high: intervals[name]?.[1] ?? null }),
      ...(champion && championCells(champion, name)),
      ...(cv && { cv_mean: value(cv.mean, name), cv_std: value(cv.std, name) }),
    }));
}

function placeOf({ place }: LoadedModel): NonNullable<ReportData['champion']> {
  return { uri: place.uri, name: place.name ?? null, version: place.version ?? null };
}

function championCells({ measures, paired, verdicts }: ChampionResult, name: string): Partial<MetricRow> {
  const values: MetricValues = { ...measures.metrics, ...measures.custom };
  const { difference, low, high } = paired[name] ?? {};
  const orNull = (value: number | undefined) => finite(value ?? Number.NaN);
  return {
    champion: orNull(values[name]),
    difference: orNull(difference),
    difference_low: orNull(low),
    difference_high: orNull(high),
    verdict: verdicts[name] ?? null,
  };
}

function columnRows({ columns, target, features, summaries }: DatasetInfo): ReportData['data']['columns'] {
  const used = new Set(features.map(({ name }) => name));
  const summaryOf = new Map(summaries.map((one) => [one.name, one]));
  return columns.map(({ name, type, missing = false }) => {
    const summary = summaryOf.get(name);
    return {
      name,
      type,
      role: name === target ? 'target' : used.has(name) ? 'feature' : 'ignored',
      missing,
      ...(summary && { min: summary.min, max: summary.max, mean: summary.mean, std: summary.std }),
    };
  });
}
