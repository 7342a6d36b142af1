import { REQUEST_ID_TAG, type RunNode } from '../tree.ts';
import type { Delivery } from './delivery.ts';

export interface AliasMove {
  /** Name of the registered model. */
  readonly name: string;
  readonly alias: string;
  readonly version: string;
}

/**
 * Points an alias at a version, unless the alias points at a training of trainpost that began later: trainings that wait
 * may reach MLflow in another order, and the alias must not move back. An alias that points at anything else is moved.
 */
export function moveAlias(
  delivery: Delivery,
  { startTimeMs }: RunNode,
  { name, alias, version }: AliasMove,
): Promise<void> {
  const { client, aliasTurns } = delivery;
  // One delivery at a time: another one could move the alias between the look at it and the move.
  return aliasTurns.run(`${name}@${alias}`, async () => {
    const holder = await client.findAliasVersion(name, alias);
    if (holder?.version === version) return;
    const heldSinceMs = holder?.run_id ? await startOfOurs(delivery, holder.run_id) : undefined;
    if (heldSinceMs === undefined || heldSinceMs <= startTimeMs) await client.setAlias(name, alias, version);
  });
}

/** When a run of trainpost began; undefined for any other run. */
async function startOfOurs({ client }: Delivery, runId: string): Promise<number | undefined> {
  const run = await client.getRun(runId);
  const isOurs = run?.data.tags?.some(({ key }) => key === REQUEST_ID_TAG);
  return isOurs ? run?.info.start_time : undefined;
}
