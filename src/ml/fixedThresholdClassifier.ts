import type { FixedThresholdClassifierState, PipelineState } from '../values/pipelineState.ts';
import { ValueError } from './errors.ts';
import type { Classifier, ClassifierFitOptions, CodedPrediction, Input, Params } from './estimator.ts';
import { encodeLabels } from './labelEncoding.ts';
import type { ClassCodes, Classes, Labels } from './labels.ts';
import { LogisticRegression } from './logisticRegression.ts';
import type { Matrix } from './matrix.ts';
import { accuracyScore } from './metrics.ts';

export interface FixedThresholdOptions {
  /** The least probability with which a row is of the positive class. */
  readonly threshold?: number;
  /** The positive class. Default: the larger of the two labels. */
  readonly posLabel?: number | string | null;
}

/**
 * Predicts the positive class from a threshold on: scikit-learn's `FixedThresholdClassifier` of a logistic regression,
 * with `response_method='predict_proba'`. Its default threshold, `'auto'`, is 0.5 here.
 *
 *     the positive class if P(positive class | x) >= threshold, else the other class
 *
 * Source: scikit-learn 1.9, `_threshold_scores_to_class_labels` in sklearn/metrics/_scorer.py.
 */
export class FixedThresholdClassifier implements Classifier {
  /** scikit-learn fits a clone, `estimator_`. Here, as in a pipeline, `fit` fits the estimator itself. */
  readonly estimator: LogisticRegression;
  readonly #params: FixedThresholdClassifierState['params'];

  /** @param options stored unchecked; `fit` checks them */
  constructor(
    estimator: LogisticRegression,
    { threshold = 0.5, posLabel = null }: FixedThresholdOptions = {},
  ) {
    this.estimator = estimator;
    this.#params = { threshold, posLabel };
  }

  static fromState({ params, classifier }: FixedThresholdClassifierState): FixedThresholdClassifier {
    return new FixedThresholdClassifier(LogisticRegression.fromState(classifier), params);
  }

  /**
   * Fits the estimator. Arguments as for the estimator.
   * @throws ValueError also if the threshold is not finite, if there are not two classes, or if `posLabel` is not one
   *   of them
   */
  fit(X: Input, y: Classes, options: ClassifierFitOptions = {}): this {
    this.checkedEstimator(y).fit(X, y, options);
    return this;
  }

  /**
   * Checks the options for these labels, and returns the estimator: once that is fitted, so is the classifier.
   * @throws ValueError as `fit`
   */
  checkedEstimator(y: Classes): LogisticRegression {
    const { threshold } = this.#params;
    if (!Number.isFinite(threshold)) {
      throw new ValueError(
        `The 'threshold' parameter of FixedThresholdClassifier must be a finite number. Got ${threshold} instead.`,
      );
    }
    const encoded = 'codes' in y ? y : encodeLabels(y);
    if (encoded.classes.length > 2) {
      throw new ValueError('Only binary classification is supported. Unknown label type: multiclass.');
    }
    // A single class is for the estimator to reject.
    if (encoded.classes.length === 2) this.#positiveOf(encoded.classes);
    return this.estimator;
  }

  /** Returns the estimator's raw scores. Arguments and errors as for `predictProba`. */
  decisionFunction(X: Input): Matrix {
    return this.estimator.decisionFunction(X);
  }

  /** Predicts for each row the positive class from the threshold on. Arguments and errors as for `predictProba`. */
  predict(X: Input): (number | string)[] {
    const { classes_: classes } = this;
    return Array.from(this.predictCoded(X).codes, (code) => classes[code]!);
  }

  /**
   * Returns the estimator's probabilities.
   * @param X shape `(nSamples, nFeatures)`
   * @returns shape `(nSamples, 2)`, columns in the order of `classes_`
   * @throws NotFittedError
   * @throws ValueError if X does not have the features of the fit
   */
  predictProba(X: Input): Matrix {
    return this.estimator.predictProba(X);
  }

  /** Returns class codes and the probability of the second class. Arguments and errors as for `predictProba`. */
  predictCoded(X: Input): CodedPrediction {
    const prediction = this.estimator.predictCoded(X);
    const ofSecond = prediction.proba.columns[0]!;
    // The codes stay where they lie: they are measured there.
    codeByThreshold(prediction.codes, ofSecond, this.#params.threshold, this.#positiveOf(this.classes_));
    return prediction;
  }

  /** Mean accuracy. @throws as `predictProba` */
  score(X: Input, y: Labels): number {
    return accuracyScore(y, this.predict(X));
  }

  /** Returns the options, and those of the estimator as `estimator__param`. */
  getParams(): Params {
    const inner = Object.entries(this.estimator.getParams());
    return {
      ...this.#params,
      ...Object.fromEntries(inner.map(([name, value]) => [`estimator__${name}`, value])),
    };
  }

  /** @throws NotFittedError */
  toState(): FixedThresholdClassifierState {
    return {
      estimator: 'FixedThresholdClassifier',
      params: { ...this.#params },
      classifier: this.estimator.toState(),
    };
  }

  /** The two labels, sorted. @throws NotFittedError */
  get classes_(): readonly (number | string)[] {
    return this.estimator.classes_;
  }

  get nFeaturesIn_(): number {
    return this.estimator.nFeaturesIn_;
  }

  /** @returns index of the positive class */
  #positiveOf(classes: readonly (number | string)[]): number {
    const { posLabel } = this.#params;
    const positive = posLabel === null ? 1 : classes.indexOf(posLabel);
    if (positive >= 0) return positive;
    throw new ValueError(`pos_label=${posLabel} is not a valid label: It should be one of ${classes}.`);
  }
}

/**
 * Gives each row the code of the positive class if its probability is the threshold or more, else the other code.
 * @param ofSecond probabilities of the second class
 * @param positive code of the positive class; scikit-learn's probability of the first class is `1 - ofSecond`
 */
function codeByThreshold(
  codes: ClassCodes,
  ofSecond: Float64Array,
  threshold: number,
  positive: number,
): void {
  for (let i = 0; i < codes.length; i++) {
    const score = positive === 1 ? ofSecond[i]! : 1 - ofSecond[i]!;
    codes[i] = score >= threshold ? positive : 1 - positive;
  }
}

/**
 * Returns a pipeline that ends in a regression with a threshold around the regression.
 * @throws TypeError if the pipeline ends in another estimator, if there are not two classes, or if `posLabel` is not one of
 *   them
 */
export function withThreshold(
  pipeline: PipelineState,
  params: FixedThresholdClassifierState['params'],
): PipelineState {
  const last = pipeline.steps.at(-1);
  if (last?.[1].estimator !== 'LogisticRegression') {
    throw new TypeError('Only a pipeline that ends in a logistic regression can get a threshold.');
  }
  const [name, classifier] = last;
  const { classes } = classifier.fitted;
  if (classes.length !== 2) throw new TypeError('Only two classes can have a threshold.');
  if (params.posLabel !== null && !classes.includes(params.posLabel)) {
    throw new TypeError(`The positive class ${params.posLabel} is not one of ${classes}.`);
  }
  const step = [name, { estimator: 'FixedThresholdClassifier', params, classifier }] as const;
  return { ...pipeline, steps: [...pipeline.steps.slice(0, -1), step] };
}
