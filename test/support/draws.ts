import { Random } from '../../bench/random.ts';

/**
 * Whether a test tries every one of its many cases. At each commit it draws a share of them; `npm run torture` sets
 * TEST_TRIES=all.
 */
export const TRIES_ALL = process.env['TEST_TRIES'] === 'all';

/** Seed of the draws. vitest.config.ts makes one and prints it; TEST_SEED repeats the draws of an earlier run. */
export const SEED = Number(process.env['TEST_SEED']);

/** A share of the cases in their order, one at least, drawn by the seed; all of them if everything is tried. */
export function drawn<Case>(cases: readonly Case[], share: number): Case[] {
  if (TRIES_ALL) return [...cases];
  const random = new Random(SEED);
  const left = [...cases.keys()];
  const count = Math.max(1, Math.round(cases.length * share));
  while (left.length > count) left.splice(random.integer(0, left.length), 1);
  return left.map((index) => cases[index] as Case);
}
