import type { LogisticRegressionState, SolverName } from '../values/pipelineState.ts';
import type { Warning } from '../values/warning.ts';
import { type Design, toDesign } from './design.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { Classifier, ClassifierFitOptions, CodedPrediction, Input, Params } from './estimator.ts';
import { encodeLabels } from './labelEncoding.ts';
import type { Classes, EncodedLabels, Labels } from './labels.ts';
import { checkFeatureCount, type Matrix } from './matrix.ts';
import { accuracyScore } from './metrics.ts';
import { classesByScore, probabilities } from './scores.ts';
import { solve } from './solvers/solve.ts';

export interface LogisticRegressionOptions {
  /** Inverse of the penalty's strength, above 0. Unknown to gradient-descent. */
  readonly C?: number;
  /** Size of the gradient's largest part at which the fit has converged. */
  readonly tol?: number;
  readonly maxIter?: number;
  readonly solver?: SolverName;
  /** `balanced` weighs a row by `nSamples / (nClasses * rows of its class)`. Unknown to gradient-descent. */
  readonly classWeight?: 'balanced' | null;
}

const SOLVERS: readonly SolverName[] = ['lbfgs', 'newton-cholesky', 'gradient-descent'];

/**
 * Logistic regression with an L2 penalty, scikit-learn's `LogisticRegression`: its names, its defaults, its numbers.
 * It minimises
 *
 *     C * sum_i s_i loss(y_i, w'x_i + b) + ||w||^2 / 2
 *
 * with the log loss, binomial for two classes and multinomial (softmax) for more, row weights s_i and an intercept b
 * that is not penalised.
 */
export class LogisticRegression implements Classifier {
  readonly #params: LogisticRegressionState['params'];
  #fitted: LogisticRegressionState['fitted'] | undefined;

  constructor(options: LogisticRegressionOptions = {}) {
    const { C = 1, tol = 1e-4, maxIter = 100, solver = 'lbfgs', classWeight = null } = options;
    this.#params = { C, tol, maxIter, solver, classWeight };
  }

  static fromState({ params, fitted }: LogisticRegressionState): LogisticRegression {
    const model = new LogisticRegression(params);
    model.#fitted = structuredClone(fitted);
    return model;
  }

