import type { Design } from '../design.ts';
import type { ClassCodes } from '../labels.ts';
import { dot } from '../solvers/kernels.ts';
import type { NewtonSums } from '../solvers/newtonSums.ts';
import { type Dependence, nullDirection, OrderedCholesky } from './orderedCholesky.ts';
import { combined, type FitRows, findRecession, type Moving, type Recession } from './recession.ts';

/** How far a linear combination of the columns separates the rows of the two classes. */
type Separation = 'none' | 'quasi-complete' | 'complete';

/** A fit without a penalty. Parameters are numbered as in w: the columns, and the intercept last. */
export interface MaximumLikelihood {
  readonly w: Float64Array;
  /** Factor of the information matrix: the second derivatives of minus the log likelihood. */
  readonly information: OrderedCholesky;
  /** Columns that depend on columns before them, with any classes. Their parameters are 0. */
  readonly dependences: readonly Dependence[];
  /**
   * Directions along which the parameters grow without bound, or along which nothing moves in the limit, because the
   * classes are separated. Only what is the same along all of them has an estimate.
   */
  readonly freeDirections: readonly Float64Array[];
  readonly separation: Separation;
  readonly converged: boolean;
  readonly nIter: number;
}

const ITERATIONS_MAX = 100;
const HALVINGS_MAX = 30;
/** `f(w + t d) <= f(w) + SUFFICIENT_DECREASE * t * f'd` */
const SUFFICIENT_DECREASE = 1e-4;
/** Losses that differ by less, relative to the loss, say nothing about a step. */
const LOSS_NOISE = 1e-13;
/**
 * The fit ends if the Newton decrement is smaller: no estimate is then further from the maximum than this, in standard
 * errors. The last step moves it much nearer.
 */
const DECREMENT_MAX = 1e-10;
/** A decrement that falls by less, from one iteration to the next, is rounding error or a sign of separation. */
const SLOW_FALL = 0.5;
/** Below this, Newton's method converges quadratically. */
const SMALL_DECREMENT = 1e-3;
/** Fits of overlapping classes seldom take more iterations. From here on the fit looks for separation. */
const ITERATIONS_USUAL = 8;
const ITERATIONS_BETWEEN_LOOKS = 3;
/** A diagonal element that falls below this share of its first value counts as 0. */
const CURVATURE_SHARE_MIN = 1e-12;

/**
 * Fits a logistic regression of two classes without a penalty, by Newton's method on the sum of the log losses.
 * If the classes are separated completely, it stops. If they are separated in part, the separated rows have no weight in
 * the limit, and the fit goes on without them and without the parameters that grow.
 *
 * @param codes 0 or 1 for each row; both occur
 */
export function maximumLikelihood(design: Design, codes: ClassCodes): MaximumLikelihood {
  return design.withNewtonSums(codes, (sums) => new Fit({ design, codes, sums }).run());
}

/** A point, with the loss and its derivatives. */
interface Point {
  readonly w: Float64Array;
  readonly f: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

class Fit {
  readonly #rows: FitRows;
  readonly #n: number;
  readonly #dependences: readonly Dependence[];
  readonly #held: Dependence[] = [];
  #moving: Moving;
  #at: Point;
  #information: OrderedCholesky;
  #nIter = 0;

