import type { Design } from '../design.ts';
import type { ClassCodes } from '../labels.ts';

/**
 * Returns whether each row has its highest score in its own class, and no other class has the same score.
 * If so, the classes are completely separated: larger coefficients always fit better, and the loss has no minimum.
 *
 * Source: A. Albert and J. A. Anderson, On the existence of maximum likelihood estimates in logistic regression models,
 * Biometrika 71 (1984).
 *
 * @param rows coefficients and intercept; one row for two classes, else a row for each class
 */
export function separates(design: Design, codes: ClassCodes, rows: readonly (readonly number[])[]): boolean {
  const scores = design.linearPredictor(Float64Array.from(rows.flat()));
  const [only] = scores;
  if (only !== undefined && scores.length === 1)
    return only.every((score, row) => (codes[row] === 1 ? score > 0 : score < 0));
  return codes.every((code, row) =>
    scores.every((ofClass, k) => k === code || ofClass[row]! < scores[code]![row]!),
  );
}
