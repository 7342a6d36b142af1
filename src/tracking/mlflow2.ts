import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { createOnce } from './delivery/createOnce.ts';
import type { Journal } from './delivery/journal.ts';
import type { ModelSource, RunInfo } from './mlflowTypes.ts';
import { type ModelFile, mlmodel } from './modelFiles/index.ts';
import { modelUuid, type RecordedRun, timedMetrics } from './record.ts';

/** MLflow 2 lists the models of a run in this tag of it, as JSON. */
const MODELS_TAG = 'mlflow.log-model.history';

/** Logs what a run holds, and its model as MLflow 2 keeps it: in a folder of the run's artifacts, listed in one of its tags. */
export async function logModel2(
  client: MlflowClient,
  { run_id: runId, artifact_uri: artifactUri }: RunInfo,
  { record, files }: RecordedRun,
  journal: Journal,
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
  await createOnce(journal, 'listing', {
    find: async () => ((await listedModels(client, runId)).length > 0 ? LISTED : undefined),
    create: async () => {
      await client.logModel(runId, json);
      return LISTED;
    },
    idOf: (listed) => listed,
  });
  return { source: `${artifactUri}/${artifactPath}` };
}

/** A listing has no id of its own. */
const LISTED = 'listed';

/** The models that the run lists: ours, perhaps twice, and those that others have logged to it. */
async function listedModels(client: MlflowClient, runId: string): Promise<unknown[]> {
  const tags = (await client.getRun(runId))?.data.tags ?? [];
  const listed: unknown = JSON.parse(tags.find(({ key }) => key === MODELS_TAG)?.value ?? '[]');
  return Array.isArray(listed) ? listed : [];
}

/** Takes out what stands in the run's list twice, word by word. @returns how many those are */
export async function unlistDoubles(client: MlflowClient, runId: string): Promise<number> {
  const listed = await listedModels(client, runId);
  const once = [...new Map(listed.map((model) => [JSON.stringify(model), model])).values()];
  if (once.length < listed.length) await client.setRunTag(runId, MODELS_TAG, JSON.stringify(once));
  return listed.length - once.length;
}
