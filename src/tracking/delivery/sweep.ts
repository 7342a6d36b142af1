import type { MlflowClient } from '../client.ts';
import { listedModels, unlistDoubles } from '../mlflow2.ts';
import { REQUEST_ID_TAG, type RunRecord } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import { endRun, isReady } from './endFailed.ts';
import type { Thing } from './journal.ts';

/** What is known of a record that has left the queue. */
export interface Swept {
  readonly record: RunRecord;
  readonly experimentId: string;
  /** What may be there twice. Nothing else is touched: somebody may have registered the model once more. */
  readonly of: readonly Thing[];
  /** The run that stays; undefined if none was known when the record became a dead letter. */
  readonly runId?: string;
  /** Set if the record was delivered. */
  readonly modelVersion?: string;
  readonly modelId?: string;
}

/** A record that was delivered. */
type SweptRun = Swept & Required<Pick<Swept, 'runId' | 'modelVersion'>>;

/**
 * Looks once more for what a create made whose outcome was in doubt, in case it landed after the search for it. What was
 * filled stays, doubles go to the bin.
 * @returns how many doubles there were
 */
export async function sweep(server: TrackingServer, client: MlflowClient, swept: Swept): Promise<number> {
  let doubles = await sweepRuns(client, swept);
  const { runId, modelVersion, of } = swept;
  if (runId === undefined || modelVersion === undefined) return doubles;
  const sweptRun = { ...swept, runId, modelVersion };
  if (of.includes('model') && (await server.major()) === 3) doubles += await sweepModels(client, sweptRun);
  if (of.includes('listing')) doubles += await sweepListing(client, runId);
  if (of.includes('version')) doubles += await sweepVersions(client, sweptRun);
  return doubles;
}

/** A status that was sent before the last one may have landed after it; then the run gets its own once more. */
async function sweepRuns(client: MlflowClient, swept: Swept): Promise<number> {
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

async function sweepModels(
  client: MlflowClient,
  { experimentId, runId, modelId }: SweptRun,
): Promise<number> {
  const models = await client.findLoggedModels(experimentId, runId);
  const kept = models.find((model) => model.model_id === modelId) ?? models[0];
  if (kept !== undefined && !isReady(kept)) await client.finalizeLoggedModel(kept.model_id, 'READY');
  const doubles = models.filter((model) => model !== kept);
  for (const { model_id: doubleId } of doubles) await client.deleteLoggedModel(doubleId);
  return doubles.length;
}

async function sweepListing(client: MlflowClient, runId: string): Promise<number> {
  const listed = await listedModels(client, runId);
  if (listed.length < 2) return 0;
  await unlistDoubles(client, runId, listed);
  return listed.length - 1;
}

async function sweepVersions(
  client: MlflowClient,
  { record, runId, modelVersion }: SweptRun,
): Promise<number> {
  const { registeredModelName: name } = record;
  const versions = await client.findModelVersions(name, runId);
  const doubles = versions.filter((version) => version !== modelVersion);
  for (const double of doubles) await client.deleteModelVersion(name, double);
  return doubles.length;
}
