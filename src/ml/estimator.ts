import type { ClassesDtype } from '../values/dataset.ts';
import type { Frame } from './frame.ts';
import type { ClassCodes, Classes, Labels } from './labels.ts';
import type { Matrix, MatrixLike } from './matrix.ts';

/** A value that a hyper-parameter can have. */
export type ParamValue = number | string | boolean | null | readonly number[];
export type Params = Readonly<Record<string, ParamValue>>;
/** What estimators learn from and work on: dense numbers, or columns of numbers and text. */
export type Input = MatrixLike | Frame;

/** A transformation gives back what it was given: of a frame a frame, of dense numbers a matrix. */
export type Transformed<X extends Input> = X extends Frame ? Frame : Matrix;

/** scikit-learn's contract: a constructor stores options and checks nothing; `fit` checks; a second fit forgets the first. */
export interface Estimator {
  /** The constructor's options by name; those of a pipeline's steps as `step__param`. */
  getParams(): Params;
}

export interface Transformer extends Estimator {
  fit(X: Input, y?: Classes): this;
  transform<X extends Input>(X: X): Transformed<X>;
}

/** What a classifier can be told of its labels, beside the labels. */
export interface ClassifierFitOptions {
  /** NumPy's dtype of the labels where they do not show it: `float64` for a column that reads 1.0, 2.0. */
  readonly classesDtype?: ClassesDtype;
}

/** Predictions by number: of `classes_` the place of each row's, and the classes' probabilities. */
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
  /** Classes by number and probabilities together; of two classes the second's probabilities alone. */
  predictCoded(X: Input): CodedPrediction;
  /** Share of the rows whose label is predicted right. */
  score(X: Input, y: Labels): number;
  /** The labels, sorted. */
  readonly classes_: readonly (number | string)[];
}
