import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { createOnce } from './delivery/createOnce.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { ModelSource, RunInfo } from './mlflowTypes.ts';
import { mlmodel } from './modelFiles/index.ts';
import { modelFilesOf, modelUuid, type NodeModel, type RunNode, timedMetrics } from './tree.ts';

/** MLflow 2 lists the models of a run in this tag of the run, as JSON. */
const MODELS_TAG = 'mlflow.log-model.history';

/** Logs params, metrics and the model of a run. MLflow 2 keeps a model in a folder of the run's artifacts, and lists it in a tag of the run. */
export async function logModel2(
  { client, recorded, journal }: Delivery,
  node: RunNode,
  { name: artifactPath, facts }: NodeModel,
  { run_id: runId, artifact_uri: artifactUri }: RunInfo,
): Promise<ModelSource> {
  const folder = `${proxiedPath(artifactUri)}/${artifactPath}`;
  const uuid = modelUuid(recorded.tree, node.key);
  const { yaml, json } = mlmodel(facts, { mlflowMajor: 2, runId, modelUuid: uuid, artifactPath });
  const document = { path: 'MLmodel', bytes: Buffer.from(yaml) };
  await allDone([
    client.logBatch(runId, node.params, timedMetrics(node)),
    ...putFiles(client, folder, [...modelFilesOf(recorded, node), document]),
  ]);
  // Last, because the run's page shows a model from here on.
  await createOnce(journal, `${node.key}/listing`, {
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

/** The models that the run lists: ours, perhaps twice, and those that others have logged to the run. */
async function listedModels(client: MlflowClient, runId: string): Promise<unknown[]> {
  const tags = (await client.getRun(runId))?.data.tags ?? [];
  const listed: unknown = JSON.parse(tags.find(({ key }) => key === MODELS_TAG)?.value ?? '[]');
  return Array.isArray(listed) ? listed : [];
}

/** Removes entries that are in the run's list twice, word by word. @returns how many it removed */
export async function unlistDoubles(client: MlflowClient, runId: string): Promise<number> {
  const listed = await listedModels(client, runId);
  const once = [...new Map(listed.map((model) => [JSON.stringify(model), model])).values()];
  if (once.length < listed.length) await client.setRunTag(runId, MODELS_TAG, JSON.stringify(once));
  return listed.length - once.length;
}
