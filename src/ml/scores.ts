import type { ClassCodes } from './labels.ts';
import type { Matrix } from './matrix.ts';

/** Number of classes that fit in one byte. */
const BYTE_CLASSES_MAX = 256;

/**
 * Returns for each row the class with the highest score, or the first of several.
 * @param scores shape `(nSamples, nClasses)`; for two classes `(nSamples, 1)`, where a score above 0 means the second
 *   class
 */
export function classesByScore({ nSamples, columns }: Matrix): ClassCodes {
  const codes = columns.length <= BYTE_CLASSES_MAX ? new Uint8Array(nSamples) : new Int32Array(nSamples);
  const [first] = columns;
  if (columns.length === 1) {
    for (let i = 0; i < nSamples; i++) codes[i] = first![i]! > 0 ? 1 : 0;
    return codes;
  }
  for (let k = 1; k < columns.length; k++) {
    const column = columns[k]!;
    for (let i = 0; i < nSamples; i++) if (column[i]! > columns[codes[i]!]![i]!) codes[i] = k;
  }
  return codes;
}

/**
 * Returns the probabilities of the classes: the logistic function of a single score, the softmax of several.
 * @param scores as for `classesByScore`
 * @returns shape `(nSamples, nClasses)`
 */
export function probabilities({ nSamples, columns }: Matrix): Matrix {
  const proba = columns.length === 1 ? bothProbabilities(columns[0]!) : softmax(columns);
  return { nSamples, nFeatures: proba.length, columns: proba };
}

/** The logistic function of each score: the probability of the second of two classes. */
export function logistic(scores: Float64Array): Float64Array {
  const proba = new Float64Array(scores.length);
  // SciPy's own form: it neither cancels nor gives NaN, because 1 / Infinity is 0.
  for (let i = 0; i < proba.length; i++) proba[i] = 1 / (1 + Math.exp(-scores[i]!));
  return proba;
}

function bothProbabilities(scores: Float64Array): Float64Array[] {
  const ofSecond = logistic(scores);
  const ofFirst = new Float64Array(scores.length);
  for (let i = 0; i < ofFirst.length; i++) ofFirst[i] = 1 - ofSecond[i]!;
  return [ofFirst, ofSecond];
}

function softmax(scores: readonly Float64Array[]): Float64Array[] {
  const largest = scores[0]!.map((_, i) =>
    scores.reduce((max, column) => Math.max(max, column[i]!), -Infinity),
  );
  const exponentials = scores.map((column) => column.map((score, i) => Math.exp(score - largest[i]!)));
  const sums = largest.map((_, i) => exponentials.reduce((sum, column) => sum + column[i]!, 0));
  return exponentials.map((column) => column.map((e, i) => e / sums[i]!));
}
