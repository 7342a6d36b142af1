import { proxiedPath, putFiles } from './artifacts.ts';
import { allDone } from './calls.ts';
import type { MlflowClient } from './client.ts';
import { createOnce } from './delivery/createOnce.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Journal } from './delivery/journal.ts';
import type { LoggedModelInfo, ModelSource, RunInfo } from './mlflowTypes.ts';
import { mlmodel } from './modelFiles/index.ts';
import { modelFilesOf, modelUuid, type NodeModel, type RunNode, timedMetrics } from './tree.ts';

/** Logs params, metrics and the model of a run. MLflow 3 keeps a model as a logged model, which belongs to the experiment. */
export async function logModel3(
  delivery: Delivery,
  node: RunNode,
  model: NodeModel,
  run: RunInfo,
): Promise<ModelSource> {
  const { client, journal } = delivery;
  const logged = await createLoggedModel(delivery, node, model, run);
  const modelId = logged.model_id;
  await fill(delivery, node, model, run, logged);
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
    create: () => client.createLoggedModel({ experimentId, runId, name, params, tags }),
    idOf: (model) => model.model_id,
  });
}

/**
 * Finds the logged model of a run. Of doubles, the one that the run says it made counts, because that statement cannot
 * be taken back; else the first. A process that has ended may have got the id of either.
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

/** None of these calls needs the response to another. */
async function fill(
  { client, recorded }: Delivery,
  node: RunNode,
  { facts }: NodeModel,
  { run_id: runId }: RunInfo,
  { model_id: modelId, artifact_uri: artifactPath }: LoggedModelInfo,
): Promise<void> {
  const { tree } = recorded;
  const uuid = modelUuid(tree, node.key);
  const { yaml } = mlmodel(facts, { mlflowMajor: 3, runId, modelId, modelUuid: uuid, artifactPath });
  const document = { path: 'MLmodel', bytes: Buffer.from(yaml) };
  const [input] = node.inputs;
  const dataset = input && tree.datasets[input.dataset];
  const measuredWith = {
    model_id: modelId,
    ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
  };
  const metrics = timedMetrics(node).map((metric) => ({ ...metric, ...measuredWith }));
  await allDone([
    client.logBatch(runId, node.params, metrics),
    client.logOutput(runId, modelId),
    ...putFiles(client, proxiedPath(artifactPath), [...modelFilesOf(recorded, node), document]),
  ]);
}
