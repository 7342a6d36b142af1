import { DEFAULT_FIELDS, type FormBody, parseFields } from '../../src/training/fields/parse.ts';
import { planOf } from '../../src/training/fields/use.ts';
import type { Plan } from '../../src/values/plan.ts';

/** The plan that the original has. */
export const ORIGINAL_PLAN: Plan = planOf(DEFAULT_FIELDS);

/** The plan of a form with these fields. */
export function planFor(fields: FormBody): Plan {
  return planOf(parseFields(fields));
}
