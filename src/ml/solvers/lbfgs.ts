import { dot, maxAbs } from './kernels.ts';
import { LineSearch, STEP_MAX } from './lineSearch.ts';
import type { OnIteration, Point } from './types.ts';

/** Returns f(x) and writes the gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Stops when no component of the gradient is larger. */
  readonly gradientMax: number;
  readonly maxIter: number;
  readonly onIteration?: OnIteration;
}

export interface LbfgsResult {
  readonly nIter: number;
  /** False if iterations or evaluations ran out, or if no step decreased f. */
  readonly converged: boolean;
}

/** Most pairs of step and gradient change that are kept. */
const PAIRS_MAX = 10;
/** Most evaluations in one line search, and in the whole run: the limits of scikit-learn and SciPy. */
const SEARCH_EVALUATIONS_MAX = 50;
const EVALUATIONS_MAX = 15_000;
/** Stops when the gain of an iteration is below this, relative to max(|f|, 1). */
const GAIN_MIN = 64 * Number.EPSILON;

/** A run that stops wherever it needs f: it yields a point, and goes on with f there once the gradient is written. */
export type Minimisation = Generator<Point, LbfgsResult, number>;

/** Runs `minimise` to its end. */
export function lbfgs(objective: Objective, x: Float64Array, options: LbfgsOptions): LbfgsResult {
  const [result] = lbfgsTogether([minimise(x, options)], ([{ point }]) => [
    objective(point.w, point.gradient),
  ]);
  return result!;
}

/** A run of several, and the point that it has stopped at. */
export interface Stopped {
  readonly run: number;
  readonly point: Point;
}

/**
 * Takes several runs to their ends. All that need f are given it at once.
 * @param evaluate returns f at each point, and writes the gradients
 */
export function lbfgsTogether(
  runs: readonly Minimisation[],
  evaluate: (stopped: readonly [Stopped, ...Stopped[]]) => readonly number[],
): LbfgsResult[] {
  const results: LbfgsResult[] = [];
  let steps = runs.map((run, index) => ({ run: index, step: run.next() }));
  for (;;) {
    for (const { run, step } of steps) if (step.done) results[run] = step.value;
    const stopped = steps.flatMap(({ run, step }) => (step.done ? [] : [{ run, point: step.value }]));
    const [first, ...others] = stopped;
    if (first === undefined) return results;
    const values = evaluate([first, ...others]);
    steps = stopped.map(({ run }, index) => ({ run, step: runs[run]!.next(values[index]!) }));
  }
}

/**
 * Minimises a smooth function by L-BFGS.
 * It follows the path of L-BFGS-B 3.0 without bounds, as SciPy runs it for scikit-learn. The first trial step
 * is `1 / ||d||`, later trial steps are 1. A pair is skipped if `s'y` is at most `eps * |f'(0)| * step`. After a failed
 * search the run restarts from steepest descent. A second failure there ends the run.
 *
 * Sources: D. C. Liu and J. Nocedal, On the limited memory BFGS method, Math. Prog. 45 (1989); R. H. Byrd, P. Lu, J.
 * Nocedal and C. Zhu, A limited memory algorithm for bound constrained optimization, SIAM J. Sci. Comp. 16 (1995).
 *
 * @param x start point, overwritten with the best point
 */
export function* minimise(x: Float64Array, options: LbfgsOptions): Minimisation {
  const run = new Run(x);
  yield* run.evaluate();
  const history = new History(x.length);
  options.onIteration?.(0, run.f);
  if (maxAbs(run.gradient) <= options.gradientMax) return { nIter: 0, converged: true };

  let nIter = 0;
  for (;;) {
    history.direction(run.gradient, run.direction);
    if (!(yield* run.search(nIter === 0))) {
      if (history.isEmpty) return { nIter, converged: false };
      history.clear();
      continue;
    }
    nIter++;
    options.onIteration?.(nIter, run.f);
    // SciPy checks its limits first, so the last allowed iteration never counts as converged.
    if (nIter >= options.maxIter || run.nEvaluations > EVALUATIONS_MAX) return { nIter, converged: false };
    if (maxAbs(run.gradient) <= options.gradientMax || run.gain <= GAIN_MIN)
      return { nIter, converged: true };
    run.remember(history);
  }
}

/** The current point with its value and gradient, and the line searches that move it. */
class Run {
  readonly gradient: Float64Array;
  readonly direction: Float64Array;
  nEvaluations = 0;
  readonly #x: Float64Array;
  readonly #xBefore: Float64Array;
  readonly #gradientBefore: Float64Array;
  #f = 0;
  #fBefore = 0;
  #slopeBefore = 0;
  #slope = 0;
  #step = 0;

