import { DEFAULT_FIELDS, type FormBody, parseFields } from '../../src/training/fields/parse.ts';
import { planOf } from '../../src/training/fields/use.ts';
import type { Plan } from '../../src/values/plan.ts';

/** The plan that the original has. */
export const ORIGINAL_PLAN: Plan = await planOf(DEFAULT_FIELDS, 1);

/** The plan of a form with these fields. */
export function planFor(fields: FormBody): Promise<Plan> {
  return planOf(parseFields(fields), 200);
}
