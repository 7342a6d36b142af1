import type { Plan } from '../../../values/plan.ts';
import { type Candidate, isFitted, type Scores } from '../../../values/result.ts';
import { type FitTools, timed } from './fitCandidates.ts';
import { fitEach } from './fitEach.ts';
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
  const measured = [...candidates];
  const rowsOfFold = all.frame.nSamples;
  const foldsOfOne = foldRows({ train: all }, plan);
  let left = candidates.filter(isFitted).length * foldsOfOne;
  await folds.each(async (rows) => {
    const inFold = [...measured.keys()].filter((index) => isFitted(measured[index]!));
    const models = inFold.map((index) => measured[index]!.model);
    // A candidate that has failed is a step too.
    for (let skipped = models.length; skipped < measured.length; skipped++) watch.step();
    for await (const { index: place, ...attempt } of fitEach(
      { dataset, positive, ...rows },
      models,
      plan,
      helpers,
    )) {
      const index = inFold[place]!;
      if ('problem' in attempt) {
        measured[index] = { model: models[place]!, ...attempt };
        left -= foldsOfOne - scores[index]!.length * rowsOfFold;
      } else {
        const { train, test } = attempt.fit.candidate;
        scores[index]!.push({ train, test });
        left -= rowsOfFold;
        pace.took(timed(attempt.fit, rowsOfFold), left);
      }
      watch.step();
    }
  });
  return measured.map((candidate, index) =>
    isFitted(candidate) ? { ...candidate, folds: scores[index]! } : candidate,
  );
}
