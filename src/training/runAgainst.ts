import { createReadStream } from 'node:fs';
import type { Engine, FileSource, Source } from '../engine/engine.ts';
import { Watch } from '../engine/watch.ts';
import { DataError } from '../errors.ts';
import type { LoadedModel } from '../values/loadedModel.ts';
import type { Plan } from '../values/plan.ts';
import type { Result } from '../values/result.ts';
import type { Gates } from './gates.ts';

/** What a champion takes part in. */
interface Contest {
  readonly engine: Engine;
  readonly source: Source;
  readonly plan: Plan;
  /** The answer of MLflow. */
  readonly asked: Promise<Gates>;
  /** The champion that MLflow named last, if there is one. */
  readonly guess: LoadedModel | undefined;
}

/**
 * Runs a plan and measures the champion on the same rows. The run begins with the champion that MLflow named last, so that
 * nobody waits for MLflow's answer. If MLflow names another champion then, the plan runs once more.
 * @throws as `Engine.run`, and what the answer of MLflow throws
 */
export async function runAgainst({ engine, source, plan, asked, guess }: Contest): Promise<{
  readonly found: Result;
  readonly gates: Gates;
}> {
  const run = (files: Source, champion: LoadedModel | undefined, watch = new Watch()) =>
    engine.run(files, { ...plan, ...(champion && { champion: champion.description }) }, watch);
  if (guess === undefined) {
    const gates = await asked;
    return { gates, found: await run(source, gates.champion) };
  }
  const watch = new Watch();
  asked.catch(() => watch.cancel());
  const [first, answer] = await Promise.allSettled([run(source, guess, watch), asked]);
  if (answer.status === 'rejected') throw answer.reason;
  const gates = answer.value;
  const isMoved = !isSame(gates.champion, guess);
  if (first.status === 'rejected' && !(isMoved && isOfChampion(first.reason))) throw first.reason;
  if (!isMoved && first.status === 'fulfilled') return { gates, found: first.value };
  const files = await takeAgain(engine, source);
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

/** Takes in the files of a source once more, from disk. */
async function takeAgain(
  engine: Engine,
  { path, test }: Source,
): Promise<Source & { readonly release: () => Promise<void> }> {
  const taken: FileSource[] = [];
  const release = async () => {
    await Promise.all(taken.map(({ intake }) => intake.release()));
  };
  const take = async (file: string): Promise<FileSource> => {
    const source = { path: file, intake: engine.receive() };
    taken.push(source);
    for await (const bytes of createReadStream(file)) await source.intake.write(bytes as Uint8Array);
    source.intake.end();
    return source;
  };
  try {
    return { ...(await take(path)), ...(test && { test: await take(test.path) }), release };
  } catch (error) {
    await release();
    throw error;
  }
}
