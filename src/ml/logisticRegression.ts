import type { LogisticRegressionState, SolverName } from '../values/pipelineState.ts';
import type { LossPoint } from '../values/result.ts';
import type { Warning } from '../values/warning.ts';
import { type Design, toDesign } from './design.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { Classifier, ClassifierFitOptions, CodedPrediction, Input, Params } from './estimator.ts';
import { encodeLabels } from './labelEncoding.ts';
import type { Classes, EncodedLabels, Labels } from './labels.ts';
import { checkFeatureCount, type Matrix } from './matrix.ts';
import { accuracyScore } from './metrics.ts';
import { classesByScore, probabilities } from './scores.ts';
import { type Codes, type Solution, solve, solveTogether } from './solvers/solve.ts';

export interface LogisticRegressionOptions {
  /** Inverse of the penalty's strength, above 0. Infinity: no penalty. gradient-descent ignores it. */
  readonly C?: number;
  /** The fit has converged when the gradient's largest component is at most this. */
  readonly tol?: number;
  readonly maxIter?: number;
  readonly solver?: SolverName;
  /** `balanced` weights a row by `nSamples / (nClasses * rows of its class)`. gradient-descent ignores it. */
  readonly classWeight?: 'balanced' | null;
}

const SOLVERS: readonly SolverName[] = ['lbfgs', 'newton-cholesky', 'gradient-descent'];

/**
 * Logistic regression with an L2 penalty: scikit-learn's `LogisticRegression` with the same names, defaults and
 * numbers.
 * It minimises
 *
 *     C * sum_i s_i loss(y_i, w'x_i + b) + ||w||^2 / 2
 *
 * The loss is the log loss, binomial for two classes and multinomial (softmax) for more. s_i are row weights. The
 * intercept b is not penalised. If C is Infinity, nothing is penalised.
 */
export class LogisticRegression implements Classifier {
  readonly #params: LogisticRegressionState['params'];
  #fitted: LogisticRegressionState['fitted'] | undefined;
  #losses: readonly LossPoint[] | undefined;

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
   * Fits the coefficients. A fit that does not converge is not an error: see `converged_` and `fitWarnings_`.
   * @param X shape `(nSamples, nFeatures)`
   * @param y nSamples labels, whole numbers or text; or their codes, if every class occurs
   * @throws ValueError if an option is wrong; if X is empty, ragged or not finite; if the labels are mixed, not
   *   whole, of one class only, or not one a row
   */
  fit(X: Input, y: Classes, options: ClassifierFitOptions = {}): this {
    checkParams(this.#params);
    const design = toDesign(X);
    const encoded = encodeClasses(y, design.nSamples);
    this.#keep(solve(design, codesOf(encoded), this.#params), design, encoded, options);
    return this;
  }

  /**
   * Fits several models to the same rows, in shared passes. Each gets the numbers that `fit` would give it.
   * @param models of solver lbfgs and of one class weight
   * @throws ValueError as `fit`, and for other models
   */
  static fitTogether(
    models: readonly LogisticRegression[],
    X: Input,
    y: Classes,
    options: ClassifierFitOptions = {},
  ): void {
    const all = models.map((model) => model.#params);
    all.forEach(checkParams);
    if (all.some(({ solver, classWeight }) => solver !== 'lbfgs' || classWeight !== all[0]!.classWeight)) {
      throw new ValueError(
        'Models that are fitted together must have the solver lbfgs and one class weight.',
      );
    }
    const design = toDesign(X);
    const encoded = encodeClasses(y, design.nSamples);
    const solutions = solveTogether(design, codesOf(encoded), all);
    for (const [index, model] of models.entries()) model.#keep(solutions[index]!, design, encoded, options);
  }

  #keep(
    { rows, losses, ...outcome }: Solution,
    { nFeatures }: Design,
    { classes, dtype }: EncodedLabels,
    { classesDtype = dtype }: ClassifierFitOptions,
  ): void {
    this.#fitted = {
      nFeaturesIn: nFeatures,
      classes,
      classesDtype,
      coef: rows.map((row) => row.slice(0, -1)),
      intercept: rows.map((row) => row.at(-1)!),
      ...outcome,
    };
    this.#losses = losses;
  }

