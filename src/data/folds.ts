import { DataError } from '../errors.ts';

/**
 * Assigns rows to folds as scikit-learn's `StratifiedKFold(nFolds)` without shuffling: each fold has about the same share
 * of each class, and rows that come first in a class go to the first fold.
 *
 * Source: scikit-learn 1.9, model_selection/_split.py, `StratifiedKFold._make_test_folds`.
 *
 * @param codes each row's class, below `nClasses`; the order of the rows is part of the result
 * @returns each row's fold, below `nFolds`
 * @throws DataError `cv_class_too_small` if a class has fewer rows than there are folds
 */
export function stratifiedFolds(
  codes: ArrayLike<number>,
  nClasses: number,
  nFolds: number,
  nameOf: (code: number) => string,
): Uint8Array {
  const counts = new Uint32Array(nClasses);
  for (let i = 0; i < codes.length; i++) counts[codes[i]!]!++;
  checkCounts(counts, nFolds, nameOf);

  // Fold f gets every nFolds-th row, from row f on, of all rows sorted by class. Classes are sorted by first appearance.
  const perFold = Array.from({ length: nFolds }, () => new Uint32Array(nClasses));
  let place = 0;
  for (const code of byFirstAppearance(codes, nClasses)) {
    for (let i = 0; i < counts[code]!; i++) perFold[place++ % nFolds]![code]!++;
  }
  const folds = new Uint8Array(codes.length);
  const current = new Uint8Array(nClasses);
  for (let i = 0; i < folds.length; i++) {
    const code = codes[i]!;
    while (perFold[current[code]!]![code] === 0) current[code]!++;
    perFold[current[code]!]![code]!--;
    folds[i] = current[code]!;
  }
  return folds;
}

function byFirstAppearance(codes: ArrayLike<number>, nClasses: number): ReadonlySet<number> {
  const seen = new Set<number>();
  for (let i = 0; i < codes.length && seen.size < nClasses; i++) seen.add(codes[i]!);
  return seen;
}

function checkCounts(counts: Uint32Array, nFolds: number, nameOf: (code: number) => string): void {
  const code = counts.findIndex((count) => count > 0 && count < nFolds);
  if (code < 0) return;
  const actual = counts[code]!;
  const rows = actual === 1 ? '1 training row' : `${actual} training rows`;
  throw new DataError(
    'cv_class_too_small',
    `cv=${nFolds} needs at least ${nFolds} training rows of each class, and the class ${nameOf(code)} has ${rows}: choose a smaller cv, or send more rows.`,
    { field: 'cv', value: nameOf(code), limit: nFolds, actual },
  );
}
