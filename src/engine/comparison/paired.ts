import { type CodedResult, rowLosses } from '../../ml/codedMetrics.ts';
import { twoSidedTail } from '../../ml/inference/normalTail.ts';
import { bootstrap, percentileInterval, signPValue } from '../../ml/intervals/bootstrap.ts';
import { differenceOfAreas, type ScoresByClass } from '../../ml/intervals/delong.ts';
import { mcnemar } from '../../ml/intervals/mcnemar.ts';
import { meanError } from '../../ml/intervals/meanError.ts';
import { normalInterval } from '../../ml/intervals/normal.ts';
import type { CustomMetric } from '../../values/expression.ts';
import type { Difference } from '../../values/intervals.ts';
import type { ConfusionCounts } from '../../values/metrics.ts';
import { COUNT_METRICS, type CountMetric, customCountMetrics } from './countMetrics.ts';
import type { MeasuredRows } from './intervals.ts';

/**
 * Compares two models on the same rows: McNemar's exact test for accuracy and recall, DeLong's for ROC AUC, the standard
 * error of the row-wise difference for log loss, and a bootstrap of the joint counts for the rest.
 * @param ours the first model; a difference is its value minus that of the other
 * @param metrics the client's own; those that depend on probabilities are not compared
 */
export function pairedDifferences(
  ours: MeasuredRows,
  theirs: MeasuredRows,
  metrics: readonly CustomMetric[],
): Readonly<Record<string, Difference>> {
  const differences = {
    ...(ours.measures.confusion === undefined
      ? { accuracy_score: accuracyDifference(ours, theirs) }
      : countDifferences(ours, theirs, [...COUNT_METRICS, ...customCountMetrics(metrics)])),
    log_loss: lossDifference(ours, theirs),
    ...(ours.measures.confusion && { roc_auc: areaDifference(ours, theirs) }),
  };
  return Object.fromEntries(
    Object.entries(differences).flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const])),
  );
}

const EVERYTHING = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Describes a normal estimate. Equal models have no standard error, and a p-value of 1. */
function normalDifference(difference: number, standardError: number): Difference | undefined {
  const interval = normalInterval(difference, standardError, EVERYTHING);
  if (interval === undefined) return undefined;
  const p = difference === 0 ? 1 : twoSidedTail(difference / standardError);
  return { difference, low: interval[0], high: interval[1], p };
}

function lossDifference(ours: MeasuredRows, theirs: MeasuredRows): Difference | undefined {
  const [a, b] = [ours.predictions, theirs.predictions];
  const [ofOurs, ofTheirs] = [rowLosses(a.trueCodes, a.proba), rowLosses(b.trueCodes, b.proba)];
  const { mean, standardError } = meanError(a.trueCodes.length, (row) => ofOurs(row) - ofTheirs(row));
  return normalDifference(mean, standardError);
}

function areaDifference(ours: MeasuredRows, theirs: MeasuredRows): Difference | undefined {
  if (Number.isNaN(ours.measures.metrics.roc_auc) || Number.isNaN(theirs.measures.metrics.roc_auc)) {
    return undefined;
  }
  const { area, variance } = differenceOfAreas(scoresOf(ours.predictions), scoresOf(theirs.predictions));
  return normalDifference(area, Math.sqrt(variance));
}

/** The probabilities of the positive class, of the rows of two classes. */
export function scoresOf({ trueCodes, proba, positiveCode = 1 }: CodedResult): ScoresByClass {
  const ofSecond = proba.columns.at(-1)!;
  const scores = (isPositive: boolean) => {
    const ofClass = ofSecond.filter((_, row) => (trueCodes[row] === positiveCode) === isPositive);
    return positiveCode === 1 ? ofClass : ofClass.map((score) => 1 - score);
  };
  return { positives: scores(true), negatives: scores(false) };
}

/** More than two classes: rows by whether each model is right. */
function accuracyDifference(ours: MeasuredRows, theirs: MeasuredRows): Difference | undefined {
  const { trueCodes, predictedCodes } = ours.predictions;
  const others = theirs.predictions.predictedCodes;
  // Right, or not: by ours, and by theirs.
  const cells = [0, 0, 0, 0];
  for (let row = 0; row < trueCodes.length; row++) {
    const code = trueCodes[row]!;
    cells[(predictedCodes[row] === code ? 2 : 0) + (others[row] === code ? 1 : 0)]!++;
  }
  const [, onlyTheirs, onlyOurs] = cells as [number, number, number, number];
  const n = trueCodes.length;
  const [sample] = bootstrap(cells, (drawn) => [(drawn[2]! - drawn[1]!) / n]);
  return drawnDifference((onlyOurs - onlyTheirs) / n, sample!, mcnemar(onlyOurs, onlyTheirs));
}

/** Rows of two classes: true class, our prediction, their prediction, each 1 for the positive class. */
const CELLS = 8;
const cellOf = (isTrue: boolean, ours: boolean, theirs: boolean) =>
  (isTrue ? 4 : 0) + (ours ? 2 : 0) + (theirs ? 1 : 0);

function countDifferences(
  ours: MeasuredRows,
  theirs: MeasuredRows,
  metrics: readonly CountMetric[],
): Readonly<Record<string, Difference | undefined>> {
  const cells = jointCells(ours.predictions, theirs.predictions);
  const differencesOf = (counts: readonly number[]) => {
    const [a, b] = [countsOf(counts, true), countsOf(counts, false)];
    return metrics.map(({ compute }) => compute(a) - compute(b));
  };
  const found = differencesOf(cells);
  const samples = bootstrap(cells, differencesOf);
  const [, onlyTheirs, onlyOurs] = [0, 1, 2].map((of) => cells[4 + of]!) as [number, number, number];
  // A negative row is right if it is not predicted.
  const exact: Readonly<Record<string, number>> = {
    accuracy_score: mcnemar(onlyOurs + cells[1]!, onlyTheirs + cells[2]!),
    recall_score: mcnemar(onlyOurs, onlyTheirs),
  };
  return Object.fromEntries(
    metrics.map(({ name }, index) => [name, drawnDifference(found[index]!, samples[index]!, exact[name])]),
  );
}

function jointCells(ours: CodedResult, theirs: CodedResult): number[] {
  const { trueCodes, predictedCodes, positiveCode = 1 } = ours;
  const others = theirs.predictedCodes;
  const cells = Array<number>(CELLS).fill(0);
  for (let row = 0; row < trueCodes.length; row++) {
    const cell = cellOf(
      trueCodes[row] === positiveCode,
      predictedCodes[row] === positiveCode,
      others[row] === positiveCode,
    );
    cells[cell]!++;
  }
  return cells;
}

/** The confusion matrix of one of the two models. */
function countsOf(cells: readonly number[], ofOurs: boolean): ConfusionCounts {
  const [one, other] = ofOurs ? [2, 1] : [1, 2];
  return {
    tp: cells[4 + one]! + cells[7]!,
    fp: cells[one]! + cells[3]!,
    tn: cells[0]! + cells[other]!,
    fn: cells[4]! + cells[4 + other]!,
  };
}

function drawnDifference(difference: number, sample: Float64Array, p?: number): Difference | undefined {
  const interval = percentileInterval(sample);
  if (interval === undefined || !Number.isFinite(difference)) return undefined;
  return { difference, low: interval[0], high: interval[1], p: p ?? signPValue(sample) };
}
