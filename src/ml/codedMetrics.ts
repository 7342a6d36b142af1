import type { MetricSet } from '../values/metrics.ts';
import type { ClassCodes } from './labels.ts';
import type { Matrix } from './matrix.ts';
import { rocAuc } from './rocAuc.ts';

export interface ClassificationMetrics {
  readonly metrics: MetricSet;
  /** Metrics that are undefined for these rows: a quotient by 0 that counts as 0, or NaN. */
  readonly undefinedMetrics: readonly (keyof MetricSet)[];
}

/** Rows as classes by number, which take no more room than they need. */
export interface CodedResult {
  /** Each row's class: its place among the classes. Labels that are no class have the numbers from `nClasses` on. */
  readonly trueCodes: ClassCodes;
  readonly predictedCodes: ClassCodes;
  /** Shape `(nSamples, nClasses)`; or `(nSamples, 1)` for two classes, of the second. */
  readonly proba: Matrix;
  readonly nClasses: number;
  /** Of two classes the one that precision, recall, f1 and ROC are of; the second if not given. */
  readonly positiveCode?: number;
  /** Different numbers that occur among the codes; `nClasses` if not given. */
  readonly nLabels?: number;
}

/** Probabilities nearer to 0 or 1 than this are taken as this near: machine epsilon, as scikit-learn has it. */
const PROBABILITY_MARGIN = Number.EPSILON;

/** What the metrics of one set of rows are made of. */
export interface RowSums {
  readonly nRows: number;
  readonly counts: LabelCounts;
  /** The mean; NaN where it is undefined. */
  readonly logLoss: number;
  /** NaN where it is undefined. */
  readonly rocAuc: number;
}

/**
 * All metrics of one set of rows, of which there is at least one. A row whose true label is no class (it was not among
 * the training rows) counts as a wrong prediction, and leaves log_loss and roc_auc undefined.
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

/** @param positiveCode of two classes the one that precision, recall and f1 are of */
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
    undefinedMetrics: [...undefinedRatios, ...undefinedLosses],
  };
}

function keysOf<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}

/** Sums of the confusion matrix for each label: its diagonal, its columns, its rows. */
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

/** One label's score as a quotient, which is undefined where the denominator is 0. */
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

/** Undefined, as scikit-learn warns, as soon as it is so for one label that is true or predicted somewhere. */
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

/** Of two classes the score of the positive one, of more their mean. */
export function averageOf(nClasses: number, positiveCode: number): Average {
  return nClasses === 2 ? ofLabel(positiveCode) : weightedByRows;
}

/** Summed with Neumaier's correction (1974): millions of rows cost no digits. */
export function meanLogLoss(codes: ClassCodes, { columns }: Matrix): number {
  const ofSecond = columns.length === 1 ? columns[0] : undefined;
  let sum = 0;
  let correction = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    const probability =
      ofSecond === undefined ? columns[code]![i]! : code === 1 ? ofSecond[i]! : 1 - ofSecond[i]!;
    const clipped = Math.min(Math.max(probability, PROBABILITY_MARGIN), 1 - PROBABILITY_MARGIN);
    const loss = -Math.log(clipped);
    const next = sum + loss;
    correction += sum >= loss ? sum - next + loss : loss - next + sum;
    sum = next;
  }
  return (sum + correction) / codes.length;
}
