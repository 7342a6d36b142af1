import type { Plan } from '../../../values/plan.ts';
import { type Candidate, isFitted, type Scores } from '../../../values/result.ts';
import { fitCandidate } from './fitCandidate.ts';
import { type FitTools, failedCandidate, timed } from './fitCandidates.ts';
import { type Folds, foldRows } from './folds.ts';
import type { Prepared } from './prepare.ts';

/**
 * Fits each candidate in each fold, on the other folds, and measures it there, as scikit-learn's `cross_validate` does with
 * the whole pipeline. A candidate that cannot be fitted in a fold has failed.
 */
export async function crossValidate(
  candidates: readonly Candidate[],
  folds: Folds,
  { dataset, positive, train: all }: Pick<Prepared, 'dataset' | 'positive' | 'train'>,
  plan: Plan,
  { helpers, watch, pace }: FitTools,
): Promise<Candidate[]> {
  const scores: Scores[][] = candidates.map(() => []);
  const withoutCurves = { ...plan, curves: false };
  const measured = [...candidates];
  const rowsOfFold = all.frame.nSamples;
  const foldsOfOne = foldRows({ train: all }, plan);
  let left = candidates.filter(isFitted).length * foldsOfOne;
  await folds.each(async (rows) => {
    for (const [index, candidate] of measured.entries()) {
      if (isFitted(candidate)) {
        try {
          const fit = await fitCandidate(
            { dataset, positive, ...rows },
            candidate.model,
            withoutCurves,
            helpers,
          );
          const { train, test } = fit.candidate;
          scores[index]!.push({ train, test });
          left -= rowsOfFold;
          pace.took(timed(fit, rowsOfFold), left);
        } catch (error) {
          measured[index] = failedCandidate(candidate.model, error);
          left -= foldsOfOne - scores[index]!.length * rowsOfFold;
        }
      }
      watch.step();
    }
  });
  return measured.map((candidate, index) =>
    isFitted(candidate) ? { ...candidate, folds: scores[index]! } : candidate,
  );
}
