import { dot, maxAbs } from './kernels.ts';
import { type LbfgsOptions, lbfgs } from './lbfgs.ts';
import type { LinearLoss } from './linearLoss.ts';
import { SymmetricSystem } from './symmetricSystem.ts';

export interface NewtonResult {
  readonly nIter: number;
  readonly converged: boolean;
  /** Why lbfgs finished the fit, undefined if it did not. */
  readonly fallback: string | undefined;
}

/** `f(w + t d) <= f(w) + SUFFICIENT_DECREASE * t * f'd`, with t = 1, 1/2, 1/4, ... */
const SUFFICIENT_DECREASE = 2 ** -11;
const HALVINGS_MAX = 20;
/** Losses that differ by less, relative to the loss, say nothing about a step. */
const LOSS_NOISE = 16 * Number.EPSILON;
/** A matrix with a smaller reciprocal condition number is treated as singular. */
const CONDITION_MIN = Number.EPSILON;
/** If more of the weight has no curvature, Newton's direction is useless. */
const VANISHED_SHARE_MAX = 0.25;

/**
 * Minimises the loss by Newton steps with a backtracking line search.
 * It stops when `max|gradient| <= gradientMax` and half the squared Newton decrement is at most `gradientMax`. If it
 * finds no step, for example because of collinear columns and a very small penalty, lbfgs continues from the current
 * point.
 *
 * This is scikit-learn's `newton-cholesky` with its tests and its fallback. In spite of the name, scikit-learn solves
 * by L D L', which does not need a positive definite matrix (`scipy.linalg.solve` with `assume_a="sym"`). For three or
 * more classes, the last class's intercept is held at 0, because adding a constant to all intercepts changes no
 * probability. Without a penalty, the same holds for each feature's coefficients, so all parameters of the last class
 * are held. The mean of the classes is subtracted at the end.
 *
 * Source: S. Boyd and L. Vandenberghe, Convex Optimization (2004), chapter 9.5.
 *
 * @param w start point, overwritten with the best point; parameters that are held must be 0
 */
export function newtonCholesky(loss: LinearLoss, w: Float64Array, options: LbfgsOptions): NewtonResult {
  const state = new Newton(loss, w);
  let nIter = 0;
  let converged = false;
  let fallback: string | undefined;
  options.onIteration?.(0, state.f);
  while (nIter < options.maxIter && !converged) {
    fallback = state.findDirection() ?? state.search();
    if (fallback !== undefined) break;
    nIter++;
    options.onIteration?.(nIter, state.f);
    converged = state.isConverged(options.gradientMax);
  }
  if (fallback !== undefined) {
    // The failed iteration counts against the limit, and the first iteration of lbfgs replaces it.
    const left = options.maxIter - nIter - 1;
    const objective = (x: Float64Array, gradient: Float64Array) => loss.lossGradient(x, gradient);
    const { gradientMax, onIteration } = options;
    const before = nIter;
    const rest = lbfgs(objective, w, {
      gradientMax,
      maxIter: left,
      onIteration: (iteration, f) => onIteration?.(before + Math.min(iteration, left), f),
    });
    nIter += Math.min(rest.nIter, left);
    converged = rest.converged;
  }
  centreFreely(loss, w);
  return { nIter, converged, fallback };
}

/** The current point with its value and derivatives. */
class Newton {
  readonly #loss: LinearLoss;
  readonly #w: Float64Array;
  readonly #wBefore: Float64Array;
  readonly #gradient: Float64Array;
  readonly #gradientBefore: Float64Array;
  readonly #direction: Float64Array;
  readonly #hessian: Float64Array;
  readonly #system: SymmetricSystem;
  /** Number of parameters at the end that are held. */
  readonly #nHeld: number;
  #f: number;
  #slope = 0;

