import type { Design } from '../design.ts';
import type { ClassCodes } from '../labels.ts';
import type { NewtonSums } from '../solvers/newtonSums.ts';
import { type Dependence, nullDirection, OrderedCholesky } from './orderedCholesky.ts';

/** The rows of a fit: a design, the classes, and the sums over both. */
export interface FitRows {
  readonly design: Design;
  readonly codes: ClassCodes;
  readonly sums: NewtonSums;
}

/** The parameters that a fit still moves, in the order of elimination, and for each the least curvature that counts. */
export interface Moving {
  readonly order: readonly number[];
  readonly floors: Float64Array;
}

/** Directions without a finite estimate: along a direction of recession, the likelihood never falls. */
export interface Recession {
  /** Each holds one parameter from now on. Along its null direction, no row moves that still has weight. */
  readonly dependences: readonly Dependence[];
  /** A point from which on the separated rows have no weight. */
  readonly w: Float64Array;
}

/** If no score moves by more, a step is settled. In a direction of recession, Newton's step moves some score by 1. */
const SETTLED_MOVE = 1e-3;
/** The least largest move that looks like a recession. */
const RECESSION_MOVE = 0.3;
/** Share of the largest move from which on a row counts as separated for now, and beyond which no row may move back. */
const CLEAR_SHARE = 0.05;
/** Exact directions: smaller moves, relative to the largest, are rounding error. */
export const NOISE_SHARE = 1e-7;
/** A row with this score on its own side has a curvature of 1e-26. */
const CERTAIN_SCORE = 60;

/**
 * Looks for a direction of recession near a Newton step: no row moves to the wrong side, and some rows move to their own
 * side. If there is one, the classes are separated, completely or in part, and no maximum exists.
 *
 * The step only says where to look. Its rows that clearly move are given a certain score, which takes them out of the
 * Hessian. A direction along which the Hessian of the remaining rows is 0 moves no remaining row. This direction is then
 * tested on all rows.
 *
 * Source: A. Albert and J. A. Anderson, On the existence of maximum likelihood estimates in logistic regression models,
 * Biometrika 71 (1984); C. J. Geyer, Likelihood inference in exponential families and directions of recession,
 * Electronic Journal of Statistics 3 (2009).
 *
 * @returns `settled` if the step moves no row, undefined if the rows are not separated along the step
 */
export function findRecession(
  rows: FitRows,
  w: Float64Array,
  step: Float64Array,
  { order, floors }: Moving,
): Recession | 'settled' | undefined {
  const { least, largest } = extremes(ownSideScores(rows, step));
  if (Math.max(largest, -least) < SETTLED_MOVE) return 'settled';
  if (!(largest > RECESSION_MOVE) || least < -CLEAR_SHARE * largest) return undefined;

  const far = combined(w, (2 * CERTAIN_SCORE) / (CLEAR_SHARE * largest), step);
  const hessian = new Float64Array(w.length * w.length);
  rows.sums.evaluate(far, new Float64Array(w.length), hessian);
  const { dependences } = new OrderedCholesky(hessian, w.length, order, floors);
  const direction = dependences.reduce<Float64Array>(
    (sum, dependence) => combined(sum, step[dependence.place]!, nullDirection(dependence)),
    new Float64Array(w.length),
  );
  const moved = moveApart(rows, w, direction);
  return moved === undefined ? undefined : { dependences, w: moved };
}

/** Moves along the direction until all rows that it separates are certain. Returns undefined if it separates none. */
function moveApart(rows: FitRows, w: Float64Array, direction: Float64Array): Float64Array | undefined {
  const moves = ownSideScores(rows, direction);
  const { least, largest } = extremes(moves);
  const noise = NOISE_SHARE * Math.max(largest, -least);
  if (!(largest > noise) || least < -noise) return undefined;
  const scores = ownSideScores(rows, w);
  let factor = 0;
  for (let i = 0; i < moves.length; i++) {
    if (moves[i]! > noise) factor = Math.max(factor, (CERTAIN_SCORE - scores[i]!) / moves[i]!);
  }
  return combined(w, factor, direction);
}

/** Returns each row's score, positive if it is on the side of the row's own class. */
function ownSideScores({ design, codes }: FitRows, w: Float64Array): Float64Array {
  const scores = design.linearPredictor(w)[0]!;
  for (let i = 0; i < scores.length; i++) if (codes[i] !== 1) scores[i] = -scores[i]!;
  return scores;
}

function extremes(values: Float64Array): { readonly least: number; readonly largest: number } {
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return { least, largest };
}

/** Returns `w + factor * direction`. */
export function combined(w: Float64Array, factor: number, direction: Float64Array): Float64Array {
  return w.map((value, i) => value + factor * direction[i]!);
}
