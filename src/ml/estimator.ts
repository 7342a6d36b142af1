import type { ClassesDtype } from '../values/dataset.ts';
import type { Frame } from './frame.ts';
import type { ClassCodes, Classes, Labels } from './labels.ts';
import type { Matrix, MatrixLike } from './matrix.ts';

/** A value that a hyper-parameter can have. */
export type ParamValue = number | string | boolean | null | readonly number[];
export type Params = Readonly<Record<string, ParamValue>>;
/** Input of estimators: dense numbers, or columns of numbers and text. */
export type Input = MatrixLike | Frame;

/** A transformation returns a frame for a frame, and a matrix for dense numbers. */
export type Transformed<X extends Input> = X extends Frame ? Frame : Matrix;

/**
 * An estimator with scikit-learn's contract: the constructor stores options unchecked, `fit` checks them, and a
 * second fit replaces the first.
 */
export interface Estimator {
  /** Returns the constructor's options by name. A pipeline names the options of its steps `step__param`. */
  getParams(): Params;
}

export interface Transformer extends Estimator {
  fit(X: Input, y?: Classes): this;
  transform<X extends Input>(X: X): Transformed<X>;
}

/** What a classifier can learn about the labels besides their values. */
export interface ClassifierFitOptions {
  /** NumPy's dtype of the labels, if the values do not show it. Example: `float64` for a column with 1.0, 2.0. */
  readonly classesDtype?: ClassesDtype;
}

/** Predicted classes as indices into `classes_`, with the probabilities of the classes. */
export interface CodedPrediction {
  readonly codes: ClassCodes;
  readonly proba: Matrix;
}

export interface Classifier extends Estimator {
  fit(X: Input, y: Classes, options?: ClassifierFitOptions): this;
  /** One label a row. */
  predict(X: Input): (number | string)[];
  /** Shape `(nSamples, nClasses)`, columns in the order of `classes_`. */
  predictProba(X: Input): Matrix;
  /** Returns class codes and probabilities together. For two classes, `proba` has only the second class. */
  predictCoded(X: Input): CodedPrediction;
  /** Returns the share of rows whose label is predicted correctly. */
  score(X: Input, y: Labels): number;
  /** The labels, sorted. */
  readonly classes_: readonly (number | string)[];
}
