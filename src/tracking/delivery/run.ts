import { TrackingRefusedError } from '../../errors.ts';
import { CallRefusedError } from '../callErrors.ts';
import type { MlflowClient } from '../client.ts';
import type { NewRun, RunInfo } from '../mlflowTypes.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { REQUEST_ID_TAG, type RunNode, type RunTree, requestIdOf, tagsOf } from '../tree.ts';
import { createOnce } from './createOnce.ts';
import type { Delivery } from './delivery.ts';
import type { Journal } from './journal.ts';

/** The run of the root: the existing one, or else a new one. */
export async function settleRoot(delivery: Delivery): Promise<RunInfo> {
  const run = await findOrCreate(delivery);
  if (run.lifecycle_stage !== 'deleted') return run;
  const message =
    `Somebody deleted the run ${run.run_id} in MLflow before the delivery was complete, so it is not made again. To have ` +
    `the run, restore it (mlflow runs restore --run-id ${run.run_id}) and retry this delivery.`;
  throw new TrackingRefusedError('run_deleted', message, { runId: run.run_id });
}

/** Finds the run that was made for a node, deleted or not. A deleted run only counts if there is no other: doubles are deleted. */
export async function findRunOf(
  client: MlflowClient,
  tree: RunTree,
  { key }: RunNode,
  journal: Journal,
): Promise<RunInfo | undefined> {
  const runId = journal.idOf(`${key}/run`);
  const known = runId === undefined ? undefined : await client.getRun(runId);
  if (known !== undefined) return known.info;
  const { experimentId } = journal;
  if (experimentId === undefined) return undefined;
  return preferred(await client.findRuns(experimentId, REQUEST_ID_TAG, requestIdOf(tree, key)), runId);
}

/** The run that stays if several runs were made for one node. */
export function preferred(runs: readonly RunInfo[], knownId: string | undefined): RunInfo | undefined {
  return (
    runs.find((run) => run.run_id === knownId) ??
    runs.find((run) => run.lifecycle_stage !== 'deleted') ??
    runs[0]
  );
}

/** What MLflow is asked to make for a node. */
export function newRun(
  { user }: RunTree,
  node: RunNode,
  experimentId: string,
  parentRunId: string | undefined,
): NewRun {
  const { name: runName, startTimeMs } = node;
  return { experimentId, user, runName, startTimeMs, tags: tagsOf(node, parentRunId) };
}

/** The error for an MLflow that has lost a run twice. */
export function runLost(runId: string): TrackingRefusedError {
  const message = `MLflow has lost the run ${runId}, the second one that it made for this delivery. Check its database, then retry this delivery.`;
  return new TrackingRefusedError('run_lost', message, { runId });
}

async function findOrCreate(delivery: Delivery): Promise<RunInfo> {
  const { server, client, journal } = delivery;
  const { tree } = delivery.recorded;
  const runId = journal.idOf('root/run');
  if (runId !== undefined) {
    const run = await findRunOf(client, tree, tree.nodes[0], journal);
    if (run !== undefined) return run;
    await beginAgain(server, runId, journal);
  }
  const create = () => createRoot(delivery);
  const remembered = server.experiments.knows(tree.experimentName);
  try {
    return await create();
  } catch (error) {
    // The remembered id may be that of an experiment that was deleted since: look it up once more.
    if (!(remembered && saysExperimentGone(error))) throw error;
    server.experiments.forget(tree.experimentName);
    return await create();
  }
}

/** An MLflow that has lost its database knows neither the run nor its tag. */
async function beginAgain(server: TrackingServer, runId: string, journal: Journal): Promise<void> {
  server.forget();
  if (!(await journal.forget(true))) throw runLost(runId);
}

function createRoot({ server, client, recorded: { tree }, journal }: Delivery): Promise<RunInfo> {
  const [root] = tree.nodes;
  const experimentId = () => server.experiments.id(tree.experimentName);
  return createOnce(journal, 'root/run', {
    find: () => findRunOf(client, tree, root, journal),
    create: async () => client.createRun(newRun(tree, root, await experimentId(), undefined)),
    idOf: (run) => run.run_id,
    experimentId,
  });
}

/** MLflow has no error code for a deleted experiment. */
function saysExperimentGone(error: unknown): boolean {
  if (!(error instanceof CallRefusedError)) return false;
  return error.errorCode === 'RESOURCE_DOES_NOT_EXIST' || /must be in the 'active' state/.test(error.said);
}
