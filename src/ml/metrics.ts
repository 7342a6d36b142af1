import {
  averageOf,
  type ClassificationMetrics,
  codedMetrics,
  countLabels,
  f1,
  meanLogLoss,
  precision,
  type Ratio,
  recall,
} from './codedMetrics.ts';
import { ValueError } from './errors.ts';
import type { Matrix } from './matrix.ts';
import { rocAuc } from './rocAuc.ts';

export type { ClassificationMetrics } from './codedMetrics.ts';

/** One label a row. The number 1 and the text '1' are different labels. */
type LabelColumn = ArrayLike<number | string>;

interface LabelOptions {
  /** The classifier's `classes_`: two or more. */
  readonly classes: readonly (number | string)[];
  /** With two classes, the class that the scores describe. Default: `classes[1]`. Ignored for more classes. */
  readonly positive?: number | string | undefined;
}

interface ClassificationResult extends LabelOptions {
  readonly yTrue: LabelColumn;
  readonly yPred: LabelColumn;
  /** Shape `(nSamples, nClasses)`, columns in the order of `classes`. */
  readonly proba: Matrix;
}

/** Share of rows whose labels are equal. @throws ValueError if there are no rows or the lengths differ */
export function accuracyScore(yTrue: LabelColumn, yPred: LabelColumn): number {
  checkLengths(yTrue.length, yPred.length);
  let nEqual = 0;
  for (let i = 0; i < yTrue.length; i++) if (yTrue[i] === yPred[i]) nEqual++;
  return nEqual / yTrue.length;
}

/**
 * tp / (tp + fp), averaged over the classes by their rows in `yTrue` if there are more than two.
 * For two classes, it describes the positive class. 0 if nothing is predicted (`zero_division=0`).
 * @throws ValueError if there are fewer than two classes, an unknown `positive` or no rows, or if the lengths differ
 */
export function precisionScore(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions): number {
  return ratioScore(yTrue, yPred, options, precision);
}

/** tp / (tp + fn), averaged as in {@link precisionScore}. @throws ValueError as in {@link precisionScore} */
export function recallScore(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions): number {
  return ratioScore(yTrue, yPred, options, recall);
}

/** 2 tp / (2 tp + fp + fn), averaged as in {@link precisionScore}. @throws ValueError as in {@link precisionScore} */
export function f1Score(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions): number {
  return ratioScore(yTrue, yPred, options, f1);
}

/**
 * Mean of -ln(p), where p is the probability of the row's true class, clipped to [eps, 1 - eps].
 * As in scikit-learn, rows of `proba` that do not sum to 1 are not rescaled. NaN if such a p is NaN.
 * @param proba shape `(nSamples, nClasses)`
 * @throws ValueError if a label is not one of `classes`, or if the shapes do not match
 */
export function logLoss(yTrue: LabelColumn, proba: Matrix, classes: LabelOptions['classes']): number {
  const codeOf = codesOfClasses(classes);
  checkProba(yTrue.length, proba, classes.length);
  const codes = encode(yTrue, codeOf);
  if (codeOf.size > classes.length) {
    throw new ValueError(
      'yTrue contains labels that are not among the classes: log_loss is not defined for them.',
    );
  }
  return meanLogLoss(codes, proba);
}

/**
 * Area under the ROC curve: of `positive` for two classes, else one-vs-one over the classes that occur. Each pair of
 * classes is weighted by its share of the rows (Hand & Till 2001).
 * @param proba shape `(nSamples, nClasses)`
 * @returns NaN if it is undefined: `yTrue` has only one class, or a label that is not one of `classes`
 * @throws ValueError if the shapes do not match, or if `positive` is not one of the classes
 */
export function rocAucScore(
  yTrue: LabelColumn,
  proba: Matrix,
  classes: LabelOptions['classes'],
  positive?: number | string,
): number {
  const codeOf = codesOfClasses(classes);
  checkProba(yTrue.length, proba, classes.length);
  const positiveCode = codeOfPositive({ classes, positive }, codeOf);
  return rocAuc(encode(yTrue, codeOf), proba, positiveCode);
}

/**
 * Computes all metrics of one set of rows.
 * A row whose true label is not one of `classes` (because no training row has that label) counts as a wrong
 * prediction. Such a row makes log_loss and roc_auc undefined.
 * @throws ValueError for wrong shapes and classes, as the single metrics
 */
export function classificationMetrics(result: ClassificationResult): ClassificationMetrics {
  const { yTrue, yPred, proba, classes } = result;
  const codeOf = codesOfClasses(classes);
  checkLengths(yTrue.length, yPred.length);
  checkProba(yTrue.length, proba, classes.length);
  const positiveCode = codeOfPositive(result, codeOf);
  const trueCodes = encode(yTrue, codeOf);
  const predictedCodes = encode(yPred, codeOf);
  return codedMetrics({
    trueCodes,
    predictedCodes,
    proba,
    nClasses: classes.length,
    positiveCode,
    nLabels: codeOf.size,
  });
}

function checkLengths(nTrue: number, nOther: number): void {
  if (nTrue === 0) throw new ValueError('A metric needs at least one row.');
  if (nTrue !== nOther)
    throw new ValueError(
      `yTrue has ${nTrue} rows, but the predictions have ${nOther}: the lengths must be equal.`,
    );
}

function checkProba(nTrue: number, proba: Matrix, nClasses: number): void {
  checkLengths(nTrue, proba.nSamples);
  if (proba.nFeatures !== nClasses) {
    throw new ValueError(
      `proba has ${proba.nFeatures} columns for ${nClasses} classes: it needs one column for each class.`,
    );
  }
}

/** Maps each class to its column. @throws ValueError if there are fewer than two classes or a class occurs twice */
function codesOfClasses(classes: LabelOptions['classes']): Map<number | string, number> {
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  if (classes.length < 2) throw new ValueError(`There must be at least two classes, not ${classes.length}.`);
  if (codeOf.size < classes.length) throw new ValueError('classes contains a label twice: remove one.');
  return codeOf;
}

/** @throws ValueError if there are two classes and `positive` is neither */
function codeOfPositive({ classes, positive }: LabelOptions, codeOf: Map<number | string, number>): number {
  if (classes.length > 2 || positive === undefined) return 1;
  const code = codeOf.get(positive);
  if (code === undefined) throw new ValueError(`positive=${positive} is not one of the classes.`);
  return code;
}

/** Encodes labels as small numbers. A new label gets the next number. */
function encode(labels: LabelColumn, codeOf: Map<number | string, number>): Int32Array {
  const codes = new Int32Array(labels.length);
  for (let i = 0; i < codes.length; i++) {
    const label = labels[i]!;
    let code = codeOf.get(label);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(label, code);
    }
    codes[i] = code;
  }
  return codes;
}

function ratioScore(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions, ratio: Ratio): number {
  const codeOf = codesOfClasses(options.classes);
  checkLengths(yTrue.length, yPred.length);
  const positiveCode = codeOfPositive(options, codeOf);
  const trueCodes = encode(yTrue, codeOf);
  const counts = countLabels(trueCodes, encode(yPred, codeOf), codeOf.size);
  return averageOf(options.classes.length, positiveCode)(counts, ratio).value;
}

export type { MetricSet } from '../values/metrics.ts';
