import { proxiedPath, putFiles } from '../artifacts.ts';
import { allDone } from '../calls.ts';
import { logBatch, logInputs } from '../decorations.ts';
import { filesToSend } from '../drawnFiles.ts';
import { logModel2 } from '../mlflow2.ts';
import { logModel3, metricsWith } from '../mlflow3.ts';
import type { Metric, ModelSource, RunInfo } from '../mlflowTypes.ts';
import type { FoundServer } from '../serverFinder.ts';
import { type NodeModel, type RunNode, type RunTree, timedMetrics } from '../tree.ts';
import { moveAlias } from './alias.ts';
import { createOnce } from './createOnce.ts';
import type { Delivery } from './delivery.ts';
import { noteMade, promote, versionToPromote } from './promote.ts';

/** A node whose run has all that belongs to it. */
export interface WholeNode {
  /** Version of the registered model; undefined if the node has none. */
  readonly version: string | undefined;
}

/**
 * Whether an earlier try has completed a run: it is FINISHED, and only the receipt is missing.
 * @returns undefined if something is missing; so it is if somebody deleted the version
 */
export async function findWhole(
  { client, journal }: Delivery,
  { key, model, promotion, status }: RunNode,
  run: RunInfo,
): Promise<WholeNode | undefined> {
  // A run that reads FAILED may have been ended before it was filled.
  if (run.status !== 'FINISHED' || status === 'FAILED') return undefined;
  if (promotion !== undefined) {
    const version = await versionToPromote(client, promotion);
    if (version === undefined) return undefined;
    noteMade(journal, key, version);
    return { version };
  }
  if (model?.registeredAs === undefined) return { version: undefined };
  const [version] = await client.findModelVersions(model.registeredAs, run.run_id);
  if (version === undefined) return undefined;
  journal.made(`${key}/version`, version.version);
  return { version: version.version };
}

/**
 * Sets a run that was ended back to RUNNING, and checks that its files can be written before anything else is written.
 * A run that is to end as FAILED stays FAILED, because its RUNNING could arrive late and be the last word.
 * @throws TrackingRefusedError `artifacts_not_proxied`
 */
export async function reopen({ client }: Delivery, node: RunNode, run: RunInfo): Promise<void> {
  const isOpen = run.status === 'RUNNING' || run.status === 'FINISHED';
  if (!isOpen && node.status !== 'FAILED') await client.updateRun(run.run_id, 'RUNNING');
  proxiedPath(run.artifact_uri);
}

/** Logs all that belongs to a run, and ends it. FINISHED comes last, so a run that reads FINISHED is whole. */
export async function fillAndEnd(
  delivery: Delivery,
  node: RunNode,
  run: RunInfo,
  found: FoundServer,
): Promise<WholeNode> {
  const { client, recorded, server } = delivery;
  const { model, promotion } = node;
  const inputs = node.inputs.map(({ dataset, context }) => ({
    dataset: recorded.tree.datasets[dataset]!,
    context,
  }));
  const files = await filesToSend(recorded, node, { base: server.linkBase, run });
  const source = model === undefined ? undefined : logModel(delivery, node, model, run, found);
  // No call needs the response to another.
  await allDone([
    source ?? logBatch(client, run.run_id, node.params, metricsOf(recorded.tree, node, found)),
    logInputs(client, run.run_id, { inputs, ...modelInput(node) }, found.major),
    ...(model?.registeredAs === undefined ? [] : [client.ensureRegisteredModel(model.registeredAs)]),
    ...putFiles(client, proxiedPath(run.artifact_uri), files),
  ]);
  const registered = model && (await register(delivery, node, model, run, (await source)!));
  const version = promotion === undefined ? registered : await promote(delivery, node, promotion, found);
  await client.updateRun(run.run_id, node.status ?? 'FINISHED', node.endTimeMs);
  return { version };
}

/** In MLflow 3, metrics can belong to the model of another run. */
function metricsOf(tree: RunTree, node: RunNode, { major }: FoundServer): Metric[] {
  const { measuredModelId } = node;
  return major === 3 && measuredModelId !== undefined
    ? metricsWith(tree, node, measuredModelId)
    : timedMetrics(node);
}

function modelInput({ measuredModelId: modelId }: RunNode): { readonly modelId?: string } {
  return modelId === undefined ? {} : { modelId };
}

function logModel(
  delivery: Delivery,
  node: RunNode,
  model: NodeModel,
  run: RunInfo,
  found: FoundServer,
): Promise<ModelSource> {
  return (found.major === 3 ? logModel3 : logModel2)(delivery, node, model, run, found);
}

/** Makes the version only now that the model is whole: others can load a version as soon as they see it. */
async function register(
  delivery: Delivery,
  node: RunNode,
  { registeredAs: name, alias, description }: NodeModel,
  { run_id: runId }: RunInfo,
  source: ModelSource,
): Promise<string | undefined> {
  const { client, journal } = delivery;
  if (name === undefined) return undefined;
  const version = await createOnce(journal, `${node.key}/version`, {
    find: async () => (await client.findModelVersions(name, runId))[0]?.version,
    create: () =>
      client.createModelVersion({
        name,
        runId,
        ...source,
        ...(description !== undefined && { description }),
      }),
    idOf: (made) => made,
  });
  if (alias !== undefined) await moveAlias(delivery, node, { name, alias, version });
  return version;
}