  constructor(loss: LinearLoss, w: Float64Array) {
    const n = loss.nParameters;
    this.#loss = loss;
    this.#w = w;
    this.#wBefore = new Float64Array(n);
    this.#gradient = new Float64Array(n);
    this.#gradientBefore = new Float64Array(n);
    this.#direction = new Float64Array(n);
    this.#hessian = new Float64Array(n * n);
    this.#nHeld = nFree(loss);
    this.#system = new SymmetricSystem(this.#hessian, n, orderOf(loss));
    this.#f = loss.lossGradient(w, this.#gradient);
  }

  get f(): number {
    return this.#f;
  }

  /** Computes Newton's direction at w. Returns a reason if there is none. */
  findDirection(): string | undefined {
    const vanishedShare = this.#loss.hessian(this.#w, this.#hessian);
    if (vanishedShare > VANISHED_SHARE_MAX) return 'most rows have no curvature left';
    this.#gradient.fill(0, this.#gradient.length - this.#nHeld);

    if (!this.#system.factor() || !(this.#system.reciprocalCondition() >= CONDITION_MIN)) {
      return 'the second derivatives are singular or nearly so';
    }
    for (let i = 0; i < this.#direction.length; i++) this.#direction[i] = -this.#gradient[i]!;
    this.#system.solve(this.#direction);
    this.#slope = dot(this.#gradient, this.#direction);
    return this.#slope > 0 ? 'the Newton step does not decrease the loss' : undefined;
  }

  /** Moves along the direction. If no step works, returns a reason and leaves w at the last and shortest step. */
  search(): string | undefined {
    this.#wBefore.set(this.#w);
    this.#gradientBefore.set(this.#gradient);
    const fBefore = this.#f;
    let step = 1;
    for (let halving = 0; halving <= HALVINGS_MAX; halving++) {
      for (let i = 0; i < this.#w.length; i++) this.#w[i] = this.#wBefore[i]! + step * this.#direction[i]!;
      this.#f = this.#loss.lossGradient(this.#w, this.#gradient);
      const change = this.#f - fBefore;
      if (change <= step * SUFFICIENT_DECREASE * this.#slope) return undefined;
      const isNoise = Math.abs(change) <= Math.abs(fBefore * LOSS_NOISE);
      if (isNoise && sumAbs(this.#gradient) < sumAbs(this.#gradientBefore)) return undefined;
      step *= 0.5;
    }
    return 'no step of the line search decreased the loss enough';
  }

  isConverged(gradientMax: number): boolean {
    if (!(maxAbs(this.#gradient) <= gradientMax)) return false;
    return 0.5 * this.#system.quadraticForm(this.#direction) <= gradientMax;
  }
}

function sumAbs(v: Float64Array): number {
  return v.reduce((sum, value) => sum + Math.abs(value), 0);
}

/** Number of parameters at the end of an output to which all outputs may add the same, as no probability changes. */
function nFree({ nOutputs, outputLength, isPenalised }: LinearLoss): number {
  if (nOutputs === 1) return 0;
  return isPenalised ? 1 : outputLength;
}

function centreFreely(loss: LinearLoss, w: Float64Array): void {
  for (let i = loss.outputLength - nFree(loss); i < loss.outputLength; i++) {
    let sum = 0;
    for (let k = 0; k < loss.nOutputs; k++) sum += w[k * loss.outputLength + i]!;
    for (let k = 0; k < loss.nOutputs; k++) w[k * loss.outputLength + i]! -= sum / loss.nOutputs;
  }
}

/**
 * Places of the parameters in scikit-learn's order: all outputs of the first feature first. Rounding depends on it.
 * Parameters that are held are left out.
 */
function orderOf(loss: LinearLoss): Int32Array {
  const { nOutputs, outputLength, nParameters } = loss;
  const order = new Int32Array(nParameters);
  for (let s = 0; s < order.length; s++) order[s] = (s % nOutputs) * outputLength + Math.floor(s / nOutputs);
  const firstHeld = nParameters - nFree(loss);
  return order.filter((place) => place < firstHeld);
}
