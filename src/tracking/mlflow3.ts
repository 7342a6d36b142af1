import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { firstThatFits, logBatch, paramForms } from './decorations.ts';
import { createOnce } from './delivery/createOnce.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Journal } from './delivery/journal.ts';
import type { LoggedModelInfo, Metric, ModelSource, RunInfo, Texts } from './mlflowTypes.ts';
import { mlmodel } from './modelFiles/index.ts';
import type { FoundServer } from './serverFinder.ts';
import { modelFilesOf, modelUuid, type NodeModel, type RunNode, type RunTree, timedMetrics } from './tree.ts';

/** Logs params, metrics and the model of a run. MLflow 3 keeps a model as a logged model, which belongs to the experiment. */
export async function logModel3(
  delivery: Delivery,
  node: RunNode,
  model: NodeModel,
  run: RunInfo,
  { version: mlflowVersion }: FoundServer,
): Promise<ModelSource> {
  const { client, journal } = delivery;
  const logged = await createLoggedModel(delivery, node, model, run);
  const modelId = logged.model_id;
  await fill(delivery, node, model, run, logged, mlflowVersion);
  const ready = client.finalizeLoggedModel(modelId, 'READY');
  // The version is made next: noted beside this call, the attempt costs no time of its own.
  const noted = model.registeredAs === undefined ? [] : [journal.attempt([`${node.key}/version`])];
  await allDone([ready, ...noted]);
  return { source: `models:/${modelId}`, modelId };
}

function createLoggedModel(
  { client, recorded: { tree }, journal }: Delivery,
  { key, params }: RunNode,
  { name }: NodeModel,
  run: RunInfo,
): Promise<LoggedModelInfo> {
  const { experiment_id: experimentId, run_id: runId } = run;
  const tags = tree.systemTags;
  return createOnce(journal, `${key}/model`, {
    find: () => findLoggedModel(client, run, journal, key),
    create: async () => {
      const send = (form: Texts) =>
        client.createLoggedModel({ experimentId, runId, name, params: form, tags });
      return (await firstThatFits(paramForms(params), send)) ?? (await send({}));
    },
    idOf: (model) => model.model_id,
  });
}

/**
 * Finds the logged model of a run. If there are doubles, the model that the run states as its output counts, because that
 * statement is final; else the first. A process that has ended may have got the id of either.
 */
async function findLoggedModel(
  client: MlflowClient,
  { experiment_id: experimentId, run_id: runId }: RunInfo,
  journal: Journal,
  key: string,
): Promise<LoggedModelInfo | undefined> {
  const models = await client.findLoggedModels(experimentId, runId);
  if (models.length < 2) return models[0];
  const outputs = (await client.getRun(runId))?.outputs?.model_outputs ?? [];
  const kept = journal.idOf(`${key}/model`) ?? outputs[0]?.model_id;
  return models.find((model) => model.model_id === kept) ?? models[0];
}

/** Writes all that belongs to a logged model. No call needs the response to another. */
async function fill(
  { client, recorded }: Delivery,
  node: RunNode,
  { facts }: NodeModel,
  { run_id: runId }: RunInfo,
  { model_id: modelId, artifact_uri: artifactPath }: LoggedModelInfo,
  mlflowVersion: string | undefined,
): Promise<void> {
  const { tree } = recorded;
  const uuid = modelUuid(tree, node.key);
  const place = { mlflowMajor: 3, mlflowVersion, runId, modelId, modelUuid: uuid, artifactPath } as const;
  const document = { path: 'MLmodel', bytes: Buffer.from(mlmodel(facts, place)) };
  await allDone([
    logBatch(client, runId, node.params, metricsWith(tree, node, modelId)),
    client.logOutput(runId, modelId),
    ...putFiles(client, proxiedPath(artifactPath), [...modelFilesOf(recorded, node), document]),
  ]);
}

/** The metrics of a node, each with the model and the data set that it was measured with. */
export function metricsWith(tree: RunTree, node: RunNode, modelId: string): Metric[] {
  const [input] = node.inputs;
  return timedMetrics(node).map((metric, index) => {
    const dataset = tree.datasets[node.metrics[index]?.dataset ?? input?.dataset ?? -1];
    return {
      ...metric,
      model_id: modelId,
      ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
    };
  });
}
