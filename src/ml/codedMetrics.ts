import type { ConfusionCounts, Measures, MetricSet } from '../values/metrics.ts';
import type { ClassCodes } from './labels.ts';
import type { Matrix } from './matrix.ts';
import { rocAuc } from './rocAuc.ts';

export interface ClassificationMetrics extends Measures {
  /** Metrics that are undefined for these rows. Their value is 0 if a denominator is 0, else NaN. */
  readonly undefinedMetrics: readonly (keyof MetricSet)[];
}

/** True and predicted class of each row as compact integer codes, with the probabilities. */
export interface CodedResult {
  /** Index of each row's class. Labels that are not among the classes have codes from `nClasses` on. */
  readonly trueCodes: ClassCodes;
  readonly predictedCodes: ClassCodes;
  /** Shape `(nSamples, nClasses)`, for two classes also `(nSamples, 1)` with the second class alone. */
  readonly proba: Matrix;
  readonly nClasses: number;
  /** With two classes, the class that precision, recall, f1 and ROC AUC describe. Default: the second class. */
  readonly positiveCode?: number;
  /** Number of different labels, including labels that are not classes. Default: `nClasses`. */
  readonly nLabels?: number;
}

/** Probabilities are clipped to at least this distance from 0 and 1: machine epsilon, as in scikit-learn. */
const PROBABILITY_MARGIN = Number.EPSILON;

/** Sums over one set of rows, from which the metrics are computed. */
export interface RowSums {
  readonly nRows: number;
  readonly counts: LabelCounts;
  /** Mean over the rows, NaN if it is undefined. */
  readonly logLoss: number;
  /** NaN if it is undefined. */
  readonly rocAuc: number;
}

/**
 * Computes all metrics of one set of rows, at least one row.
 * A row whose true label is not a class (because no training row has that label) counts as a wrong prediction. Such a
 * row makes log_loss and roc_auc undefined.
 */
export function codedMetrics(result: CodedResult): ClassificationMetrics {
  const { trueCodes, predictedCodes, proba, nClasses, positiveCode = 1, nLabels = nClasses } = result;
  const sums = {
    nRows: trueCodes.length,
    counts: countLabels(trueCodes, predictedCodes, nLabels),
    logLoss: nLabels === nClasses ? meanLogLoss(trueCodes, proba) : Number.NaN,
    rocAuc: rocAuc(trueCodes, proba, positiveCode),
  };
  return metricsOf(sums, nClasses, positiveCode);
}

/**
 * Computes the metrics of one set of rows from its sums.
 * @param positiveCode with two classes, the class that precision, recall and f1 describe
 */
export function metricsOf(
  { nRows, counts, logLoss, rocAuc }: RowSums,
  nClasses: number,
  positiveCode: number,
): ClassificationMetrics {
  const average = averageOf(nClasses, positiveCode);
  const ratios = {
    precision_score: average(counts, precision),
    recall_score: average(counts, recall),
    f1_score: average(counts, f1),
  };
  const losses = { log_loss: logLoss, roc_auc: rocAuc };
  const accuracy = counts.truePositives.reduce((sum, count) => sum + count, 0) / nRows;
  const undefinedRatios = keysOf(ratios).filter((name) => !ratios[name].isDefined);
  const undefinedLosses = keysOf(losses).filter((name) => Number.isNaN(losses[name]));
  return {
    metrics: {
      accuracy_score: accuracy,
      precision_score: ratios.precision_score.value,
      recall_score: ratios.recall_score.value,
      f1_score: ratios.f1_score.value,
      ...losses,
      score: accuracy,
    },
    rows: nRows,
    ...(nClasses === 2 && { confusion: confusionOf(counts, nRows, positiveCode) }),
    undefinedMetrics: [...undefinedRatios, ...undefinedLosses],
  };
}

