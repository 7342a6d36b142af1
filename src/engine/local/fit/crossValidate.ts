import { DataError, toData } from '../../../errors.ts';
import type { Plan } from '../../../values/plan.ts';
import { type Candidate, isFitted, type Scores } from '../../../values/result.ts';
import type { Watch } from '../../watch.ts';
import { fitCandidate } from './fitCandidate.ts';
import type { Folds } from './folds.ts';
import type { HelperTasks } from './helperTasks.ts';
import type { Prepared } from './prepare.ts';

/**
 * Fits each candidate in each fold, and measures it there: scikit-learn's `cross_validate` with the pipeline. A candidate that
 * cannot be fitted in a fold has failed.
 */
export async function crossValidate(
  candidates: readonly Candidate[],
  folds: Folds,
  { dataset, positive }: Pick<Prepared, 'dataset' | 'positive'>,
  { data: { missing } }: Plan,
  { helpers, watch }: { readonly helpers: HelperTasks; readonly watch: Watch },
): Promise<Candidate[]> {
  const scores: Scores[][] = candidates.map(() => []);
  const measured: Candidate[] = [...candidates];
  await folds.each(async (rows) => {
    for (const [index, candidate] of candidates.entries()) {
      if (isFitted(measured[index]!)) {
        try {
          const fit = await fitCandidate({ dataset, positive, ...rows }, candidate.model, missing, helpers);
          const { train, test } = fit.candidate;
          scores[index]!.push({ train, test });
        } catch (error) {
          measured[index] = failed(candidate.model, error);
        }
      }
      watch.step();
    }
  });
  return measured.map((candidate, index) =>
    isFitted(candidate) ? { ...candidate, folds: scores[index]! } : candidate,
  );
}

/** A candidate that the rows do not allow. @throws errors of any other kind */
export function failed(model: Candidate['model'], error: unknown): Candidate {
  if (!(error instanceof DataError) || error.code !== 'cannot_be_fitted') throw error;
  return { model, problem: toData(error) };
}
