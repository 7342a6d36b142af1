import OneAgainstRest from 'ml-logistic-regression';
import { Matrix as Table } from 'ml-matrix';
import type { ClassCodes } from '../labels.ts';
import type { Matrix } from '../matrix.ts';
import { maxAbs } from './kernels.ts';
import { LinearLoss } from './linearLoss.ts';
import { chunkLogLoss } from './lossSums.ts';
import { denseChunks } from './rowChunks.ts';

export interface GradientDescentOptions {
  readonly nClasses: number;
  /** Steps: all of them are taken, for the method has no stopping test. */
  readonly nSteps: number;
  /** Counts as converged where no part of the mean loss's gradient is larger in the end. */
  readonly gradientMax: number;
}

/** The logistic loss has no larger second derivative by its raw prediction. */
const CURVATURE_MAX = 0.25;

/**
 * Minimises the mean log loss by plain gradient descent from 0, one class against the rest each time. It is the package
 * ml-logistic-regression that does it, which knows neither intercept (here a column of ones) nor penalty nor weights.
 *
 * @returns parameters, one row `(nFeatures + 1)` an output, the intercept last: of class 1 alone where there are two
 *   classes, else of each class
 */
export function gradientDescent(
  matrix: Matrix,
  codes: ClassCodes,
  { nClasses, nSteps, gradientMax }: GradientDescentOptions,
): { readonly w: Float64Array; readonly converged: boolean } {
  const X = withOnes(matrix);
  const model = new OneAgainstRest({ numSteps: nSteps, learningRate: learningRate(X) });
  model.train(X, Table.columnVector(Array.from(codes)));

  // A classifier of the package scores the other classes' rows, not its own: with two classes the first one's weights
  // are thus those of class 1, else the signs are turned.
  const isBinary = nClasses === 2;
  const outputs = isBinary ? model.classifiers.slice(0, 1) : model.classifiers;
  const rows = outputs.map(({ weights }) =>
    Float64Array.from(weights.to1DArray(), (weight) => (isBinary ? weight : -weight)),
  );
  const w = new Float64Array(rows.length * X.columns);
  rows.forEach((row, k) => {
    w.set(row, k * X.columns);
  });
  const converged = rows.every((row, k) => steepness(matrix, codes, isBinary ? 1 : k, row) <= gradientMax);
  return { w, converged };
}

function withOnes({ columns, nSamples, nFeatures }: Matrix): Table {
  const X = new Table(nSamples, nFeatures + 1);
  columns.forEach((column, j) => {
    for (let i = 0; i < nSamples; i++) X.set(i, j, column[i]!);
  });
  for (let i = 0; i < nSamples; i++) X.set(i, nFeatures, 1);
  return X;
}

/**
 * The longest step that is sure to lead down, whatever the data: 1 over a bound of the loss's curvature in any
 * direction, `CURVATURE_MAX` times the mean squared length of a row. The package multiplies it by the gradient's sum
 * over the rows, not its mean: hence it is divided by the number of rows, which turns the mean here into a sum.
 */
function learningRate(X: Table): number {
  let sumOfSquares = 0;
  for (const value of X.values()) sumOfSquares += value * value;
  return 1 / (CURVATURE_MAX * sumOfSquares);
}

/** Largest part of the mean loss's gradient, for one class against the rest. */
function steepness(matrix: Matrix, codes: ClassCodes, ofClass: number, w: Float64Array): number {
  const isOfClass = codes.map((code) => (code === ofClass ? 1 : 0));
  const rows = { codes: isOfClass, classWeights: new Float64Array([1, 1]) };
  const gradient = new Float64Array(w.length);
  new LinearLoss(chunkLogLoss(denseChunks(matrix), rows), 0).lossGradient(w, gradient);
  return maxAbs(gradient);
}
