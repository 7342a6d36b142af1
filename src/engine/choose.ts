import { compile } from '../expressions/compile.ts';
import { scopeOf } from '../expressions/scope.ts';
import type { Objective } from '../values/expression.ts';
import { type Candidate, type FittedCandidate, isFitted } from '../values/result.ts';

/**
 * Chooses the best candidate. If candidates are equally good, the first is chosen. A candidate whose score is undefined is
 * chosen only if all are.
 * @returns its index; undefined if no candidate is fitted
 */
export function chooseBest(candidates: readonly Candidate[], objective: Objective): number | undefined {
  let best: number | undefined;
  let bestScore = Number.NaN;
  for (const [index, candidate] of candidates.entries()) {
    if (!isFitted(candidate)) continue;
    const score = scoreOf(candidate, objective);
    const isBetter = objective.direction === 'max' ? score > bestScore : score < bestScore;
    if (best === undefined || isBetter || (Number.isNaN(bestScore) && !Number.isNaN(score))) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}

/**
 * What a candidate is chosen by: the mean of the objective over the folds, or without folds its value on the test rows; NaN if
 * it is undefined.
 */
export function scoreOf(candidate: FittedCandidate, objective: Objective): number {
  const scores = scoresOf(candidate, objective);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** The objective in each fold, or without folds on the test rows; NaN if it is undefined. */
export function scoresOf({ test, folds }: FittedCandidate, { expression }: Objective): readonly number[] {
  const { evaluate } = compile(expression);
  return (folds ?? [{ test }]).map((part) => evaluate(scopeOf(part.test)) ?? Number.NaN);
}