  constructor(x: Float64Array) {
    this.#x = x;
    this.#xBefore = new Float64Array(x.length);
    this.gradient = new Float64Array(x.length);
    this.#gradientBefore = new Float64Array(x.length);
    this.direction = new Float64Array(x.length);
  }

  get f(): number {
    return this.#f;
  }

  /** Gain of the last search, relative to max(|f|, 1). */
  get gain(): number {
    return (this.#fBefore - this.#f) / Math.max(Math.abs(this.#fBefore), Math.abs(this.#f), 1);
  }

  /**
   * Moves along the direction. Returns false and moves nothing if the direction is not downhill or no step is found.
   */
  *search(isFirst: boolean): Generator<Point, boolean, number> {
    const { direction } = this;
    this.#xBefore.set(this.#x);
    this.#gradientBefore.set(this.gradient);
    this.#fBefore = this.#f;
    this.#slopeBefore = dot(this.gradient, direction);
    if (this.#slopeBefore >= 0) return false;

    const firstStep = isFirst ? Math.min(1 / Math.sqrt(dot(direction, direction)), STEP_MAX) : 1;
    const search = new LineSearch(this.#f, this.#slopeBefore, firstStep);
    for (let evaluation = 0; evaluation < SEARCH_EVALUATIONS_MAX; evaluation++) {
      this.#step = search.step;
      for (let i = 0; i < direction.length; i++) {
        this.#x[i] = this.#step * direction[i]! + this.#xBefore[i]!;
      }
      yield* this.evaluate();
      this.#slope = dot(this.gradient, direction);
      if (search.accept(this.#f, this.#slope)) return true;
    }
    this.#x.set(this.#xBefore);
    this.gradient.set(this.#gradientBefore);
    this.#f = this.#fBefore;
    return false;
  }

  /** Adds the last move to the history, unless rounding has destroyed its curvature. Overwrites the direction. */
  remember(history: History): void {
    const sy = (this.#slope - this.#slopeBefore) * this.#step;
    if (sy <= Number.EPSILON * -this.#slopeBefore * this.#step) return;
    for (let i = 0; i < this.direction.length; i++) this.direction[i]! *= this.#step;
    history.push(this.direction, this.gradient, this.#gradientBefore, sy);
  }

  /** Waits for f and the gradient at the current point. */
  *evaluate(): Generator<Point, void, number> {
    this.nEvaluations++;
    this.#f = yield { w: this.#x, gradient: this.gradient };
  }
}

/** A step s and the change of the gradient y along it. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** s'y */
  sy: number;
}

/** The last pairs, and the inverse Hessian that they approximate. */
class History {
  readonly #length: number;
  /** Oldest first. */
  #pairs: Pair[] = [];
  readonly #alphas = new Float64Array(PAIRS_MAX);

  constructor(length: number) {
    this.#length = length;
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  clear(): void {
    this.#pairs = [];
  }

  /** Adds a pair. Replaces the oldest pair if the history is full. */
  push(s: Float64Array, gradient: Float64Array, gradientBefore: Float64Array, sy: number): void {
    const oldest = this.#pairs.length === PAIRS_MAX ? this.#pairs.shift() : undefined;
    const pair = oldest ?? { s: new Float64Array(this.#length), y: new Float64Array(this.#length), sy };
    pair.s.set(s);
    for (let i = 0; i < pair.y.length; i++) pair.y[i] = gradient[i]! - gradientBefore[i]!;
    pair.sy = sy;
    this.#pairs.push(pair);
  }

  /**
   * Sets `d` to minus the inverse Hessian times the gradient, by the two loops of Liu and Nocedal. Without pairs, `d`
   * is minus the gradient.
   */
  direction(gradient: Float64Array, d: Float64Array): void {
    for (let i = 0; i < d.length; i++) d[i] = -gradient[i]!;
    const pairs = this.#pairs;
    const newest = pairs.at(-1);
    if (newest === undefined) return;

    for (let k = pairs.length - 1; k >= 0; k--) {
      const { s, y, sy } = pairs[k]!;
      const alpha = dot(s, d) / sy;
      this.#alphas[k] = alpha;
      for (let i = 0; i < d.length; i++) d[i]! -= alpha * y[i]!;
    }
    const scale = newest.sy / dot(newest.y, newest.y);
    for (let i = 0; i < d.length; i++) d[i]! *= scale;
    for (let k = 0; k < pairs.length; k++) {
      const { s, y, sy } = pairs[k]!;
      const rest = this.#alphas[k]! - dot(y, d) / sy;
      for (let i = 0; i < d.length; i++) d[i]! += rest * s[i]!;
    }
  }
}
