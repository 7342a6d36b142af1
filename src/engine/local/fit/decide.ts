import { DataError } from '../../../errors.ts';
import type { Plan } from '../../../values/plan.ts';
import type { ChosenThreshold, KeptCandidate } from '../../../values/result.ts';
import { applyThreshold } from './applyThreshold.ts';
import type { FitTools } from './fitCandidates.ts';
import type { Folds } from './folds.ts';
import type { Prepared } from './prepare.ts';
import { tuneThreshold } from './tuneThreshold.ts';

interface Decided {
  readonly best: KeptCandidate;
  readonly threshold?: ChosenThreshold;
}

/**
 * Gives the best candidate the threshold that the plan asks for. Candidates have a given threshold already.
 * @param folds of the training rows, for an objective
 * @throws DataError if the rows do not allow a fit in one of the folds, or if the objective is undefined at each threshold
 */
export async function decide(
  best: KeptCandidate,
  folds: Folds | undefined,
  prepared: Pick<Prepared, 'dataset' | 'positive'>,
  plan: Plan,
  tools: FitTools,
): Promise<Decided> {
  const { threshold } = plan;
  if (threshold === undefined) return { best };
  if (threshold.by === 'given') return { best, threshold: { value: threshold.value, by: 'given' } };
  const { objective } = threshold;
  const value = folds && (await tuneThreshold(best.model, objective, folds, prepared, plan, tools));
  if (folds === undefined || value === undefined) {
    throw new DataError(
      'threshold_undefined',
      `threshold is ${objective.text}, which has no value at any threshold: choose another expression.`,
      { field: 'threshold', value: objective.text },
    );
  }
  return {
    best: await applyThreshold(best, value, folds, prepared, plan, tools),
    threshold: { value, by: objective.text },
  };
}
