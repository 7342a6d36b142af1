import type { MlflowClient } from '../client.ts';
import type { RunInfo } from '../mlflowTypes.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { RunNode, RunTree } from '../tree.ts';
import type { Journal } from './journal.ts';
import { findRunOf, preferred } from './run.ts';
import { findTreeRuns } from './treeRuns.ts';
import { isFinal } from './verdict.ts';

/**
 * Ends the open runs of a record that becomes a dead letter, so that none of them reads RUNNING for ever.
 * @throws an error that may pass, and then the function is to be called again
 */
export async function endFailed(
  server: TrackingServer,
  client: MlflowClient,
  tree: RunTree,
  journal: Journal,
): Promise<void> {
  if (!journal.mayExist('root/run')) return;
  const [root, ...children] = tree.nodes;
  const rootRun = await unlessRefused(() => findRunOf(client, tree, root, journal));
  if (rootRun === undefined) return;
  const end = (node: RunNode, run: RunInfo) => unlessRefused(() => endNode(server, client, node, run));
  journal.made('root/run', rootRun.run_id);
  await end(root, rootRun);
  if (children.length === 0) return;
  const runs = await unlessRefused(() => findTreeRuns(client, rootRun.experiment_id, tree));
  for (const node of children) {
    const run = preferred(runs?.get(node.key) ?? [], journal.idOf(`${node.key}/run`));
    if (run === undefined) continue;
    journal.made(`${node.key}/run`, run.run_id);
    await end(node, run);
  }
}

/** If MLflow rejects a call now, it will reject the call again, and the letter says why it is dead. */
async function unlessRefused<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!isFinal(error)) throw error;
    return undefined;
  }
}

async function endNode(
  server: TrackingServer,
  client: MlflowClient,
  node: RunNode,
  run: RunInfo,
): Promise<void> {
  await endRun(client, run, node.endTimeMs);
  if (node.model !== undefined && (await server.major()) === 3) await endModels(client, run);
}

/** FINISHED and FAILED stay as they are. MLflow lets nobody change a deleted run. */
export async function endRun(client: MlflowClient, run: RunInfo, endTimeMs: number): Promise<void> {
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED';
  if (isOpen && run.lifecycle_stage !== 'deleted') await client.updateRun(run.run_id, 'FAILED', endTimeMs);
}

async function endModels(client: MlflowClient, run: RunInfo): Promise<void> {
  for (const model of await client.findLoggedModels(run.experiment_id, run.run_id)) {
    if (!isReady(model)) await client.finalizeLoggedModel(model.model_id, 'UPLOAD_FAILED');
  }
}

/** As `LOGGED_MODEL_READY`. */
export function isReady({ status }: { readonly status: string }): boolean {
  return /(^|_)READY$/.test(status);
}
