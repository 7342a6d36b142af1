import { DataError, toData } from '../../../errors.ts';
import type { Curves } from '../../../values/curves.ts';
import type { ModelSpec, Plan } from '../../../values/plan.ts';
import type { Candidate } from '../../../values/result.ts';
import type { Watch } from '../../watch.ts';
import { fitCandidate } from './fitCandidate.ts';
import type { HelperTasks } from './helperTasks.ts';
import type { Prepared } from './prepare.ts';

/** What the fits of a plan share. */
export interface FitTools {
  readonly helpers: HelperTasks;
  readonly watch: Watch;
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
  { helpers, watch }: FitTools,
): Promise<Fits> {
  const fits: Candidate[] = [];
  const curves: (Curves | undefined)[] = [];
  let fitMs = 0;
  let evaluateMs = 0;
  for (const model of plan.candidates) {
    try {
      const fit = await fitCandidate(prepared, model, plan, helpers);
      fits.push(fit.candidate);
      curves.push(fit.curves);
      fitMs += fit.fitMs;
      evaluateMs += fit.evaluateMs;
    } catch (error) {
      fits.push(failedCandidate(model, error));
      curves.push(undefined);
    }
    watch.step();
  }
  return { fits, curves, fitMs, evaluateMs };
}

/** Errors of one model that say nothing about the others. */
const REFUSALS: readonly string[] = ['cannot_be_fitted', 'cannot_be_predicted'];

/** A candidate whose model the rows do not allow. @throws any other error */
export function failedCandidate(model: ModelSpec, error: unknown): Candidate {
  if (!(error instanceof DataError) || !REFUSALS.includes(error.code)) throw error;
  return { model, problem: toData(error) };
}
