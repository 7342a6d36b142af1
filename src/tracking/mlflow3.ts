import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone, alsoThrowing, madeOnce } from './calls.ts';
import type { LoggedModelInfo, MlflowClient, ModelSource, RunInfo } from './client.ts';
import { type ModelFile, mlmodel } from './modelFiles/index.ts';
import { modelUuid, type RecordedRun, type RunRecord, timedMetrics } from './record.ts';

/** Logs what a run holds, and its model as MLflow 3 keeps it: as a logged model that belongs to the experiment. */
export async function logModel3(
  client: MlflowClient,
  run: RunInfo,
  recorded: RecordedRun,
): Promise<ModelSource> {
  const model = await createLoggedModel(client, run, recorded.record);
  const modelId = model.model_id;
  try {
    await fill(client, run, model, recorded);
    await client.finalizeLoggedModel(modelId, 'READY');
  } catch (error) {
    await alsoThrowing(error, () => client.finalizeLoggedModel(modelId, 'UPLOAD_FAILED'));
    throw error;
  }
  return { source: `models:/${modelId}`, modelId };
}

function createLoggedModel(client: MlflowClient, run: RunInfo, record: RunRecord): Promise<LoggedModelInfo> {
  const { experiment_id: experimentId, run_id: runId } = run;
  const { modelName: name, params, systemTags: tags } = record;
  return madeOnce(
    () => client.createLoggedModel({ experimentId, runId, name, params, tags }),
    () => client.findLoggedModel(experimentId, runId),
  );
}

/** None of these calls needs another one's answer. */
async function fill(
  client: MlflowClient,
  { run_id: runId }: RunInfo,
  { model_id: modelId, artifact_uri: artifactPath }: LoggedModelInfo,
  { record, files }: RecordedRun,
): Promise<void> {
  const folder = proxiedPath(artifactPath);
  const place = { mlflowMajor: 3, runId, modelId, modelUuid: modelUuid(record), artifactPath } as const;
  const document: ModelFile = {
    path: 'MLmodel',
    bytes: Buffer.from(mlmodel(record.model, place).yaml),
  };
  const measuredWith = {
    model_id: modelId,
    dataset_name: record.dataset.name,
    dataset_digest: record.dataset.digest,
  };
  const metrics = timedMetrics(record).map((metric) => ({ ...metric, ...measuredWith }));
  await allDone([
    client.logBatch(runId, record.params, metrics),
    client.logOutput(runId, modelId),
    ...putFiles(client, folder, [...files, document]),
  ]);
}
