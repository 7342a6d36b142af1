import type { MlflowClient } from '../client.ts';
import { unlistDoubles } from '../mlflow2.ts';
import type { LoggedModelInfo, ModelVersion } from '../mlflowTypes.ts';
import { REQUEST_ID_TAG, type RunRecord } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { endRun, isReady } from './endFailed.ts';
import type { Thing } from './journal.ts';

/** What is known of a record that has left the queue. */
export interface Rechecked {
  readonly record: RunRecord;
  readonly experimentId: string;
  /** What was in doubt. */
  readonly of: readonly Thing[];
  /** The run that stays; undefined if none was known when the record became a dead letter. */
  readonly runId?: string;
  /** Set if the record was delivered. */
  readonly modelVersion?: string;
  readonly modelId?: string;
}

/**
 * What was not in doubt may be there twice all the same, where something on the way to MLflow repeated a request. Only
 * what came this close to ours is taken for that: somebody may have registered the model once more, and takes longer.
 */
const REPEATED_WITHIN_MS = 1_000;

/** A record that was delivered. */
type RecheckedRun = Rechecked & Required<Pick<Rechecked, 'runId' | 'modelVersion'>>;

/**
 * Looks once more for what a create made that landed after the search for it, or was repeated on its way. What was filled
 * stays, doubles go to the bin.
 * @returns how many doubles there were
 */
export async function recheck(
  server: TrackingServer,
  client: MlflowClient,
  swept: Rechecked,
): Promise<number> {
  let doubles = await recheckRuns(client, swept);
  const { runId, modelVersion } = swept;
  if (runId === undefined || modelVersion === undefined) return doubles;
  const sweptRun = { ...swept, runId, modelVersion };
  if ((await server.major()) === 3) doubles += await recheckModels(client, sweptRun);
  else doubles += await unlistDoubles(client, runId);
  return doubles + (await recheckVersions(client, sweptRun));
}

/** Those that are ours once more, by when they were made. */
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

/** A status that was sent before the last one may have landed after it; then the run gets its own once more. */
async function recheckRuns(client: MlflowClient, swept: Rechecked): Promise<number> {
  const { record, experimentId, runId, modelVersion } = swept;
  const found = await client.findRuns(experimentId, REQUEST_ID_TAG, record.requestId);
  let doubles = 0;
  for (const run of found) {
    if (run.lifecycle_stage === 'deleted') continue;
    if (run.run_id === runId && modelVersion !== undefined) {
      if (run.status !== 'FINISHED') await client.updateRun(runId, 'FINISHED', record.endTimeMs);
      continue;
    }
    await endRun(client, run, record.endTimeMs);
    if (runId === undefined || run.run_id === runId) continue;
    await client.deleteRun(run.run_id);
    doubles++;
  }
  return doubles;
}

async function recheckModels(
  client: MlflowClient,
  { experimentId, runId, modelId, of }: RecheckedRun,
): Promise<number> {
  const models = await client.findLoggedModels(experimentId, runId);
  const kept = models.find((model) => model.model_id === modelId) ?? models[0];
  if (kept !== undefined && !isReady(kept)) await client.finalizeLoggedModel(kept.model_id, 'READY');
  const madeAtMs = (model: LoggedModelInfo) => model.creation_timestamp_ms;
  const doubles = doublesOf(models, kept, madeAtMs, of.includes('model'));
  for (const { model_id: doubleId } of doubles) await client.deleteLoggedModel(doubleId);
  return doubles.length;
}

async function recheckVersions(
  client: MlflowClient,
  { record, runId, modelVersion, of }: RecheckedRun,
): Promise<number> {
  const { registeredModelName: name } = record;
  const versions = await client.findModelVersions(name, runId);
  const kept = versions.find(({ version }) => version === modelVersion);
  const madeAtMs = (one: ModelVersion) => one.creation_timestamp;
  const doubles = doublesOf(versions, kept, madeAtMs, of.includes('version'));
  for (const { version } of doubles) await client.deleteModelVersion(name, version);
  return doubles.length;
}
