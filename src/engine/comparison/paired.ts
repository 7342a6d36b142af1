import { type CodedResult, rowLosses } from '../../ml/codedMetrics.ts';
import { twoSidedTail } from '../../ml/inference/normalTail.ts';
import {
  bootstrap,
  type DrawnTables,
  percentileInterval,
  signPValue,
  splitTables,
  valuesOfTables,
} from '../../ml/intervals/bootstrap.ts';
import { differenceOfAreas, type ScoresByClass } from '../../ml/intervals/delong.ts';
import { mcnemar } from '../../ml/intervals/mcnemar.ts';
import { meanError } from '../../ml/intervals/meanError.ts';
import { normalInterval } from '../../ml/intervals/normal.ts';
import type { CustomMetric } from '../../values/expression.ts';
import type { Difference } from '../../values/intervals.ts';
import type { ConfusionCounts } from '../../values/metrics.ts';
import { COUNT_METRICS, type CountMetric, customCountMetrics } from './countMetrics.ts';
import { countsOf, drawnCounts, type MeasuredRows } from './intervals.ts';

/**
 * Compares two models on the same rows: McNemar's exact test for accuracy and recall, DeLong's for ROC AUC, the standard
 * error of the row-wise difference for log loss, and a bootstrap of the joint counts for the rest.
 * @param ours the first model; a difference is its value minus that of the other
 * @param metrics the client's own; those that depend on probabilities are not compared
 * @param drawn confusion matrices of the first model, as `drawnCounts` has drawn them
 */
export function pairedDifferences(
  ours: MeasuredRows,
  theirs: MeasuredRows,
  metrics: readonly CustomMetric[],
  drawn = drawnCounts(ours),
): Readonly<Record<string, Difference>> {
  const differences = {
    ...(drawn === undefined
      ? { accuracy_score: accuracyDifference(ours, theirs) }
      : countDifferences(ours, theirs, [...COUNT_METRICS, ...customCountMetrics(metrics)], drawn)),
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

function countDifferences(
  ours: MeasuredRows,
  theirs: MeasuredRows,
  metrics: readonly CountMetric[],
  drawn: DrawnTables,
): Readonly<Record<string, Difference | undefined>> {
  const { cells, both } = jointCells(ours.predictions, theirs.predictions);
  const differencesOf = (counts: readonly number[], predictedToo: readonly number[]) => {
    const [a, b] = [countsOf(counts), theirCounts(counts, predictedToo)];
    return metrics.map(({ compute }) => compute(a) - compute(b));
  };
  const found = differencesOf(cells, both);
  const shares = cells.map((rows, cell) => (rows === 0 ? 0 : both[cell]! / rows));
  const samples = valuesOfTables([drawn, splitTables(drawn, shares)], ([counts, predictedToo]) =>
    differencesOf(counts!, predictedToo!),
  );
  const [tp, fp] = cells as [number, number];
  const [tpTheirs, fpTheirs, tnTheirs, fnTheirs] = both as [number, number, number, number];
  const [onlyOurs, onlyTheirs] = [tp - tpTheirs, fnTheirs];
  // A negative row is right if it is not predicted.
  const [rightOurs, rightTheirs] = [onlyOurs + tnTheirs, onlyTheirs + fp - fpTheirs];
  const exact: Readonly<Record<string, number>> = {
    accuracy_score: mcnemar(rightOurs, rightTheirs),
    recall_score: mcnemar(onlyOurs, onlyTheirs),
  };
  return Object.fromEntries(
    metrics.map(({ name }, index) => [name, drawnDifference(found[index]!, samples[index]!, exact[name])]),
  );
}

/** The confusion matrix of our model, `[tp, fp, tn, fn]`, and the rows of each cell that their model predicts as positive. */
function jointCells(ours: CodedResult, theirs: CodedResult) {
  const { trueCodes, predictedCodes, positiveCode = 1 } = ours;
  const others = theirs.predictedCodes;
  const cells = [0, 0, 0, 0];
  const both = [0, 0, 0, 0];
  for (let row = 0; row < trueCodes.length; row++) {
    const isTrue = trueCodes[row] === positiveCode;
    const cell = predictedCodes[row] === positiveCode ? (isTrue ? 0 : 1) : isTrue ? 3 : 2;
    cells[cell]!++;
    if (others[row] === positiveCode) both[cell]!++;
  }
  return { cells, both };
}

/** The confusion matrix of their model. @param theirs rows of each of our cells that their model predicts as positive */
function theirCounts(
  [tp, fp, tn, fn]: readonly number[],
  [ofTp, ofFp, ofTn, ofFn]: readonly number[],
): ConfusionCounts {
  const [hits, alarms] = [ofTp! + ofFn!, ofFp! + ofTn!];
  return { tp: hits, fp: alarms, tn: fp! + tn! - alarms, fn: tp! + fn! - hits };
}

function drawnDifference(difference: number, sample: Float64Array, p?: number): Difference | undefined {
  const interval = percentileInterval(sample);
  if (interval === undefined || !Number.isFinite(difference)) return undefined;
  return { difference, low: interval[0], high: interval[1], p: p ?? signPValue(sample) };
}