  /**
   * Returns the raw scores `X w + b`.
   * @param X shape `(nSamples, nFeatures)`
   * @returns shape `(nSamples, nClasses)`; for two classes `(nSamples, 1)`, where a score above 0 means the second
   *   class
   * @throws NotFittedError
   * @throws ValueError if X does not have the features of the fit
   */
  decisionFunction(X: Input): Matrix {
    const design = this.#toDesign(X);
    const columns = design.linearPredictor(this.#parameters());
    return { nSamples: design.nSamples, nFeatures: columns.length, columns };
  }

  /** Predicts for each row the class with the highest score. Arguments and errors as for `decisionFunction`. */
  predict(X: Input): (number | string)[] {
    const { classes } = this.#requireFitted();
    return Array.from(classesByScore(this.decisionFunction(X)), (code) => classes[code]!);
  }

  /**
   * Returns probabilities: the logistic function of the score for two classes, the softmax of the scores for more.
   * @param X shape `(nSamples, nFeatures)`
   * @returns shape `(nSamples, nClasses)`, columns in the order of `classes_`
   * @throws as `decisionFunction`
   */
  predictProba(X: Input): Matrix {
    return probabilities(this.decisionFunction(X));
  }

  /**
   * Returns class codes and probabilities, the input of `codedMetrics`, in one pass and with little memory.
   * For two classes `proba` has only the second class's column. Arguments and errors as for `decisionFunction`.
   * @throws ValueError also if a score is not a number, because no metric can be computed then
   */
  predictCoded(X: Input): CodedPrediction {
    const { classes } = this.#requireFitted();
    if (classes.length > 2) {
      const scores = this.decisionFunction(X);
      return { codes: classesByScore(scores), proba: checkProba(probabilities(scores)) };
    }
    const design = this.#toDesign(X);
    const { codes, proba } = design.classify(this.#parameters());
    return { codes, proba: checkProba({ nSamples: design.nSamples, nFeatures: 1, columns: [proba] }) };
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

  /** Shape `(nClasses, nFeatures)`. For two classes `(1, nFeatures)`, the coefficients of the second class. */
  get coef_(): readonly (readonly number[])[] {
    return this.#requireFitted().coef;
  }

  /** One intercept for each row of `coef_`. */
  get intercept_(): readonly number[] {
    return this.#requireFitted().intercept;
  }

  /** Number of iterations. scikit-learn stores it in an array of length 1. */
  get nIter_(): number {
    return this.#requireFitted().nIter;
  }

  /** Whether the solver's own convergence test was met. */
  get converged_(): boolean {
    return this.#requireFitted().converged;
  }

  /** Warnings that scikit-learn would give, and options that had no effect. */
  get fitWarnings_(): readonly Warning[] {
    return this.#requireFitted().warnings ?? [];
  }

  /**
   * The mean log loss plus `||w||^2 / (2 C sum_i s_i)` by iteration, thinned. Missing for gradient-descent and for a
   * model from a state, which does not keep the losses.
   */
  get losses_(): readonly LossPoint[] | undefined {
    return this.#losses;
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

  /** Coefficients and intercept of each output, one output after the other. */
  #parameters(): Float64Array {
    const { coef, intercept } = this.#requireFitted();
    return Float64Array.from(coef.flatMap((row, k) => [...row, intercept[k]!]));
  }

  #requireFitted(): LogisticRegressionState['fitted'] {
    if (this.#fitted === undefined) throw new NotFittedError('LogisticRegression');
    return this.#fitted;
  }
}

/** Finds scores of Infinity - Infinity: finite values can be so large that their products are not finite. */
function checkProba(proba: Matrix): Matrix {
  for (const column of proba.columns) {
    for (let row = 0; row < column.length; row++) {
      if (Number.isNaN(column[row])) {
        throw new ValueError(`The score of row ${row} is not a number: its values are too large.`, { row });
      }
    }
  }
  return proba;
}

function checkParams({ C, tol, maxIter, solver, classWeight }: LogisticRegressionState['params']): void {
  check(C > 0, 'C', 'a number above 0, or Infinity', C);
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

function codesOf({ codes, classes }: EncodedLabels): Codes {
  return { codes, nClasses: classes.length };
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
    throw new ValueError('Unknown label type: continuous. Classes must be whole numbers or text.');
  }
  if (encoded.classes.length < 2) {
    throw new ValueError(
      `This solver needs samples of at least 2 classes in the data, but the data contains only one class: ${encoded.classes[0]}.`,
    );
  }
  return encoded;
}