function confusionOf(
  { truePositives, predicted, actual }: LabelCounts,
  nRows: number,
  positiveCode: number,
): ConfusionCounts {
  const tp = truePositives[positiveCode]!;
  const fp = predicted[positiveCode]! - tp;
  const fn = actual[positiveCode]! - tp;
  return { tp, fp, tn: nRows - tp - fp - fn, fn };
}

function keysOf<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}

/** The confusion matrix, reduced to three counts for each label: diagonal, column sum and row sum. */
export interface LabelCounts {
  readonly truePositives: Float64Array;
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
}

export function countLabels(trueCodes: ClassCodes, predictedCodes: ClassCodes, nLabels: number): LabelCounts {
  const truePositives = new Float64Array(nLabels);
  const predicted = new Float64Array(nLabels);
  const actual = new Float64Array(nLabels);
  for (let i = 0; i < trueCodes.length; i++) {
    const trueCode = trueCodes[i]!;
    const predictedCode = predictedCodes[i]!;
    actual[trueCode]!++;
    predicted[predictedCode]!++;
    if (trueCode === predictedCode) truePositives[trueCode]!++;
  }
  return { truePositives, predicted, actual };
}

/** One label's score as a quotient. The score is undefined if the denominator is 0. */
export type Ratio = (counts: LabelCounts, code: number) => readonly [numerator: number, denominator: number];

export const precision: Ratio = (counts, code) => [counts.truePositives[code]!, counts.predicted[code]!];
export const recall: Ratio = (counts, code) => [counts.truePositives[code]!, counts.actual[code]!];
export const f1: Ratio = (counts, code) => [
  2 * counts.truePositives[code]!,
  counts.predicted[code]! + counts.actual[code]!,
];

interface Score {
  readonly value: number;
  readonly isDefined: boolean;
}

type Average = (counts: LabelCounts, ratio: Ratio) => Score;

function ofLabel(code: number): Average {
  return (counts, ratio) => {
    const [numerator, denominator] = ratio(counts, code);
    return denominator === 0
      ? { value: 0, isDefined: false }
      : { value: numerator / denominator, isDefined: true };
  };
}

/**
 * Averages the labels' scores, each weighted by its rows. The mean is undefined if the score of any label that occurs
 * (true or predicted) is undefined, as scikit-learn warns.
 */
const weightedByRows: Average = (counts, ratio) => {
  let sum = 0;
  let nRows = 0;
  let isDefined = true;
  for (let code = 0; code < counts.actual.length; code++) {
    const weight = counts.actual[code]!;
    if (weight === 0 && counts.predicted[code] === 0) continue;
    const score = ofLabel(code)(counts, ratio);
    sum += weight * score.value;
    nRows += weight;
    isDefined &&= score.isDefined;
  }
  return { value: sum / nRows, isDefined };
};

/** Scores the positive class if there are two classes, else averages over all classes. */
export function averageOf(nClasses: number, positiveCode: number): Average {
  return nClasses === 2 ? ofLabel(positiveCode) : weightedByRows;
}

/** Mean log loss. Neumaier's compensated summation (1974) loses no digits over millions of rows. */
export function meanLogLoss(codes: ClassCodes, proba: Matrix): number {
  const lossAt = rowLosses(codes, proba);
  let sum = 0;
  let correction = 0;
  for (let i = 0; i < codes.length; i++) {
    const loss = lossAt(i);
    const next = sum + loss;
    correction += sum >= loss ? sum - next + loss : loss - next + sum;
    sum = next;
  }
  return (sum + correction) / codes.length;
}

/** The log loss of a row: -ln(p), where p is the clipped probability of the row's true class. */
export function rowLosses(codes: ClassCodes, { columns }: Matrix): (row: number) => number {
  const ofSecond = columns.length === 1 ? columns[0] : undefined;
  return (row) => {
    const code = codes[row]!;
    const probability =
      ofSecond === undefined ? columns[code]![row]! : code === 1 ? ofSecond[row]! : 1 - ofSecond[row]!;
    return -Math.log(Math.min(Math.max(probability, PROBABILITY_MARGIN), 1 - PROBABILITY_MARGIN));
  };
}
