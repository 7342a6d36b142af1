import type { LogisticRegressionState } from '../../values/pipelineState.ts';
import type { LossPoint } from '../../values/result.ts';
import type { Warning } from '../../values/warning.ts';
import type { Design } from '../design.ts';
import { ValueError } from '../errors.ts';
import type { ClassCodes } from '../labels.ts';
import { gradientDescent } from './gradientDescent.ts';
import { lbfgsTogether, minimise } from './lbfgs.ts';
import { LinearLoss } from './linearLoss.ts';
import { LossTrace } from './lossTrace.ts';
import { newtonCholesky } from './newtonCholesky.ts';
import { separates } from './separates.ts';
import type { LossSums, OnIteration, WeightedCodes } from './types.ts';

type Params = LogisticRegressionState['params'];
type Watched = Pick<Design, 'iterated'>;

/** Class codes of the rows, from 0. */
export interface Codes {
  readonly codes: ClassCodes;
  readonly nClasses: number;
}

export interface Solution {
  /**
   * Coefficients and intercept, `nFeatures + 1` numbers a row. One row of class 1 for two classes, else a row for
   * each class.
   */
  readonly rows: readonly (readonly number[])[];
  readonly nIter: number;
  readonly converged: boolean;
  readonly warnings: readonly Warning[];
  /** Value of the objective by iteration; missing if the solver does not know the value. */
  readonly losses?: readonly LossPoint[];
}

/** Most parameters of newton-cholesky. Their square in doubles takes 200 MB. */
const NEWTON_PARAMETERS_MAX = 5000;

/** Most cells for gradient-descent: the package's matrix and ours take 16 bytes a cell. */
const GRADIENT_DESCENT_CELLS_MAX = 20_000_000;

/**
 * Fits with the solver that `params` names.
 * @throws ValueError if the solver would need too much memory
 */
export function solve(design: Design, classes: Codes, params: Params): Solution {
  if (params.solver === 'lbfgs') return solveTogether(design, classes, [params])[0]!;
  if (params.solver === 'gradient-descent') return solveByGradientDescent(design, classes, params);
  const found = design.withLogLoss(weigh(classes, params), (sums) =>
    solveByNewton(objectiveOf(sums, params), params, design),
  );
  return checkSeparation(found, design, classes, params);
}

/**
 * Fits several models to the same rows by lbfgs, in shared passes. Each gets the numbers that it would get alone.
 * @param all of one class weight
 */
export function solveTogether(design: Design, classes: Codes, all: readonly Params[]): Solution[] {
  const found = design.withLogLoss(weigh(classes, all[0]!), (sums) =>
    solveByLbfgs(
      all.map((params) => objectiveOf(sums, params)),
      all,
      design,
    ),
  );
  return found.map((solution, index) => checkSeparation(solution, design, classes, all[index]!));
}

function objectiveOf(sums: LossSums, { C }: Params): LinearLoss {
  return new LinearLoss(sums, 1 / (C * sums.weightSum));
}

function checkSeparation(found: Solution, design: Design, { codes }: Codes, { C }: Params): Solution {
  const isSeparated = C === Number.POSITIVE_INFINITY && separates(design, codes, found.rows);
  return isSeparated ? { ...found, warnings: [...found.warnings, COMPLETE_SEPARATION] } : found;
}

/** The solver's own test may be met all the same, because the gradient vanishes as the coefficients grow. */
const COMPLETE_SEPARATION: Warning = {
  code: 'complete_separation',
  message:
    'The columns separate the classes completely, so without a penalty the coefficients grow without bound, and where the solver stops is arbitrary: set a finite C, such as tol=1.',
};

function weigh({ codes, nClasses }: Codes, { classWeight }: Params): WeightedCodes {
  const classWeights = new Float64Array(nClasses).fill(1);
  if (classWeight === 'balanced') {
    const counts = new Float64Array(nClasses);
    for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
    classWeights.set(counts.map((count) => codes.length / (nClasses * count)));
  }
  return { codes, classWeights };
}

