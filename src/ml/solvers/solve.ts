import { ValueError } from '../errors.ts';
import type { Matrix } from '../matrix.ts';
import type { FitWarning, LogisticRegressionState } from '../state.ts';
import { gradientDescent } from './gradientDescent.ts';
import { lbfgs } from './lbfgs.ts';
import { LinearLoss } from './linearLoss.ts';
import { newtonCholesky } from './newtonCholesky.ts';
import { HalfBinomialLoss, HalfMultinomialLoss } from './pointwiseLoss.ts';

type Params = LogisticRegressionState['params'];

/** Rows' classes, by number from 0. */
interface Codes {
  readonly codes: Int32Array;
  readonly nClasses: number;
}

export interface Solution {
  /** Coefficients and intercept, `nFeatures + 1` numbers; of class 1 alone where there are two classes, else of each. */
  readonly rows: readonly (readonly number[])[];
  readonly nIter: number;
  readonly converged: boolean;
  readonly warnings: readonly FitWarning[];
}

/** Square of it in doubles is the memory of newton-cholesky: 200 MB. */
const NEWTON_PARAMETERS_MAX = 5000;

/** Fits by the solver that `params` names. @throws ValueError where newton-cholesky would need too much memory */
export function solve(matrix: Matrix, classes: Codes, params: Params): Solution {
  if (params.solver === 'gradient-descent') return solveByGradientDescent(matrix, classes, params);

  const loss = logisticLoss(matrix, classes, params);
  const w = new Float64Array(loss.nParameters);
  const options = { gradientMax: params.tol, maxIter: params.maxIter };
  if (params.solver === 'lbfgs') {
    const { nIter, converged } = lbfgs((x, gradient) => loss.lossGradient(x, gradient), w, options);
    return solution(w, loss.outputLength, Math.min(nIter, params.maxIter), converged, params, []);
  }
  if (loss.nParameters > NEWTON_PARAMETERS_MAX) {
    throw new ValueError(
      `newton-cholesky takes at most ${NEWTON_PARAMETERS_MAX} parameters, and ${loss.nParameters} are asked for: use lbfgs.`,
    );
  }
  const { nIter, converged, fallback } = newtonCholesky(loss, w, options);
  const message = `newton-cholesky left the rest to lbfgs: ${fallback}.`;
  const warnings = fallback === undefined ? [] : [{ code: 'solver_fell_back', message }];
  return solution(w, loss.outputLength, nIter, converged, params, warnings);
}

function logisticLoss(matrix: Matrix, { codes, nClasses }: Codes, { C, classWeight }: Params): LinearLoss {
  const classWeights = new Float64Array(nClasses).fill(1);
  if (classWeight === 'balanced') {
    const counts = new Float64Array(nClasses);
    for (const code of codes) counts[code]!++;
    classWeights.set(counts.map((count) => codes.length / (nClasses * count)));
  }
  const rows = { codes, classWeights };
  const pointwise = nClasses === 2 ? new HalfBinomialLoss(rows) : new HalfMultinomialLoss(rows);
  return new LinearLoss(matrix, pointwise, 1 / (C * pointwise.weightSum));
}

function solveByGradientDescent(matrix: Matrix, { codes, nClasses }: Codes, params: Params): Solution {
  const { w, converged } = gradientDescent(matrix, codes, {
    nClasses,
    nSteps: params.maxIter,
    gradientMax: params.tol,
  });
  const warnings = [
    { code: 'c_without_effect', message: 'gradient-descent knows no penalty: C has no effect.' },
  ];
  if (params.classWeight !== null) {
    const message = 'gradient-descent knows no class weights: all rows count the same.';
    warnings.push({ code: 'class_weight_without_effect', message });
  }
  if (nClasses > 2) {
    const message =
      'gradient-descent fits each class against the rest: probabilities are the softmax of these scores.';
    warnings.push({ code: 'one_against_rest', message });
  }
  return solution(w, matrix.nFeatures + 1, params.maxIter, converged, params, warnings);
}

function solution(
  w: Float64Array,
  outputLength: number,
  nIter: number,
  converged: boolean,
  { solver, maxIter }: Params,
  warnings: readonly FitWarning[],
): Solution {
  const rows: number[][] = [];
  for (let at = 0; at < w.length; at += outputLength)
    rows.push(Array.from(w.subarray(at, at + outputLength)));
  if (converged) return { rows, nIter, converged, warnings };

  const reason = nIter >= maxIter ? `used up its ${maxIter} iterations` : 'found no better point';
  const message = `${solver} ${reason} before it converged: the coefficients are not final.`;
  return { rows, nIter, converged, warnings: [...warnings, { code: 'not_converged', message }] };
}
