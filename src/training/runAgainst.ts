import type { Engine, Source } from '../engine/engine.ts';
import type { Watch } from '../engine/watch.ts';
import { DataError } from '../errors.ts';
import type { LoadedModel } from '../values/loadedModel.ts';
import type { Plan } from '../values/plan.ts';
import type { Result } from '../values/result.ts';
import type { Gates } from './gates.ts';
import { takeIn } from './takeIn.ts';

/** What a champion takes part in. */
interface Contest {
  readonly engine: Engine;
  readonly source: Source;
  readonly plan: Plan;
  /** The answer of MLflow. */
  readonly asked: Promise<Gates>;
  /** The champion that MLflow named last, if there is one. */
  readonly guess: LoadedModel | undefined;
  readonly watch: Watch;
}

/**
 * Runs a plan and measures the champion on the same rows. The run begins with the champion that MLflow named last, so that
 * nobody waits for MLflow's answer. If MLflow names another champion then, the plan runs once more.
 * @throws as `Engine.run`, and what the answer of MLflow throws
 */
export async function runAgainst({ engine, source, plan, asked, guess, watch }: Contest): Promise<{
  readonly found: Result;
  readonly gates: Gates;
}> {
  const run = (files: Source, champion: LoadedModel | undefined) =>
    engine.run(files, { ...plan, ...(champion && { champion: champion.description }) }, watch);
  if (guess === undefined) {
    const gates = await asked;
    return { gates, found: await run(source, gates.champion) };
  }
  asked.catch(() => watch.cancel());
  const [first, answer] = await Promise.allSettled([run(source, guess), asked]);
  if (answer.status === 'rejected') throw answer.reason;
  const gates = answer.value;
  const isMoved = !isSame(gates.champion, guess);
  if (first.status === 'rejected' && !(isMoved && isOfChampion(first.reason))) throw first.reason;
  if (!isMoved && first.status === 'fulfilled') return { gates, found: first.value };
  const files = await takeIn(engine, source, watch);
  try {
    return { gates, found: await run(files, gates.champion) };
  } finally {
    await files.release();
  }
}

function isSame(one: LoadedModel | undefined, other: LoadedModel): boolean {
  return one?.place.name === other.place.name && one?.place.version === other.place.version;
}

/** Whether an error is about the champion alone. */
function isOfChampion(error: unknown): boolean {
  return error instanceof DataError && error.code === 'champion_cannot_be_measured';
}
