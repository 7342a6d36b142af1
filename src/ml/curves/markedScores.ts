import type { ClassCodes } from '../labels.ts';
import { sortDoubles } from '../sortDoubles.ts';

/**
 * Probabilities of one class, sorted ascending by size. The sign bit marks the rows that are of the class: probabilities have
 * no sign. The kernel `measureRows` leaves them in this form.
 */
export type MarkedScores = Float64Array;

/** @returns undefined if a score is NaN */
export function markScores(
  codes: ClassCodes,
  scores: Float64Array,
  positiveCode: number,
): MarkedScores | undefined {
  let nPositives = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] === positiveCode) nPositives++;
  const positives = new Float64Array(nPositives);
  const negatives = new Float64Array(codes.length - nPositives);
  let p = 0;
  let n = 0;
  for (let i = 0; i < codes.length; i++) {
    const score = scores[i]!;
    if (Number.isNaN(score)) return undefined;
    if (codes[i] === positiveCode) positives[p++] = score;
    else negatives[n++] = score;
  }
  sortDoubles(positives);
  sortDoubles(negatives);
  return merge(positives, negatives);
}

function merge(positives: Float64Array, negatives: Float64Array): MarkedScores {
  const marked = new Float64Array(positives.length + negatives.length);
  let p = 0;
  let n = 0;
  for (let i = 0; i < marked.length; i++) {
    const takesPositive = n === negatives.length || (p < positives.length && positives[p]! <= negatives[n]!);
    // `-0` has the mark too.
    marked[i] = takesPositive ? -positives[p++]! : negatives[n++]!;
  }
  return marked;
}

/** The first row whose score is above a limit, or at least the limit. */
export function firstAbove(marked: MarkedScores, limit: number): number {
  return search(marked, (score) => score > limit);
}

export function firstFrom(marked: MarkedScores, limit: number): number {
  return search(marked, (score) => score >= limit);
}

function search(marked: MarkedScores, isThere: (score: number) => boolean): number {
  let low = 0;
  let high = marked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isThere(Math.abs(marked[middle]!))) high = middle;
    else low = middle + 1;
  }
  return low;
}
