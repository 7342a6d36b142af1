import type { Choice } from '../values/plan.ts';
import { type Candidate, type FittedCandidate, isFitted } from '../values/result.ts';

/**
 * Chooses the best candidate: by its mean over the folds if there are folds, else by its value on the test rows. Of equal
 * candidates the first is chosen; a candidate whose value is undefined is chosen last.
 * @returns its index; undefined if no candidate is fitted
 */
export function chooseBest(candidates: readonly Candidate[], choice: Choice): number | undefined {
  let best: number | undefined;
  let bestValue = Number.NaN;
  for (const [index, candidate] of candidates.entries()) {
    if (!isFitted(candidate)) continue;
    const value = scoreOf(candidate, choice);
    const isBetter = choice.goal === 'max' ? value > bestValue : value < bestValue;
    if (best === undefined || isBetter || (Number.isNaN(bestValue) && !Number.isNaN(value))) {
      best = index;
      bestValue = value;
    }
  }
  return best;
}

/** The value that a candidate is chosen by. */
export function scoreOf({ test, folds }: FittedCandidate, { metric }: Choice): number {
  const of = ({ metrics }: FittedCandidate['test']) => metrics[metric as keyof typeof metrics];
  if (folds === undefined) return of(test);
  return folds.reduce((sum, fold) => sum + of(fold.test), 0) / folds.length;
}
