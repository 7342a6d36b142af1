import type { Promotion } from '../../values/run.ts';
import type { MlflowClient } from '../client.ts';
import { unlistDoubles } from '../mlflow2.ts';
import type { LoggedModelInfo, ModelVersion, RunInfo } from '../mlflowTypes.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { RunNode, RunTree } from '../tree.ts';
import { endRun, isReady } from './endFailed.ts';
import type { Thing } from './journal.ts';
import type { MadeNode } from './outcome.ts';
import { findTreeRuns } from './treeRuns.ts';

/** What is known of a record that was delivered or became a dead letter. */
export interface Rechecked {
  readonly tree: RunTree;
  readonly experimentId: string;
  /** What was in doubt. */
  readonly of: readonly Thing[];
  /** What stays in MLflow, by the key of the node. */
  readonly made: Readonly<Record<string, MadeNode>>;
  readonly isDelivered: boolean;
}

/**
 * Something between trainpost and MLflow may repeat a request, so there may be two of a thing that was never in doubt. Only
 * a thing that was made within this time of ours counts as such a double: a person who registers the model once more takes longer.
 */
const REPEATED_WITHIN_MS = 1_000;

/**
 * Looks once more at all nodes of a tree, for what a create made that MLflow carried out late or twice. What was filled
 * stays, and doubles are deleted.
 * @returns the number of doubles
 */
export async function recheck(
  server: TrackingServer,
  client: MlflowClient,
  rechecked: Rechecked,
): Promise<number> {
  const { tree, experimentId, made, isDelivered } = rechecked;
  const runs = await findTreeRuns(client, experimentId, tree);
  let doubles = 0;
  for (const node of tree.nodes) {
    const kept = made[node.key]?.runId;
    doubles += await recheckRuns(client, node, runs.get(node.key) ?? [], kept, isDelivered);
    if (!isDelivered || kept === undefined) continue;
    const nodeRun = { ...rechecked, node, runId: kept };
    if (node.promotion !== undefined)
      doubles += await recheckVersions(client, nodeRun, promotedOf(node.promotion));
    if (node.model === undefined) continue;
    if ((await server.major()) === 3) doubles += await recheckModels(client, nodeRun);
    else doubles += await unlistDoubles(client, kept);
    doubles += await recheckVersions(client, nodeRun, { name: node.model.registeredAs, runId: kept });
  }
  return doubles;
}

/** A status that was sent earlier may have arrived after the last one; then the run gets its own status once more. */
async function recheckRuns(
  client: MlflowClient,
  { status: ended, endTimeMs }: RunNode,
  found: readonly RunInfo[],
  keptId: string | undefined,
  isDelivered: boolean,
): Promise<number> {
  const status = ended ?? 'FINISHED';
  let doubles = 0;
  for (const run of found) {
    if (run.lifecycle_stage === 'deleted') continue;
    if (run.run_id === keptId && isDelivered) {
      if (run.status !== status) await client.updateRun(keptId, status, endTimeMs);
      continue;
    }
    await endRun(client, run, endTimeMs);
    if (keptId === undefined || run.run_id === keptId) continue;
    await client.deleteRun(run.run_id);
    doubles++;
  }
  return doubles;
}

/** The run of a node that was delivered. */
interface RecheckedRun extends Rechecked {
  readonly node: RunNode;
  readonly runId: string;
}

async function recheckModels(
  client: MlflowClient,
  { experimentId, node, runId, made, of }: RecheckedRun,
): Promise<number> {
  const models = await client.findLoggedModels(experimentId, runId);
  const kept = models.find((model) => model.model_id === made[node.key]?.modelId) ?? models[0];
  if (kept !== undefined && !isReady(kept)) await client.finalizeLoggedModel(kept.model_id, 'READY');
  const madeAtMs = (model: LoggedModelInfo) => model.creation_timestamp_ms;
  const doubles = doublesOf(models, kept, madeAtMs, of.includes(`${node.key}/model`));
  for (const { model_id: doubleId } of doubles) await client.deleteLoggedModel(doubleId);
  return doubles.length;
}

/** Versions of a registered model that are of one run's model. */
interface Registered {
  readonly name: string | undefined;
  readonly runId: string;
}

function promotedOf({ registeredModelName: name, runId }: Promotion): Registered {
  return { name, runId };
}

async function recheckVersions(
  client: MlflowClient,
  { node, made, of }: RecheckedRun,
  { name, runId }: Registered,
): Promise<number> {
  if (name === undefined) return 0;
  const versions = await client.findModelVersions(name, runId);
  const kept = versions.find(({ version }) => version === made[node.key]?.version);
  const madeAtMs = (one: ModelVersion) => one.creation_timestamp;
  const doubles = doublesOf(versions, kept, madeAtMs, of.includes(`${node.key}/version`));
  for (const { version } of doubles) await client.deleteModelVersion(name, version);
  return doubles.length;
}

/** The doubles of ours: of a thing that was in doubt all others, else those that were made at about the same time. */
function doublesOf<Made>(
  made: readonly Made[],
  kept: Made | undefined,
  madeAtMs: (one: Made) => number,
  wasDoubtful: boolean,
): Made[] {
  if (kept === undefined) return [];
  const isClose = (one: Made) => Math.abs(madeAtMs(one) - madeAtMs(kept)) < REPEATED_WITHIN_MS;
  return made.filter((one) => one !== kept && (wasDoubtful || isClose(one)));
}
