import type { ModelVersion } from '../mlflowTypes.ts';
import { REQUEST_ID_TAG, type RunNode } from '../tree.ts';
import type { Delivery } from './delivery.ts';

export interface AliasMove {
  /** Name of the registered model. */
  readonly name: string;
  readonly alias: string;
  readonly version: string;
  /** Whether the version is of an earlier training than the node. */
  readonly isPromotion?: boolean;
}

/** MLflow's limit for the key of a tag. */
const TAG_KEY_CHARS_MAX = 250;

/** A version has this tag if an evaluation moved the alias to it: milliseconds since 1970 when the evaluation began. */
const promotedTag = (alias: string) => `trainpost.promoted.${alias}`.slice(0, TAG_KEY_CHARS_MAX);

/**
 * Points an alias at a version, unless a training or an evaluation of trainpost that began later has moved the alias:
 * deliveries that wait may reach MLflow in another order, and the alias must not move back. An alias that points at anything
 * else is moved.
 */
export function moveAlias(
  delivery: Delivery,
  { startTimeMs }: RunNode,
  { name, alias, version, isPromotion = false }: AliasMove,
): Promise<void> {
  const { client, aliasTurns } = delivery;
  // One delivery at a time: another one could move the alias between the look at it and the move.
  return aliasTurns.run(`${name}@${alias}`, async () => {
    const holder = await client.findAliasVersion(name, alias);
    const isThere = holder?.version === version;
    if (isThere && !isPromotion) return;
    const sinceMs = holder && (await heldSinceMs(delivery, alias, holder));
    if (sinceMs !== undefined && sinceMs > startTimeMs) return;
    // The tag comes first: an alias without it could be moved back.
    if (isPromotion) await client.setVersionTag(name, version, promotedTag(alias), String(startTimeMs));
    if (!isThere) await client.setAlias(name, alias, version);
  });
}

/** When the training or evaluation began that moved the alias to its version; undefined if trainpost did not move it. */
async function heldSinceMs(
  delivery: Delivery,
  alias: string,
  { run_id: runId, tags = [] }: ModelVersion,
): Promise<number | undefined> {
  const promoted = Number(tags.find(({ key }) => key === promotedTag(alias))?.value);
  const trained = runId ? await startOfOurs(delivery, runId) : undefined;
  return promoted > (trained ?? 0) ? promoted : trained;
}

/** When a run of trainpost began; undefined for any other run. */
async function startOfOurs({ client }: Delivery, runId: string): Promise<number | undefined> {
  const run = await client.getRun(runId);
  const isOurs = run?.data.tags?.some(({ key }) => key === REQUEST_ID_TAG);
  return isOurs ? run?.info.start_time : undefined;
}
