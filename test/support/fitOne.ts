import type { FitRows } from '../../src/engine/local/fit/fitCandidate.ts';
import { type Fit, fitEach } from '../../src/engine/local/fit/fitEach.ts';
import { HelperTasks } from '../../src/engine/local/fit/helperTasks.ts';
import type { ModelSpec, Plan } from '../../src/values/plan.ts';

/** Fits one model and measures it, on this thread alone. */
export async function fitOne(rows: FitRows, model: ModelSpec, plan: Plan): Promise<Fit> {
  const attempts = [];
  for await (const attempt of fitEach(rows, [model], plan, new HelperTasks())) attempts.push(attempt);
  const [only] = attempts;
  if (only === undefined || !('fit' in only)) throw new Error('The model was not fitted.');
  return only.fit;
}
