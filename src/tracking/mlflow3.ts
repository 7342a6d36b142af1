import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { createOnce } from './delivery/createOnce.ts';
import type { Journal } from './delivery/journal.ts';
import type { LoggedModelInfo, ModelSource, RunInfo } from './mlflowTypes.ts';
import { type ModelFile, mlmodel } from './modelFiles/index.ts';
import { modelUuid, type RecordedRun, type RunRecord, timedMetrics } from './record.ts';

/** Logs what a run holds, and its model as MLflow 3 keeps it: as a logged model that belongs to the experiment. */
export async function logModel3(
  client: MlflowClient,
  run: RunInfo,
  recorded: RecordedRun,
  journal: Journal,
): Promise<ModelSource> {
  const model = await createLoggedModel(client, run, recorded.record, journal);
  const modelId = model.model_id;
  await fill(client, run, model, recorded);
  // The version is made next: noted beside this call, the attempt costs no time of its own.
  await allDone([client.finalizeLoggedModel(modelId, 'READY'), journal.attempt('version')]);
  return { source: `models:/${modelId}`, modelId };
}

function createLoggedModel(
  client: MlflowClient,
  run: RunInfo,
  record: RunRecord,
  journal: Journal,
): Promise<LoggedModelInfo> {
  const { experiment_id: experimentId, run_id: runId } = run;
  const { modelName: name, params, systemTags: tags } = record;
  return createOnce(journal, 'model', {
    find: () => findLoggedModel(client, run, journal),
    create: () => client.createLoggedModel({ experimentId, runId, name, params, tags }),
    idOf: (model) => model.model_id,
  });
}

/**
 * Of doubles the one that the run says it made, for that cannot be taken back; else the first. A process that has ended may
 * have been told of either.
 */
async function findLoggedModel(
  client: MlflowClient,
  { experiment_id: experimentId, run_id: runId }: RunInfo,
  journal: Journal,
): Promise<LoggedModelInfo | undefined> {
  const models = await client.findLoggedModels(experimentId, runId);
  if (models.length < 2) return models[0];
  const outputs = (await client.getRun(runId))?.outputs?.model_outputs ?? [];
  const kept = journal.idOf('model') ?? outputs[0]?.model_id;
  return models.find((model) => model.model_id === kept) ?? models[0];
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
