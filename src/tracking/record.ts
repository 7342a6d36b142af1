import { randomUUID } from 'node:crypto';
import type { PipelineState } from '../values/pipelineState.ts';
import type { ChildRun, TrackedRun } from '../values/run.ts';
import { datasetInput } from './dataset.ts';
import type { RecordFile } from './delivery/recordStore.ts';
import { runMetrics } from './metrics.ts';
import { type MlmodelFacts, type ModelOrigin, modelFiles } from './modelFiles/index.ts';
import { cutParams, pipelineParams } from './params.ts';
import { type Env, estimatorTags, outcomeTags, problemTags, systemTags, userOf } from './tags.ts';
import { REQUEST_ID_TAG, type RecordedTree, type RunNode, type RunTree, requestIdOf } from './tree.ts';

/** A node with its files, which have their paths in the record. */
interface Recorded<Node extends RunNode> {
  readonly node: Node;
  readonly files: readonly RecordFile[];
}

/** What the nodes of a tree share. */
interface Shared {
  readonly run: TrackedRun;
  readonly tree: Omit<RunTree, 'nodes'>;
  readonly now: Date;
}

/** Describes a training that has just ended, with all that is drawn at random or read from a clock. */
export function recordTree(
  pipeline: PipelineState,
  run: TrackedRun,
  env: Env,
  requestId: string = randomUUID(),
): RecordedTree {
  const tree = {
    version: 2,
    requestId,
    experimentName: run.experimentName,
    user: userOf(env, run),
    systemTags: systemTags(env, run),
    datasets: run.parts.map((part) => datasetInput(run.fileName, run.dataset, part)),
  } as const;
  const shared = { run, tree, now: new Date() };
  const root = rootOf(pipeline, shared);
  const children = (run.children ?? []).map((child, index) => childOf(child, `c${index}`, shared));
  return {
    tree: { ...tree, nodes: [root.node, ...children.map(({ node }) => node)] },
    files: [...root.files, ...children.flatMap(({ files }) => files)],
  };
}

function rootOf(pipeline: PipelineState, { run, tree, now }: Shared): Recorded<RunNode> {
  const key = 'root';
  const model = recordModel(pipeline, key, { run, tree, now });
  const { note, files = [] } = run;
  const node: RunNode = {
    key,
    name: run.runName,
    startTimeMs: run.startTimeMs,
    endTimeMs: now.getTime(),
    tags: {
      ...tree.systemTags,
      ...estimatorTags(pipeline),
      ...(note !== undefined && { [NOTE_TAG]: note }),
      ...run.tags,
      ...outcomeTags(run),
      ...(run.gate !== undefined && { [GATE_TAG]: run.gate }),
      ...(run.reproduces !== undefined && { [REPRODUCES_TAG]: run.reproduces }),
      ...(run.report !== undefined && { [REPORT_TAG]: run.report }),
      [REQUEST_ID_TAG]: requestIdOf(tree, key),
    },
    params: cutParams({ ...pipelineParams(pipeline), ...run.extraParams }),
    metrics: runMetrics(run, run.parts),
    inputs: inputsOf(run),
    model: {
      facts: model.facts,
      name: run.modelName,
      ...(run.gate !== 'failed' && {
        registeredAs: run.registeredModelName,
        ...(run.alias !== undefined && { alias: run.alias }),
        ...(note !== undefined && { description: note }),
      }),
    },
    artifacts: files.map(({ path }) => path),
    ...(run.report !== undefined && { report: run.report }),
  };
  const beside = files.map(({ path, text }) => ({ path: `${key}/${path}`, bytes: Buffer.from(text) }));
  return { node, files: [...model.files, ...beside] };
}

/** MLflow shows this tag as the description of a run. */
export const NOTE_TAG = 'mlflow.note.content';
/** Says whether all gates held; without gates the tag is missing. */
export const GATE_TAG = 'trainpost.gate';
/** Names the run whose settings the training took. */
const REPRODUCES_TAG = 'trainpost.reproduces';
/** Says that the run has the artifact `report.json`, so that a list of runs need not look at their files. */
export const REPORT_TAG = 'trainpost.report';

/** A child without a model has no inputs: its parent has them, and each call takes MLflow's server some milliseconds. */
function childOf(child: ChildRun, key: string, shared: Shared): Recorded<RunNode> {
  const { run, tree, now } = shared;
  const { pipeline, outcome, logsModel } = child;
  const model = logsModel ? recordModel(pipeline, key, shared) : undefined;
  const inputs = logsModel ? inputsOf(run) : [];
  const isFitted = 'solver' in outcome;
  const node: RunNode = {
    key,
    name: child.name,
    startTimeMs: run.startTimeMs,
    endTimeMs: now.getTime(),
    tags: {
      ...tree.systemTags,
      ...estimatorTags(pipeline),
      ...(isFitted ? outcomeTags(outcome) : problemTags(outcome)),
      [REQUEST_ID_TAG]: requestIdOf(tree, key),
    },
    params: cutParams({ ...pipelineParams(pipeline), ...child.params }),
    metrics: isFitted ? runMetrics(outcome, inputs.length > 0 ? run.parts : []) : [],
    inputs,
    ...(model && { model: { facts: model.facts, name: run.modelName } }),
    artifacts: [],
    ...(!isFitted && { status: 'FAILED' as const }),
  };
  return { node, files: model?.files ?? [] };
}

function inputsOf({ parts }: TrackedRun): RunNode['inputs'] {
  return parts.map(({ context }, dataset) => ({ dataset, context }));
}

function originOf({ dataset, parts, holdout, positive, profile = [] }: TrackedRun): ModelOrigin {
  const part = (context: 'train' | 'test') => parts.find((one) => one.context === context);
  return {
    target: dataset.target,
    ...(positive !== undefined && { positive }),
    trained: {
      digest: dataset.digest,
      trainDigest: part('train')?.digest ?? '',
      trainRows: part('train')?.rows ?? 0,
      testRows: part('test')?.rows ?? 0,
      ...(holdout && { holdout }),
    },
    profile,
  };
}

function recordModel(
  pipeline: PipelineState,
  key: string,
  { run, now }: Shared,
): { readonly files: readonly RecordFile[]; readonly facts: MlmodelFacts } {
  const { files, facts } = modelFiles({
    pipeline,
    features: run.dataset.features,
    inputExample: run.inputExample,
    origin: originOf(run),
    signature: run.signature,
    utcTimeCreated: now,
  });
  return { files: files.map(({ path, bytes }) => ({ path: `${key}/model/${path}`, bytes })), facts };
}
