import type { Plan } from '../../../values/plan.ts';
import type { Candidate } from '../../../values/result.ts';
import type { Watch } from '../../watch.ts';
import { type Fit, fitEach } from './fitEach.ts';
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
  let fitMs = 0;
  let evaluateMs = 0;
  const rows = prepared.train.frame.nSamples + prepared.test.frame.nSamples;
  const inFolds = foldRows(prepared, plan);
  const able = new Set<string>();
  const left = new Set(plan.candidates.keys());
  let nFitted = 0;
  for await (const { index, ...attempt } of fitEach(prepared, plan.candidates, plan, helpers)) {
    left.delete(index);
    const model = plan.candidates[index]!;
    if ('problem' in attempt) {
      fits[index] = { model, ...attempt };
    } else {
      const { fit } = attempt;
      fits[index] = fit.candidate;
      fitMs += fit.fitMs;
      evaluateMs += fit.evaluateMs;
      nFitted++;
      able.add(model.solver);
      // A solver that has fitted nothing yet may have a limit that lets all of its candidates fail at once.
      const toCome = [...left].filter((other) => able.has(plan.candidates[other]!.solver)).length;
      pace.took(timed(fit, rows), toCome * rows + (nFitted + toCome) * inFolds);
    }
    watch.step();
  }
  return { fits, fitMs, evaluateMs };
}

/** @param rows that the model was fitted and measured on */
export function timed({ candidate, fitMs, evaluateMs }: Fit, rows: number): TimedFit {
  return { rows, iterations: candidate.solver.iterations, fitMs, evaluateMs };
}
