import { REQUEST_ID_TAG } from '../record.ts';
import type { Delivery } from './delivery.ts';

/**
 * Points an alias at the version, unless it points at a training of ours that was asked for later: trainings that wait
 * may come to MLflow in another order, and then the alias is not moved back. Whatever else it points at, it is moved.
 */
export function moveAlias(delivery: Delivery, alias: string, version: string): Promise<void> {
  const { client, recorded, aliasTurns } = delivery;
  const { registeredModelName: name, startTimeMs } = recorded.record;
  // One delivery at a time, or another one could move the alias between the look at it and the move.
  return aliasTurns.run(`${name}@${alias}`, async () => {
    const holder = await client.findAliasVersion(name, alias);
    if (holder?.version === version) return;
    const heldSinceMs = holder?.run_id ? await startOfOurs(delivery, holder.run_id) : undefined;
    if (heldSinceMs === undefined || heldSinceMs <= startTimeMs) await client.setAlias(name, alias, version);
  });
}

/** When a run of ours began; undefined for one that is not ours. */
async function startOfOurs({ client }: Delivery, runId: string): Promise<number | undefined> {
  const run = await client.getRun(runId);
  const isOurs = run?.data.tags?.some(({ key }) => key === REQUEST_ID_TAG);
  return isOurs ? run?.info.start_time : undefined;
}
