/** A point on the line: step, and the function's value and slope there. */
interface Point {
  readonly step: number;
  readonly f: number;
  readonly slope: number;
}

/** `f(step) <= f(0) + SUFFICIENT_DECREASE * step * f'(0)` */
const SUFFICIENT_DECREASE = 1e-3;
/** `|f'(step)| <= CURVATURE * |f'(0)|` */
const CURVATURE = 0.9;
/** The search gives up when the interval is this narrow, relative to its larger end. */
const INTERVAL_RELATIVE_MIN = 0.1;
/** Limits for extending a step while no minimum is bracketed. */
const STRETCH_MIN = 1.1;
const STRETCH_MAX = 4;
/** A bracket that does not shrink by this factor in two steps is halved. */
const SHRINK = 0.66;
export const STEP_MAX = 1e10;

/**
 * Line search for a step that meets both Wolfe conditions, with the evaluations left to the caller.
 * The caller evaluates f and its slope at `step`, passes both to `accept`, and repeats until `accept` returns true.
 * The steps are those of MINPACK-2's `dcsrch` with the constants of L-BFGS-B 3.0.
 *
 * Source: J. J. More and D. J. Thuente, Line search algorithms with guaranteed sufficient decrease, ACM TOMS 20
 * (1994).
 */
export class LineSearch {
  readonly #f0: number;
  readonly #slope0: number;
  /** Slope of the line below which the decrease is sufficient. */
  readonly #decrease: number;
  /** Best point so far, and the other end of the interval that contains a minimum. */
  #best: Point;
  #other: Point;
  #bracketed = false;
  /** True until a step has a sufficient decrease and a slope of 0 or more. */
  #firstStage = true;
  #stepMin = 0;
  #stepMax: number;
  #width = STEP_MAX;
  #widthBefore = 2 * STEP_MAX;
  /** The next step to try. */
  step: number;

  /** @param slope0 slope at 0, negative */
  constructor(f0: number, slope0: number, firstStep: number) {
    this.#f0 = f0;
    this.#slope0 = slope0;
    this.#decrease = SUFFICIENT_DECREASE * slope0;
    this.#best = { step: 0, f: f0, slope: slope0 };
    this.#other = this.#best;
    this.step = firstStep;
    this.#stepMax = firstStep + STRETCH_MAX * firstStep;
  }

