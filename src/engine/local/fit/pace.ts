import type { ModelSpec, Plan } from '../../../values/plan.ts';
import { sweepTooLong } from '../errors.ts';

/** When the work is stopped, and the time that it has in all. */
export interface WorkLimit {
  /** Milliseconds since 1970. */
  readonly endsAtMs: number;
  readonly limitMs: number;
}

/** A fit that has ended. */
export interface TimedFit {
  /** Rows that it was fitted and measured on, together. */
  readonly rows: number;
  readonly iterations: number;
  readonly fitMs: number;
  readonly evaluateMs: number;
}

/** The first fits are slow, because code is still being compiled. */
const FITS_TO_JUDGE = 3;
/** The rest must need so many times the time that is left: a sweep that could end in time is never stopped. */
const CERTAINTY = 2;

/**
 * Compares the fits that a plan still needs with the time that is left, and stops a plan that cannot end in time.
 * The estimate is a lower bound. Each fit needs at least the time that the fastest one so far needed for each row: to
 * measure the row and, if all candidates have one solver, for one iteration over the row. More iterations cost more.
 */
export class Pace {
  readonly #plan: Plan;
  readonly #limit: WorkLimit | undefined;
  readonly #now: () => number;
  readonly #hasOneSolver: boolean;
  #nFits = 0;
  #msPerRow = Number.POSITIVE_INFINITY;

  /** @param now milliseconds since 1970 */
  constructor(plan: Plan, limit?: WorkLimit, now: () => number = Date.now) {
    this.#plan = plan;
    this.#limit = limit;
    this.#now = now;
    this.#hasOneSolver = new Set(plan.candidates.map(({ solver }) => solver)).size === 1;
  }

  /**
   * Takes a fit that has ended.
   * @param rowsLeft rows of all fits that are still to come, fitted and measured, summed up
   * @throws DataError `sweep_too_long`
   */
  took({ rows, iterations, fitMs, evaluateMs }: TimedFit, rowsLeft: number): void {
    this.#nFits++;
    const leastMs = evaluateMs + (this.#hasOneSolver ? fitMs / (iterations + 1) : 0);
    this.#msPerRow = Math.min(this.#msPerRow, leastMs / rows);
    if (this.#limit === undefined || this.#nFits < FITS_TO_JUDGE) return;
    const neededMs = this.#msPerRow * rowsLeft;
    const { endsAtMs, limitMs } = this.#limit;
    if (neededMs <= CERTAINTY * Math.max(0, endsAtMs - this.#now())) return;
    throw sweepTooLong({ limitMs, neededMs, nFits: this.#nFits, plan: fieldsOf(this.#plan) });
  }
}

/** Fields of the form by the settings that they give values to. */
const FIELDS = {
  C: 'tol',
  maxIter: 'iterations',
  classWeight: 'class_weight',
  solver: 'solver',
  tol: 'solver_tol',
} as const satisfies Record<keyof ModelSpec, string>;

/** The fields that make a plan long. */
function fieldsOf({ candidates, evaluation: { folds } }: Plan) {
  const keys = Object.keys(FIELDS) as (keyof ModelSpec)[];
  const several = keys.filter((key) => new Set(candidates.map((model) => model[key])).size > 1);
  return {
    candidates: candidates.length,
    ...(folds !== undefined && { folds }),
    several: several.map((key) => FIELDS[key]),
  };
}