  constructor(rows: FitRows) {
    this.#rows = rows;
    this.#n = rows.sums.nFeatures + 1;
    const all = { order: interceptFirst(this.#n), floors: new Float64Array(this.#n) };
    // All rows have the same weight here, so a dependence is one of the columns, and not of the weights.
    const at = evaluate(rows.sums, nullParameters(this.#n, rows.codes));
    const information = this.#factor(at, all);
    this.#at = at;
    this.#information = information;
    this.#dependences = information.dependences;
    const floors = all.floors.map((_, i) => CURVATURE_SHARE_MIN * at.hessian[i * this.#n + i]!);
    this.#moving = { order: information.kept, floors };
  }

  run(): MaximumLikelihood {
    let decrementBefore = Number.POSITIVE_INFINITY;
    for (; this.#nIter < ITERATIONS_MAX; this.#nIter++) {
      // A total loss below log(2) leaves no row with a loss of log(2), so each row is on the side of its own class.
      if (this.#at.f < Math.LN2) return this.#result('complete', false);
      const { kept } = this.#information;
      const isDefinite = kept.length === this.#moving.order.length;
      const decrement = length(this.#information.solveLower(this.#at.gradient));
      const step = this.#information.solve(this.#at.gradient.map((slope) => -slope));
      if (isDefinite && decrement <= DECREMENT_MAX) return this.#finish(step);

      const isSlow = !(decrement <= SLOW_FALL * decrementBefore);
      if (this.#shouldLook(isDefinite, isSlow && decrement < SMALL_DECREMENT)) {
        const found = findRecession(this.#rows, this.#at.w, step, this.#moving);
        if (found === 'settled' && isDefinite && decrement < SMALL_DECREMENT) return this.#finish(step);
        if (found !== undefined && found !== 'settled') {
          this.#recede(found);
          decrementBefore = Number.POSITIVE_INFINITY;
          continue;
        }
      }
      decrementBefore = decrement;
      if (!this.#search(step)) break;
    }
    return this.#result(this.#separation(), false);
  }

  #shouldLook(isDefinite: boolean, isStuck: boolean): boolean {
    const isDue = this.#nIter >= ITERATIONS_USUAL && this.#nIter % ITERATIONS_BETWEEN_LOOKS === 0;
    return isDue || isStuck || !isDefinite;
  }

  #finish(step: Float64Array): MaximumLikelihood {
    this.#at = { ...this.#at, w: combined(this.#at.w, 1, step) };
    return this.#result(this.#separation(), true);
  }

  #result(separation: Separation, converged: boolean): MaximumLikelihood {
    return {
      w: this.#held.reduce(
        (w, dependence) => combined(w, -w[dependence.place]!, nullDirection(dependence)),
        this.#at.w,
      ),
      information: this.#information,
      dependences: this.#dependences,
      freeDirections: this.#held.map(nullDirection),
      separation,
      converged,
      nIter: this.#nIter,
    };
  }

  #separation(): Separation {
    return this.#held.length > 0 ? 'quasi-complete' : 'none';
  }

  /** Holds the parameters that grow, at a point where the separated rows have no weight. */
  #recede({ dependences, w }: Recession): void {
    this.#held.push(...dependences);
    const order = this.#moving.order.filter((place) => dependences.every((one) => one.place !== place));
    this.#moving = { ...this.#moving, order };
    this.#move(evaluate(this.#rows.sums, w));
  }

  /** Moves along the step, or a half, a quarter ... of it. Returns false if none of them decreases the loss. */
  #search(step: Float64Array): boolean {
    const { w, f, gradient } = this.#at;
    const slope = dot(gradient, step);
    for (let halving = 0, share = 1; halving <= HALVINGS_MAX; halving++, share /= 2) {
      const next = evaluate(this.#rows.sums, combined(w, share, step));
      const isNoise = Math.abs(next.f - f) <= LOSS_NOISE * f;
      if (!isNoise && !(next.f - f <= SUFFICIENT_DECREASE * share * slope)) continue;
      this.#move(next);
      return true;
    }
    return false;
  }

  /** Ends an iteration at another point. */
  #move(to: Point): void {
    this.#at = to;
    this.#information = this.#factor(to, this.#moving);
    this.#rows.design.iterated();
  }

  #factor({ hessian }: Point, { order, floors }: Moving): OrderedCholesky {
    return new OrderedCholesky(hessian, this.#n, order, floors);
  }
}

function evaluate(sums: NewtonSums, w: Float64Array): Point {
  const gradient = new Float64Array(w.length);
  const hessian = new Float64Array(w.length * w.length);
  return { w, f: sums.evaluate(w, gradient, hessian), gradient, hessian };
}

/** The parameters of the best model without columns: the log odds of the classes, which no column changes. */
function nullParameters(n: number, codes: ClassCodes): Float64Array {
  let ones = 0;
  for (let i = 0; i < codes.length; i++) ones += codes[i]!;
  const w = new Float64Array(n);
  w[n - 1] = Math.log(ones / (codes.length - ones));
  return w;
}

/** A constant column is then dropped because of the intercept, and not the other way round. */
function interceptFirst(n: number): number[] {
  return [n - 1, ...Array.from({ length: n - 1 }, (_, place) => place)];
}

function length(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}
