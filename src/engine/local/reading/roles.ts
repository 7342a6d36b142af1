import type { Roles } from '../../../data/dataset.ts';
import type { Plan } from '../../../values/plan.ts';

/** The roles that a plan gives to the columns of its table. */
export function rolesOf({ data, evaluation: { holdout } }: Plan): Roles {
  if (holdout.by === 'random') return { ...data, isShuffled: true };
  return holdout.by === 'column' ? { ...data, splitColumn: holdout.column } : data;
}
