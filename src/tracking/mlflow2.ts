import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient, ModelSource, RunInfo } from './client.ts';
import { type ModelFile, mlmodel } from './modelFiles/index.ts';
import { modelUuid, type RecordedRun, timedMetrics } from './record.ts';

/** Logs what a run holds, and its model as MLflow 2 keeps it: in a folder of the run's artifacts, listed in one of its tags. */
export async function logModel2(
  client: MlflowClient,
  { run_id: runId, artifact_uri: artifactUri }: RunInfo,
  { record, files }: RecordedRun,
): Promise<ModelSource> {
  const artifactPath = record.modelName;
  const folder = `${proxiedPath(artifactUri)}/${artifactPath}`;
  const place = { mlflowMajor: 2, runId, modelUuid: modelUuid(record), artifactPath } as const;
  const { yaml, json } = mlmodel(record.model, place);
  const document: ModelFile = { path: 'MLmodel', bytes: Buffer.from(yaml) };
  await allDone([
    client.logBatch(runId, record.params, timedMetrics(record)),
    ...putFiles(client, folder, [...files, document]),
  ]);
  // Last, for the run's page shows a model from here on.
  await client.logModel(runId, json);
  return { source: `${artifactUri}/${artifactPath}` };
}
