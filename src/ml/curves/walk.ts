import type { MarkedScores } from './markedScores.ts';

/** Points that are kept of each class before the curves are thinned: between two of them lie 1/1,000 of its rows at most. */
const STEPS_A_CLASS = 1_000;
/** Most points that a walk keeps: the steps of both classes, the first point and the last one. */
export const WALK_POINTS_MAX = 2 * STEPS_A_CLASS + 2;
/** Rows of one call: V8 compiles a function that is called often sooner than one that loops for long. */
const CHUNK_ROWS = 16_384;

/** Counts at thresholds, the highest threshold first. */
export interface Points {
  readonly threshold: number[];
  readonly tp: number[];
  readonly fp: number[];
}

/** Sums over the rows from a place to the end. */
export interface Mark {
  readonly tp: number;
  readonly fp: number;
  readonly scores: number;
}

export interface Walked {
  readonly points: Points;
  readonly averagePrecision: number;
  readonly brier: number;
  /** The sums at each asked place. */
  readonly marks: ReadonlyMap<number, Mark>;
}

/**
 * Goes through the rows once, from the highest score down, and keeps the counts at the end of groups of equal scores, as
 * `sklearn.metrics.roc_curve` does.
 * @param places where the sums are asked for
 */
export type Walk = (marked: MarkedScores, nPositives: number, places: readonly number[]) => Walked;

/** The rows of each class between two points that are kept. */
export function walkSteps(rows: number, nPositives: number) {
  return {
    tp: Math.max(1, nPositives / STEPS_A_CLASS),
    fp: Math.max(1, (rows - nPositives) / STEPS_A_CLASS),
  };
}

/** The places where a walk stops: those that are asked for and the first row, from the highest score down. */
export function stopsOf(places: readonly number[]): readonly number[] {
  return [...new Set([0, ...places])].sort((a, b) => b - a);
}

/** Walks through rows that lie anywhere. The kernel `walkScores` gives the same bits for rows in a table's memory. */
export const walkPlain: Walk = (marked, nPositives, places) => {
  const walker = new Walker(marked, nPositives);
  const marks = new Map<number, Mark>();
  let end = marked.length;
  for (const place of stopsOf(places)) {
    while (end > place) {
      const next = Math.max(place, end - CHUNK_ROWS);
      walker.go(end, next);
      end = next;
    }
    const { tp, fp, scores } = walker;
    marks.set(place, { tp, fp, scores });
  }
  return {
    points: walker.points,
    averagePrecision: walker.precisions / walker.tp,
    brier: walker.squares / marked.length,
    marks,
  };
};

class Walker {
  readonly points: Points = { threshold: [], tp: [], fp: [] };
  tp = 0;
  fp = 0;
  scores = 0;
  squares = 0;
  /** Sum of the precision at each positive row. */
  precisions = 0;
  readonly #marked: MarkedScores;
  readonly #words: Uint32Array;
  readonly #tpStep: number;
  readonly #fpStep: number;
  #tpBefore = 0;
  #tpDue = 1;
  #fpDue = 1;

  constructor(marked: MarkedScores, nPositives: number) {
    this.#marked = marked;
    this.#words = new Uint32Array(marked.buffer, marked.byteOffset, marked.length * 2);
    const steps = walkSteps(marked.length, nPositives);
    this.#tpStep = steps.tp;
    this.#fpStep = steps.fp;
  }

  /** Goes down to a place, from the row before another. */
  go(from: number, to: number): void {
    const marked = this.#marked;
    const words = this.#words;
    let { tp, fp, scores, squares, precisions } = this;
    let tpBefore = this.#tpBefore;
    let tpDue = this.#tpDue;
    let fpDue = this.#fpDue;
    let score = Math.abs(marked[from - 1]!);
    for (let i = from - 1; i >= to; i--) {
      const isPositive = words[2 * i + 1]! >>> 31;
      const below = i > 0 ? Math.abs(marked[i - 1]!) : -1;
      const error = score - isPositive;
      tp += isPositive;
      fp += 1 - isPositive;
      scores += score;
      squares += error * error;
      if (below !== score) {
        if (tp > tpBefore) {
          precisions += ((tp - tpBefore) * tp) / (tp + fp);
          tpBefore = tp;
        }
        if (tp >= tpDue || fp >= fpDue || i === 0) {
          this.#keep(score, tp, fp);
          tpDue = tp + this.#tpStep;
          fpDue = fp + this.#fpStep;
        }
      }
      score = below;
    }
    Object.assign(this, { tp, fp, scores, squares, precisions });
    this.#tpBefore = tpBefore;
    this.#tpDue = tpDue;
    this.#fpDue = fpDue;
  }

  #keep(threshold: number, tp: number, fp: number): void {
    this.points.threshold.push(threshold);
    this.points.tp.push(tp);
    this.points.fp.push(fp);
  }
}
