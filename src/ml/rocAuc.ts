import type { ClassCodes } from './labels.ts';
import type { Matrix } from './matrix.ts';
import { sortDoubles } from './sortDoubles.ts';

/**
 * Area under the ROC curve: of `positiveCode` for two classes, else one-vs-one over all pairs of classes that occur.
 * Each pair is weighted by its share of the rows (Hand & Till 2001).
 *
 * @param codes each row's class as its column in `proba`
 * @param proba shape `(nSamples, nClasses)`; for two classes also `(nSamples, 1)` with the second class alone
 * @returns NaN if it is undefined: fewer than two classes occur, a row's class has no column, or a probability is NaN
 */
export function rocAuc(codes: ClassCodes, proba: Matrix, positiveCode: number): number {
  const nClasses = Math.max(proba.nFeatures, 2);
  const counts = new Uint32Array(nClasses);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code >= nClasses) return Number.NaN;
    counts[code]!++;
  }
  if (nClasses === 2) {
    const scores = scoresByClass(codes, columnOf(proba, positiveCode), counts);
    return areaUnderCurve(scores[positiveCode]!, scores[1 - positiveCode]!);
  }
  return oneVsOne(codes, proba, counts);
}

function columnOf({ nFeatures, columns }: Matrix, code: number): Float64Array {
  if (nFeatures === 2) return columns[code]!;
  return code === 1 ? columns[0]! : columns[0]!.map((p) => 1 - p);
}

/** Returns the scores of each class's rows, sorted. */
function scoresByClass(codes: ClassCodes, scores: Float64Array, counts: Uint32Array): Float64Array[] {
  const groups = Array.from(counts, (count) => new Float64Array(count));
  const filled = new Uint32Array(counts.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    groups[code]![filled[code]!++] = scores[i]!;
  }
  groups.forEach(sortDoubles);
  return groups;
}

/**
 * Probability that a positive row scores above a negative row, where a tie counts half (Mann & Whitney 1947).
 * This equals the area of the trapezoids under the ROC curve. It counts in whole numbers and rounds only once. Both
 * arrays are sorted, NaN last. If one array is empty, the result is 0 / 0 = NaN.
 */
function areaUnderCurve(positives: Float64Array, negatives: Float64Array): number {
  if (Number.isNaN(positives.at(-1)) || Number.isNaN(negatives.at(-1))) return Number.NaN;
  let twiceWins = 0;
  let nBelow = 0;
  let nNotAbove = 0;
  for (let i = 0; i < positives.length; i++) {
    const score = positives[i]!;
    while (nBelow < negatives.length && negatives[nBelow]! < score) nBelow++;
    while (nNotAbove < negatives.length && negatives[nNotAbove]! <= score) nNotAbove++;
    twiceWins += nBelow + nNotAbove;
  }
  return twiceWins / (2 * positives.length * negatives.length);
}

function oneVsOne(codes: ClassCodes, proba: Matrix, counts: Uint32Array): number {
  const nClasses = counts.length;
  // areas[a][b]: rows of class a against rows of class b, scored by column a.
  const areas = proba.columns.map(() => new Float64Array(nClasses));
  for (let a = 0; a < nClasses; a++) {
    const scores = scoresByClass(codes, proba.columns[a]!, counts);
    for (let b = 0; b < nClasses; b++) areas[a]![b] = areaUnderCurve(scores[a]!, scores[b]!);
  }
  let weightedSum = 0;
  let weightSum = 0;
  for (let a = 0; a < nClasses; a++) {
    for (let b = a + 1; b < nClasses; b++) {
      if (counts[a] === 0 || counts[b] === 0) continue;
      const weight = counts[a]! + counts[b]!;
      weightedSum += (weight * (areas[a]![b]! + areas[b]![a]!)) / 2;
      weightSum += weight;
    }
  }
  return weightedSum / weightSum;
}
