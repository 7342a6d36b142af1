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

/** One label a row. A number and its text are different labels. */
type LabelColumn = ArrayLike<number | string>;

interface LabelOptions {
  /** The classifier's `classes_`: two or more. */
  readonly classes: readonly (number | string)[];
  /** Of two classes the one that the scores are of; `classes[1]` if not given. Without meaning for more classes. */
  readonly positive?: number | string | undefined;
}

interface ClassificationResult extends LabelOptions {
  readonly yTrue: LabelColumn;
  readonly yPred: LabelColumn;
  /** Shape `(nSamples, nClasses)`, columns in the order of `classes`. */
  readonly proba: Matrix;
}

/** Rows that agree, by row count. @throws ValueError for no rows, or columns of different length */
export function accuracyScore(yTrue: LabelColumn, yPred: LabelColumn): number {
  checkLengths(yTrue.length, yPred.length);
  let nEqual = 0;
  for (let i = 0; i < yTrue.length; i++) if (yTrue[i] === yPred[i]) nEqual++;
  return nEqual / yTrue.length;
}

/**
 * tp / (tp + fp): of the positive class if there are two, else the mean over the classes, each weighted by its
 * rows in `yTrue`. 0 where nothing is predicted (`zero_division=0`).
 * @throws ValueError for fewer than two classes, an unknown `positive`, no rows, or columns of different length
 */
export function precisionScore(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions): number {
  return ratioScore(yTrue, yPred, options, precision);
}

/** tp / (tp + fn), averaged as in {@link precisionScore}. @throws ValueError as there */
export function recallScore(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions): number {
  return ratioScore(yTrue, yPred, options, recall);
}

/** 2 tp / (2 tp + fp + fn), averaged as in {@link precisionScore}. @throws ValueError as there */
export function f1Score(yTrue: LabelColumn, yPred: LabelColumn, options: LabelOptions): number {
  return ratioScore(yTrue, yPred, options, f1);
}

/**
 * Mean of -ln(p), p being the probability of the row's true class, clipped to [eps, 1 - eps]. Rows of `proba` that
 * do not sum to 1 are not rescaled; scikit-learn does not either. NaN if such a p is NaN.
 * @param proba shape `(nSamples, nClasses)`
 * @throws ValueError for a label that is none of `classes`, and where the shapes do not agree
 */
export function logLoss(yTrue: LabelColumn, proba: Matrix, classes: LabelOptions['classes']): number {
  const codeOf = codesOfClasses(classes);
  checkProba(yTrue.length, proba, classes.length);
  const codes = encode(yTrue, codeOf);
  if (codeOf.size > classes.length) {
    throw new ValueError(
      'yTrue contains labels that are none of the classes: log_loss is not defined for them.',
    );
  }
  return meanLogLoss(codes, proba);
}

/**
 * Area under the ROC curve: of `positive` for two classes, else one-vs-one over the classes that occur, each
 * pair weighted by its share of the rows (Hand & Till 2001).
 * @param proba shape `(nSamples, nClasses)`
 * @returns NaN where it is undefined: one class only in `yTrue`, or a label that is none of `classes`
 * @throws ValueError where the shapes do not agree, or `positive` is none of the classes
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
 * All metrics of one set of rows. A row whose true label is none of `classes` (it was not among the training
 * rows) counts as a wrong prediction, and leaves log_loss and roc_auc undefined.
 * @throws ValueError as the single metrics do for shapes and classes
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
    throw new ValueError(`yTrue has ${nTrue} rows, and what it is compared with ${nOther}.`);
}

function checkProba(nTrue: number, proba: Matrix, nClasses: number): void {
  checkLengths(nTrue, proba.nSamples);
  if (proba.nFeatures !== nClasses) {
    throw new ValueError(`proba has ${proba.nFeatures} columns for ${nClasses} classes.`);
  }
}

/** Each class by its column. @throws ValueError for fewer than two, or one that is there twice */
function codesOfClasses(classes: LabelOptions['classes']): Map<number | string, number> {
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  if (classes.length < 2) throw new ValueError(`classes must be at least two, not ${classes.length}.`);
  if (codeOf.size < classes.length) throw new ValueError('classes contains a label twice.');
  return codeOf;
}

/** @throws ValueError if there are two classes and `positive` is neither */
function codeOfPositive({ classes, positive }: LabelOptions, codeOf: Map<number | string, number>): number {
  if (classes.length > 2 || positive === undefined) return 1;
  const code = codeOf.get(positive);
  if (code === undefined) throw new ValueError(`positive=${positive} is none of the classes.`);
  return code;
}

/** Labels as small numbers. A label that is not known yet is given the next one. */
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
