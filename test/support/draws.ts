import { Random } from '../../bench/random.ts';

/** Whether tests try all of their cases, and not a share: `npm run torture` sets TEST_TRIES=all. */
export const TRIES_ALL = process.env['TEST_TRIES'] === 'all';

/** Seed of the draws. vitest.config.ts makes the seed; TEST_SEED repeats the draws of an earlier run. */
export const SEED = Number(process.env['TEST_SEED']);

/** Draws a share of the cases by the seed: at least one case, and all cases with TEST_TRIES=all. Keeps their order. */
export function drawn<Case>(cases: readonly Case[], share: number): Case[] {
  if (TRIES_ALL) return [...cases];
  const random = new Random(SEED);
  const left = [...cases.keys()];
  const count = Math.max(1, Math.round(cases.length * share));
  while (left.length > count) left.splice(random.integer(0, left.length), 1);
  return left.map((index) => cases[index] as Case);
}
