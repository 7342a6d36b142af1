import type { MlflowClient } from '../client.ts';
import { listedModels, unlistDoubles } from '../mlflow2.ts';
import { REQUEST_ID_TAG, type RunRecord } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { endRun, isReady } from './endFailed.ts';

/** What is known of a record that has left the queue. */
export interface Swept {
  readonly record: RunRecord;
  readonly experimentId: string;
  /** The run that stays; undefined if none was known when the record became a dead letter. */
  readonly runId?: string;
  /** Set if the record was delivered. */
  readonly modelVersion?: string;
  readonly modelId?: string;
}

/**
 * Looks once more for what a create made whose outcome was in doubt, in case it landed after the search for it. What was
 * filled stays, doubles go to the bin.
 * @returns how many doubles there were
 */
export async function sweep(server: TrackingServer, client: MlflowClient, swept: Swept): Promise<number> {
  const { record, experimentId, runId, modelVersion } = swept;
  const runs = await client.findRuns(experimentId, REQUEST_ID_TAG, record.requestId);
  let doubles = 0;
  for (const run of runs) {
    if (run.lifecycle_stage === 'deleted') continue;
    if (modelVersion !== undefined && run.run_id === runId) continue;
    await endRun(client, run, record.endTimeMs);
    if (runId === undefined || run.run_id === runId) continue;
    await client.deleteRun(run.run_id);
    doubles++;
  }
  if (runId === undefined || modelVersion === undefined) return doubles;
  return doubles + (await sweepWithin(server, client, { ...swept, runId, modelVersion }));
}

/** What may be twice within the run that stays, and what a call of ours that came late may have set back. */
async function sweepWithin(
  server: TrackingServer,
  client: MlflowClient,
  {
    record,
    experimentId,
    runId,
    modelId,
    modelVersion,
  }: Swept & Required<Pick<Swept, 'runId' | 'modelVersion'>>,
): Promise<number> {
  const { registeredModelName: name } = record;
  let doubles = 0;
  if ((await server.major()) === 3) {
    const models = await client.findLoggedModels(experimentId, runId);
    const kept = modelId ?? models[0]?.model_id;
    for (const model of models) {
      if (model.model_id !== kept) {
        await client.deleteLoggedModel(model.model_id);
        doubles++;
      } else if (!isReady(model)) {
        await client.finalizeLoggedModel(model.model_id, 'READY');
      }
    }
  } else {
    const listed = await listedModels(client, runId);
    if (listed.length > 1) await unlistDoubles(client, runId, listed);
    doubles += Math.max(0, listed.length - 1);
  }
  for (const version of await client.findModelVersions(name, runId)) {
    if (version === modelVersion) continue;
    await client.deleteModelVersion(name, version);
    doubles++;
  }
  const run = (await client.getRun(runId))?.info;
  if (run?.status === 'RUNNING' || run?.status === 'FAILED') {
    await client.updateRun(runId, 'FINISHED', record.endTimeMs);
  }
  return doubles;
}