  /**
   * Takes value and slope at `step`. Returns true if the search ends with this step, else `step` is the next step to
   * try.
   */
  accept(f: number, slope: number): boolean {
    const bound = this.#f0 + this.step * this.#decrease;
    if (this.#firstStage && f <= bound && slope >= 0) this.#firstStage = false;
    if (this.#isExhausted(f, slope, bound)) return true;
    if (f <= bound && Math.abs(slope) <= CURVATURE * -this.#slope0) return true;

    const next = this.#narrow({ step: this.step, f, slope }, bound);
    this.step = this.#keepWithinInterval(next);
    return false;
  }

  /** Whether rounding or the limits prevent progress. The current step is then as good as any. */
  #isExhausted(f: number, slope: number, bound: number): boolean {
    if (this.#bracketed && this.#isPinned(this.step)) return true;
    if (this.step === STEP_MAX && f <= bound && slope <= this.#decrease) return true;
    return this.step === 0 && (f > bound || slope >= this.#decrease);
  }

  #isPinned(step: number): boolean {
    const isOutside = step <= this.#stepMin || step >= this.#stepMax;
    return isOutside || this.#stepMax - this.#stepMin <= INTERVAL_RELATIVE_MIN * this.#stepMax;
  }

  /** Updates the interval with the point and returns the step that interpolation suggests. */
  #narrow(point: Point, bound: number): number {
    // The first stage minimises the function minus the line of sufficient decrease.
    const isModified = this.#firstStage && point.f <= this.#best.f && point.f > bound;
    const tilt = isModified ? this.#decrease : 0;
    const best = tilted(this.#best, -tilt);
    const other = tilted(this.#other, -tilt);
    const trial = tilted(point, -tilt);
    const next = interpolate(best, other, trial, this.#bracketed, this.#stepMin, this.#stepMax);

    const isHigher = trial.f > best.f;
    const isTurned = trial.slope * Math.sign(best.slope) < 0;
    this.#bracketed ||= isHigher || isTurned;
    if (isHigher) {
      this.#best = tilted(best, tilt);
      this.#other = tilted(trial, tilt);
    } else {
      this.#other = tilted(isTurned ? best : other, tilt);
      this.#best = tilted(trial, tilt);
    }
    return next;
  }

  #keepWithinInterval(suggested: number): number {
    const [low, high] = [this.#best.step, this.#other.step];
    let step = suggested;
    if (this.#bracketed) {
      if (Math.abs(high - low) >= SHRINK * this.#widthBefore) step = low + 0.5 * (high - low);
      this.#widthBefore = this.#width;
      this.#width = Math.abs(high - low);
      this.#stepMin = Math.min(low, high);
      this.#stepMax = Math.max(low, high);
    } else {
      this.#stepMin = step + STRETCH_MIN * (step - low);
      this.#stepMax = step + STRETCH_MAX * (step - low);
    }
    // NaN, which an overflow can cause, becomes 0 and ends the search.
    step = step > 0 ? Math.min(step, STEP_MAX) : 0;
    return this.#bracketed && this.#isPinned(step) ? low : step;
  }
}

/** Returns the point after a line of this slope is added to the function. */
function tilted(point: Point, slope: number): Point {
  if (slope === 0) return point;
  return { step: point.step, f: point.f + point.step * slope, slope: point.slope + slope };
}

/** Step at the minimum of a cubic or quadratic through the points: the four cases in section 4 of More and Thuente. */
function interpolate(
  best: Point,
  other: Point,
  trial: Point,
  bracketed: boolean,
  stepMin: number,
  stepMax: number,
): number {
  if (trial.f > best.f) return stepBetween(best, trial);

  const secant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step);
  if (trial.slope * Math.sign(best.slope) < 0) {
    // Lower value, slope of the other sign, so the minimum is between: take the step that goes back farther.
    const cubic = cubicStep(trial, best);
    return Math.abs(cubic - trial.step) > Math.abs(secant - trial.step) ? cubic : secant;
  }
  const isAhead = trial.step > best.step;
  const farEnd = isAhead ? stepMax : stepMin;
  if (Math.abs(trial.slope) >= Math.abs(best.slope)) {
    // Lower value, slope not flatter, so the distance to the minimum is unknown.
    return bracketed ? cubicStep(trial, other) : farEnd;
  }
  // Lower value, flatter slope, so use the cubic if its minimum lies beyond the trial.
  const root = cubicRoot(trial, best);
  const ratio = cubicRatio(trial, best, root);
  const cubic = ratio < 0 && root !== 0 ? trial.step + ratio * (best.step - trial.step) : farEnd;
  const cubicLength = Math.abs(cubic - trial.step);
  const secantLength = Math.abs(secant - trial.step);
  if (!bracketed) {
    return Math.max(stepMin, Math.min(stepMax, cubicLength > secantLength ? cubic : secant));
  }
  const limit = trial.step + SHRINK * (other.step - trial.step);
  const nearer = cubicLength < secantLength ? cubic : secant;
  return isAhead ? Math.min(limit, nearer) : Math.max(limit, nearer);
}

/** Step for a higher value at the trial: the cubic's minimum, or halfway to the quadratic's if that is nearer. */
function stepBetween(best: Point, trial: Point): number {
  const length = trial.step - best.step;
  const cubic = cubicStep(best, trial);
  const quadratic = best.step + (best.slope / ((best.f - trial.f) / length + best.slope) / 2) * length;
  const isCubicNearer = Math.abs(cubic - best.step) < Math.abs(quadratic - best.step);
  return isCubicNearer ? cubic : cubic + (quadratic - cubic) / 2;
}

/** Minimum of the cubic through the values and slopes of both points. */
function cubicStep(from: Point, to: Point): number {
  return from.step + cubicRatio(from, to, cubicRoot(from, to)) * (to.step - from.step);
}

/** Position of the minimum between `from` (0) and `to` (1). */
function cubicRatio(from: Point, to: Point, root: number): number {
  return (root - from.slope + cubicTheta(from, to)) / (root - from.slope + root + to.slope);
}

/** Root of the cubic's discriminant, scaled to avoid overflow. 0 if the cubic has no minimum. */
function cubicRoot(from: Point, to: Point): number {
  const theta = cubicTheta(from, to);
  const scale = Math.max(Math.abs(theta), Math.abs(from.slope), Math.abs(to.slope));
  const discriminant = (theta / scale) ** 2 - (from.slope / scale) * (to.slope / scale);
  const root = scale * Math.sqrt(Math.max(0, discriminant));
  return to.step < from.step ? -root : root;
}

function cubicTheta(from: Point, to: Point): number {
  return (3 * (from.f - to.f)) / (to.step - from.step) + to.slope + from.slope;
}
