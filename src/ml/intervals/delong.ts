import { sortDoubles } from '../sortDoubles.ts';
import { meanError } from './meanError.ts';

/** An area under the ROC curve, or a difference of two, and its variance. */
export interface AreaVariance {
  readonly area: number;
  /** NaN if a class has fewer than two rows. */
  readonly variance: number;
}

/** Scores of the rows that are positive, and of the others. No score is NaN. */
export interface ScoresByClass {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Computes the area under the ROC curve and DeLong's variance of it.
 *
 *     V10(i) = (negatives below score i + half of those equal to it) / n
 *     V01(j) = (positives above score j + half of those equal to it) / m
 *     area = mean(V10),  variance = var(V10) / m + var(V01) / n
 *
 * The counts are differences of midranks, as in the fast algorithm.
 * Source: E. R. DeLong et al. (1988); X. Sun and W. Xu, Fast implementation of DeLong's algorithm (2014).
 * @param scores both arrays sorted
 */
export function areaOf({ positives, negatives }: ScoresByClass): AreaVariance {
  const wins = walk(positives, negatives);
  const losses = walk(negatives, positives);
  return {
    area: wins.mean,
    variance: wins.standardError ** 2 + losses.standardError ** 2,
  };
}

/** The sign bit of a double, in its upper half. */
const SIGN_BIT = 2 ** 31;

/**
 * As `areaOf`, of the scores of both classes in one array, sorted by size: the scores of positive rows have the sign bit set.
 * @param area as it is known from counts
 */
export function varianceOfSorted(signed: Float64Array, area: number): number {
  const words = new Uint32Array(signed.buffer, signed.byteOffset, 2 * signed.length);
  const isPositive = (row: number) => words[2 * row + 1]! >= SIGN_BIT;
  let m = 0;
  for (let row = 0; row < signed.length; row++) if (isPositive(row)) m++;
  const n = signed.length - m;
  let [positivesBelow, negativesBelow] = [0, 0];
  let [ofWins, ofLosses] = [0, 0];
  for (let row = 0; row < signed.length; ) {
    const size = Math.abs(signed[row]!);
    let [positives, negatives] = [0, 0];
    for (; row < signed.length && Math.abs(signed[row]!) === size; row++) {
      if (isPositive(row)) positives++;
      else negatives++;
    }
    ofWins += positives * ((negativesBelow + negatives / 2) / n - area) ** 2;
    ofLosses += negatives * ((positivesBelow + positives / 2) / m - (1 - area)) ** 2;
    positivesBelow += positives;
    negativesBelow += negatives;
  }
  return m > 1 && n > 1 ? ofWins / (m - 1) / m + ofLosses / (n - 1) / n : Number.NaN;
}

/** The mean over `ours` of the share of `others` below, with its standard error. Both arrays are sorted. */
function walk(ours: Float64Array, others: Float64Array) {
  let below = 0;
  let notAbove = 0;
  return meanError(ours.length, (index) => {
    const score = ours[index]!;
    while (below < others.length && others[below]! < score) below++;
    while (notAbove < others.length && others[notAbove]! <= score) notAbove++;
    return (below + notAbove) / (2 * others.length);
  });
}

/**
 * Computes the difference of the areas of two models on the same rows, first minus second, and its variance.
 *
 *     variance = var(V10 - W10) / m + var(V01 - W01) / n
 *
 * This is `var(first) + var(second) - 2 cov`: two equal models have a variance of 0.
 * @param first not sorted: place i of both models is the same row
 */
export function differenceOfAreas(first: ScoresByClass, second: ScoresByClass): AreaVariance {
  const ofFirst = placements(first);
  const ofSecond = placements(second);
  const wins = meanError(ofFirst.wins.length, (i) => ofFirst.wins[i]! - ofSecond.wins[i]!);
  const losses = meanError(ofFirst.losses.length, (j) => ofFirst.losses[j]! - ofSecond.losses[j]!);
  return { area: wins.mean, variance: wins.standardError ** 2 + losses.standardError ** 2 };
}

/** The shares V10 of the positive rows, and 1 - V01 of the negative rows, in the order of the rows. */
function placements({ positives, negatives }: ScoresByClass) {
  return { wins: sharesBelow(positives, negatives), losses: sharesBelow(negatives, positives) };
}

/** For each score, the share of the others that lie below, with half of those that are equal. */
function sharesBelow(scores: Float64Array, others: Float64Array): Float64Array {
  const sorted = Float64Array.from(others);
  sortDoubles(sorted);
  return scores.map((score) => {
    const below = firstPlace(sorted, (other) => other >= score, 0);
    // Most scores have no equal.
    const notAbove = sorted[below] === score ? firstPlace(sorted, (other) => other > score, below) : below;
    return (below + notAbove) / (2 * sorted.length);
  });
}

/** The first place of a sorted array, from `start` on, at which a condition holds; its length if there is none. */
function firstPlace(sorted: Float64Array, holds: (value: number) => boolean, start: number): number {
  let low = start;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
