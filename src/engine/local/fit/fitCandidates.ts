import { DataError, toData } from '../../../errors.ts';
import type { Curves } from '../../../values/curves.ts';
import type { ModelSpec, Plan } from '../../../values/plan.ts';
import type { Candidate } from '../../../values/result.ts';
import type { Watch } from '../../watch.ts';
import { type Fit, fitCandidate } from './fitCandidate.ts';
import { foldRows } from './folds.ts';
import type { HelperTasks } from './helperTasks.ts';
import type { Pace, TimedFit } from './pace.ts';
import type { Prepared } from './prepare.ts';

/** What the fits of a plan share. */
export interface FitTools {
  readonly helpers: HelperTasks;
  readonly watch: Watch;
  readonly pace: Pace;
}

interface Fits {
  /** In the plan's order. */
  readonly fits: readonly Candidate[];
  /** The curves of each fit, if the plan asks for them. */
  readonly curves: readonly (Curves | undefined)[];
  /** Milliseconds that all of them took together. */
  readonly fitMs: number;
  readonly evaluateMs: number;
}

/** Fits each candidate of a plan on the training rows, as if it were the only one, and measures it on both parts. */
export async function fitCandidates(
  prepared: Prepared,
  plan: Plan,
  { helpers, watch, pace }: FitTools,
): Promise<Fits> {
  const fits: Candidate[] = [];
  const curves: (Curves | undefined)[] = [];
  let fitMs = 0;
  let evaluateMs = 0;
  const rows = prepared.train.frame.nSamples + prepared.test.frame.nSamples;
  const inFolds = foldRows(prepared, plan);
  const able = new Set<string>();
  let nFitted = 0;
  for (const [index, model] of plan.candidates.entries()) {
    try {
      const fit = await fitCandidate(prepared, model, plan, helpers);
      fits.push(fit.candidate);
      curves.push(fit.curves);
      fitMs += fit.fitMs;
      evaluateMs += fit.evaluateMs;
      nFitted++;
      able.add(model.solver);
      // A solver that has fitted nothing yet may have a limit that lets all of its candidates fail at once.
      const left = plan.candidates.slice(index + 1).filter(({ solver }) => able.has(solver)).length;
      pace.took(timed(fit, rows), left * rows + (nFitted + left) * inFolds);
    } catch (error) {
      fits.push(failedCandidate(model, error));
      curves.push(undefined);
    }
    watch.step();
  }
  return { fits, curves, fitMs, evaluateMs };
}

/** @param rows that the model was fitted and measured on */
export function timed({ candidate, fitMs, evaluateMs }: Fit, rows: number): TimedFit {
  return { rows, iterations: candidate.solver.iterations, fitMs, evaluateMs };
}

/** Errors of one model that say nothing about the others. */
const REFUSALS: readonly string[] = ['cannot_be_fitted', 'cannot_be_predicted'];

/** A candidate whose model the rows do not allow. @throws any other error */
export function failedCandidate(model: ModelSpec, error: unknown): Candidate {
  if (!(error instanceof DataError) || !REFUSALS.includes(error.code)) throw error;
  return { model, problem: toData(error) };
}