/** Traces the loss, and counts each iteration once: a fallback begins again with the last one. */
function observer(trace: LossTrace, watched: Watched): OnIteration {
  let counted = 0;
  return (iteration, f) => {
    trace.add(iteration, f);
    if (iteration <= counted) return;
    counted = iteration;
    watched.iterated();
  };
}

function solveByLbfgs(losses: readonly LinearLoss[], all: readonly Params[], watched: Watched): Solution[] {
  const fits = all.map(({ tol: gradientMax, maxIter }, index) => {
    const trace = new LossTrace();
    const observe = observer(trace, watched);
    // The solver takes one step even if it may take no step.
    const onIteration = (iteration: number, f: number) => observe(Math.min(iteration, maxIter), f);
    const w = new Float64Array(losses[index]!.nParameters);
    return { w, trace, run: minimise(w, { gradientMax, maxIter, onIteration }) };
  });
  const results = lbfgsTogether(
    fits.map(({ run }) => run),
    (stopped) =>
      LinearLoss.lossGradients(
        stopped.map(({ run }) => losses[run]!),
        stopped.map(({ point }) => point),
      ),
  );
  return results.map(({ nIter, converged }, index) => {
    const { w, trace } = fits[index]!;
    const params = all[index]!;
    const { outputLength } = losses[index]!;
    const found = solution(w, outputLength, Math.min(nIter, params.maxIter), converged, params, []);
    return { ...found, losses: trace.points };
  });
}

function solveByNewton(loss: LinearLoss, params: Params, watched: Watched): Solution {
  if (loss.nParameters > NEWTON_PARAMETERS_MAX) {
    throw new ValueError(
      `newton-cholesky takes at most ${NEWTON_PARAMETERS_MAX} parameters, but this fit has ${loss.nParameters}: use lbfgs.`,
    );
  }
  const w = new Float64Array(loss.nParameters);
  const trace = new LossTrace();
  const onIteration = observer(trace, watched);
  const options = { gradientMax: params.tol, maxIter: params.maxIter, onIteration };
  const { nIter, converged, fallback } = newtonCholesky(loss, w, options);
  const message = `newton-cholesky stopped and lbfgs finished the fit: ${fallback}.`;
  const warnings = fallback === undefined ? [] : [{ code: 'solver_fell_back', message }];
  return { ...solution(w, loss.outputLength, nIter, converged, params, warnings), losses: trace.points };
}

function solveByGradientDescent(design: Design, { codes, nClasses }: Codes, params: Params): Solution {
  const cells = design.nSamples * design.nFeatures;
  if (cells > GRADIENT_DESCENT_CELLS_MAX) {
    throw new ValueError(
      `gradient-descent takes at most ${GRADIENT_DESCENT_CELLS_MAX} cells, but there are ${cells}: use lbfgs.`,
    );
  }
  const matrix = design.toMatrix();
  const { w, converged } = gradientDescent(matrix, codes, {
    nClasses,
    nSteps: params.maxIter,
    gradientMax: params.tol,
    onStep: () => design.iterated(),
  });
  const warnings = [
    { code: 'c_without_effect', message: 'gradient-descent has no penalty: C has no effect.' },
  ];
  if (params.classWeight !== null) {
    const message = 'gradient-descent has no class weights: all rows count the same.';
    warnings.push({ code: 'class_weight_without_effect', message });
  }
  if (nClasses > 2) {
    const message =
      'gradient-descent fits each class against the rest: probabilities are the softmax of the scores.';
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
  warnings: readonly Warning[],
): Solution {
  const rows: number[][] = [];
  for (let at = 0; at < w.length; at += outputLength)
    rows.push(Array.from(w.subarray(at, at + outputLength)));
  if (converged) return { rows, nIter, converged, warnings };

  const reason = nIter >= maxIter ? `used up its ${maxIter} iterations` : 'found no better point';
  const message = `${solver} ${reason} before it converged: the coefficients are not final.`;
  return { rows, nIter, converged, warnings: [...warnings, { code: 'not_converged', message }] };
}