  /**
   * Not converging is no error: `converged_` tells it, and `fitWarnings_`.
   * @param X shape `(nSamples, nFeatures)`
   * @param y nSamples labels: whole numbers, or text; or their codes, where each of the classes occurs
   * @throws ValueError where an option is wrong, where X is empty, ragged or not finite, where labels are not one a
   *   row, of one class only, not whole, or mixed
   */
  fit(X: Input, y: Classes, options: ClassifierFitOptions = {}): this {
    checkParams(this.#params);
    const design = toDesign(X);
    const { classes, dtype, codes } = encodeClasses(y, design.nSamples);
    const { rows, ...outcome } = solve(design, { codes, nClasses: classes.length }, this.#params);
    this.#fitted = {
      nFeaturesIn: design.nFeatures,
      classes,
      classesDtype: options.classesDtype ?? dtype,
      coef: rows.map((row) => row.slice(0, -1)),
      intercept: rows.map((row) => row.at(-1)!),
      ...outcome,
    };
    return this;
  }

  /**
   * Raw scores `X w + b`.
   * @param X shape `(nSamples, nFeatures)`
   * @returns shape `(nSamples, nClasses)`, or `(nSamples, 1)` for two classes, where above 0 speaks for the second
   * @throws NotFittedError, ValueError where X does not have the features of the fit
   */
  decisionFunction(X: Input): Matrix {
    const design = this.#toDesign(X);
    const columns = design.linearPredictor(this.#parameters());
    return { nSamples: design.nSamples, nFeatures: columns.length, columns };
  }

  /** The class of the highest score, one a row. Arguments and errors as for `decisionFunction`. */
  predict(X: Input): (number | string)[] {
    const { classes } = this.#requireFitted();
    return Array.from(classesByScore(this.decisionFunction(X)), (code) => classes[code]!);
  }

  /**
   * Probabilities: the logistic function of the score, for more than two classes the softmax of the scores.
   * @param X shape `(nSamples, nFeatures)`
   * @returns shape `(nSamples, nClasses)`, columns in the order of `classes_`
   * @throws as `decisionFunction`
   */
  predictProba(X: Input): Matrix {
    return probabilities(this.decisionFunction(X));
  }

  /**
   * Classes by number and probabilities together, in one pass over the rows and in little room: what `codedMetrics` takes.
   * Of two classes `proba` has the second's column alone. Arguments and errors as for `decisionFunction`.
   */
  predictCoded(X: Input): CodedPrediction {
    const { classes } = this.#requireFitted();
    if (classes.length > 2) {
      const scores = this.decisionFunction(X);
      return { codes: classesByScore(scores), proba: probabilities(scores) };
    }
    const design = this.#toDesign(X);
    const { codes, proba } = design.classify(this.#parameters());
    return { codes, proba: { nSamples: design.nSamples, nFeatures: 1, columns: [proba] } };
  }

  /** Mean accuracy. @throws as `decisionFunction` */
  score(X: Input, y: Labels): number {
    return accuracyScore(y, this.predict(X));
  }

  getParams(): Params {
    return { ...this.#params };
  }

  toState(): LogisticRegressionState {
    return structuredClone({
      estimator: 'LogisticRegression',
      params: this.#params,
      fitted: this.#requireFitted(),
    });
  }

  /** The labels, sorted: numbers by value, text by code point. */
  get classes_(): readonly (number | string)[] {
    return this.#requireFitted().classes;
  }

  /** Shape `(nClasses, nFeatures)`, or `(1, nFeatures)` for two classes: then of the second. */
  get coef_(): readonly (readonly number[])[] {
    return this.#requireFitted().coef;
  }

  /** One a row of `coef_`. */
  get intercept_(): readonly number[] {
    return this.#requireFitted().intercept;
  }

  /** Iterations taken. scikit-learn keeps it in an array of one. */
  get nIter_(): number {
    return this.#requireFitted().nIter;
  }

  /** Whether the solver's own test of convergence was met. */
  get converged_(): boolean {
    return this.#requireFitted().converged;
  }

  /** What scikit-learn would warn of, and options that had no effect. */
  get fitWarnings_(): readonly Warning[] {
    return this.#requireFitted().warnings ?? [];
  }

  get nFeaturesIn_(): number {
    return this.#requireFitted().nFeaturesIn;
  }

  #toDesign(X: Input): Design {
    const { nFeaturesIn } = this.#requireFitted();
    const design = toDesign(X);
    checkFeatureCount(design, nFeaturesIn, 'LogisticRegression');
    return design;
  }

  /** Coefficients and intercept, output after output. */
  #parameters(): Float64Array {
    const { coef, intercept } = this.#requireFitted();
    return Float64Array.from(coef.flatMap((row, k) => [...row, intercept[k]!]));
  }

  #requireFitted(): LogisticRegressionState['fitted'] {
    if (this.#fitted === undefined) throw new NotFittedError('LogisticRegression');
    return this.#fitted;
  }
}

function checkParams({ C, tol, maxIter, solver, classWeight }: LogisticRegressionState['params']): void {
  check(Number.isFinite(C) && C > 0, 'C', 'a finite number above 0', C);
  check(Number.isFinite(tol) && tol >= 0, 'tol', 'a finite number of 0 or more', tol);
  check(Number.isSafeInteger(maxIter) && maxIter >= 0, 'maxIter', 'a whole number of 0 or more', maxIter);
  check(SOLVERS.includes(solver), 'solver', `one of ${SOLVERS.join(', ')}`, solver);
  check(classWeight === null || classWeight === 'balanced', 'classWeight', "'balanced' or null", classWeight);
}

function check(isRight: boolean, name: string, wanted: string, value: unknown): void {
  if (isRight) return;
  throw new ValueError(
    `The '${name}' parameter of LogisticRegression must be ${wanted}. Got ${value} instead.`,
  );
}

function encodeClasses(y: Classes, nSamples: number): EncodedLabels {
  const nLabels = 'codes' in y ? y.codes.length : y.length;
  if (nLabels !== nSamples) {
    throw new ValueError(
      `Found input variables with inconsistent numbers of samples: [${nSamples}, ${nLabels}].`,
    );
  }
  const encoded = 'codes' in y ? y : encodeLabels(y);
  if (encoded.dtype === 'float64') {
    throw new ValueError(
      'Unknown label type: continuous. A classifier wants classes: whole numbers, or text.',
    );
  }
  if (encoded.classes.length < 2) {
    throw new ValueError(
      `This solver needs samples of at least 2 classes in the data, but the data contains only one class: ${encoded.classes[0]}.`,
    );
  }
  return encoded;
}
