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
  /** Number of steps. All are taken, because the method has no stopping test. */
  readonly nSteps: number;
  /** The fit counts as converged if no component of the mean loss's gradient is larger at the end. */
  readonly gradientMax: number;
  /** Is called before each step of each class. What it throws ends the fit. */
  readonly onStep?: () => void;
}

/** The package multiplies the features by the weights once a step, and calls nobody else. */
class Features extends Table {
  onStep: () => void = () => undefined;

  override mmul(other: Table): Table {
    this.onStep();
    return super.mmul(other);
  }
}

/** Largest second derivative of the logistic loss by its raw prediction. */
const CURVATURE_MAX = 0.25;

/**
 * Minimises the mean log loss by plain gradient descent from 0, each class against the rest.
 * The package ml-logistic-regression does the work. It has no intercept (here a column of ones), no penalty and no
 * weights.
 *
 * @returns parameters, one row of `nFeatures + 1` for each output, intercept last: only class 1 for two classes, else
 *   every class
 */
export function gradientDescent(
  matrix: Matrix,
  codes: ClassCodes,
  { nClasses, nSteps, gradientMax, onStep }: GradientDescentOptions,
): { readonly w: Float64Array; readonly converged: boolean } {
  const X = withOnes(matrix);
  if (onStep !== undefined) X.onStep = onStep;
  const model = new OneAgainstRest({ numSteps: nSteps, learningRate: learningRate(X) });
  model.train(X, Table.columnVector(Array.from(codes)));

  // A classifier of the package scores the rows of all other classes, not of its own class. For two classes, the
  // first classifier thus has the weights of class 1. For more classes, the signs are flipped.
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

function withOnes({ columns, nSamples, nFeatures }: Matrix): Features {
  const X = new Features(nSamples, nFeatures + 1);
  columns.forEach((column, j) => {
    for (let i = 0; i < nSamples; i++) X.set(i, j, column[i]!);
  });
  for (let i = 0; i < nSamples; i++) X.set(i, nFeatures, 1);
  return X;
}

/**
 * Returns the longest step that descends for any data.
 * The step is 1 over an upper bound of the loss's curvature: `CURVATURE_MAX` times the mean squared length of a row.
 * The package multiplies the step by the sum of the gradient over the rows, not by the mean. Dividing by the number
 * of rows corrects this and turns the mean here into a sum.
 */
function learningRate(X: Table): number {
  let sumOfSquares = 0;
  for (const value of X.values()) sumOfSquares += value * value;
  return 1 / (CURVATURE_MAX * sumOfSquares);
}

/** Largest component of the mean loss's gradient, for one class against the rest. */
function steepness(matrix: Matrix, codes: ClassCodes, ofClass: number, w: Float64Array): number {
  const isOfClass = codes.map((code) => (code === ofClass ? 1 : 0));
  const rows = { codes: isOfClass, classWeights: new Float64Array([1, 1]) };
  const gradient = new Float64Array(w.length);
  new LinearLoss(chunkLogLoss(denseChunks(matrix), rows), 0).lossGradient(w, gradient);
  return maxAbs(gradient);
}
