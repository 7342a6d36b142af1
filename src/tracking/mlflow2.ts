import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { firstThatFits, logBatch } from './decorations.ts';
import { createOnce } from './delivery/createOnce.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { ModelSource, Run, RunInfo } from './mlflowTypes.ts';
import { listingJson, mlmodel } from './modelFiles/index.ts';
import type { FoundServer } from './serverFinder.ts';
import { modelFilesOf, modelUuid, type NodeModel, type RunNode, timedMetrics } from './tree.ts';

/** MLflow 2 lists the models of a run in this tag of the run, as JSON. */
const MODELS_TAG = 'mlflow.log-model.history';

/** Logs params, metrics and the model of a run. MLflow 2 keeps a model in a folder of the run's artifacts, and lists it in a tag of the run. */
export async function logModel2(
  delivery: Delivery,
  node: RunNode,
  { name: artifactPath, facts }: NodeModel,
  { run_id: runId, artifact_uri: artifactUri }: RunInfo,
  { version: mlflowVersion }: FoundServer,
): Promise<ModelSource> {
  const { client, recorded } = delivery;
  const folder = `${proxiedPath(artifactUri)}/${artifactPath}`;
  const uuid = modelUuid(recorded.tree, node.key);
  const place = { mlflowMajor: 2, mlflowVersion, runId, modelUuid: uuid, artifactPath } as const;
  const document = { path: 'MLmodel', bytes: Buffer.from(mlmodel(facts, place)) };
  await allDone([
    logBatch(client, runId, node.params, timedMetrics(node)),
    ...putFiles(client, folder, [...modelFilesOf(recorded, node), document]),
  ]);
  await listModel(delivery, node, runId, listingJson(facts, place));
  return { source: `${artifactUri}/${artifactPath}` };
}

/** A listing has no id of its own. */
const LISTED = 'listed';

/** Adds the model to the run's list. This comes last, because the run's page shows a model from here on. */
async function listModel(
  { client, journal }: Delivery,
  { key }: RunNode,
  runId: string,
  json: string,
): Promise<void> {
  await createOnce(journal, `${key}/listing`, {
    find: async () => {
      const listed = await listedModels(client, runId);
      // Nobody can read the list, and MLflow fails to add to it.
      if (listed === undefined) await client.setRunTag(runId, MODELS_TAG, `[${json}]`);
      return listed === undefined || listed.length > 0 ? LISTED : undefined;
    },
    create: async () => {
      await firstThatFits([json], (model) => client.logModel(runId, model));
      return LISTED;
    },
    idOf: (listed) => listed,
  });
}

/**
 * The models that the run lists: ours, perhaps twice, and those that others have logged to the run. Undefined if the tag is
 * no list in JSON, because a database has cut it, for example.
 */
async function listedModels(client: MlflowClient, runId: string): Promise<unknown[] | undefined> {
  const run = await client.getRun(runId);
  return run === undefined ? [] : listIn(run);
}

function listIn({ data: { tags = [] } }: Run): unknown[] | undefined {
  const text = tags.find(({ key }) => key === MODELS_TAG)?.value ?? '[]';
  try {
    const listed: unknown = JSON.parse(text);
    return Array.isArray(listed) ? listed : undefined;
  } catch {
    return undefined;
  }
}

/** The path of the model that the run listed last, below the run's artifacts; undefined if there is none. */
export function lastListedModel(run: Run): string | undefined {
  const last = listIn(run)?.at(-1) as { artifact_path?: unknown } | null | undefined;
  return typeof last?.artifact_path === 'string' ? last.artifact_path : undefined;
}

/** Removes entries that are in the run's list twice, word by word. @returns how many it removed */
export async function unlistDoubles(client: MlflowClient, runId: string): Promise<number> {
  const listed = (await listedModels(client, runId)) ?? [];
  const once = [...new Map(listed.map((model) => [JSON.stringify(model), model])).values()];
  if (once.length < listed.length) await client.setRunTag(runId, MODELS_TAG, JSON.stringify(once));
  return listed.length - once.length;
}
