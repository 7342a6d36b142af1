import { randomUUID } from 'node:crypto';
import type { PipelineState } from '../values/pipelineState.ts';
import type { TrackedRun } from '../values/run.ts';
import { datasetInput } from './dataset.ts';
import { runMetrics } from './metrics.ts';
import { modelFiles } from './modelFiles/index.ts';
import { cutParams, pipelineParams } from './params.ts';
import { type Env, estimatorTags, outcomeTags, systemTags, userOf } from './tags.ts';
import { REQUEST_ID_TAG, type RecordedTree, type RootNode, type RunTree, requestIdOf } from './tree.ts';

/** Describes a training that has just ended, with all that is drawn at random or read from a clock. */
export function recordTree(pipeline: PipelineState, run: TrackedRun, env: Env): RecordedTree {
  const now = new Date();
  const system = systemTags(env, run);
  const tree = {
    version: 2,
    requestId: randomUUID(),
    experimentName: run.experimentName,
    user: userOf(env, run),
    systemTags: system,
    datasets: run.parts.map((part) => datasetInput(run.fileName, run.dataset, part)),
  } as const;
  const key = 'root';
  const { files, facts } = modelFiles({
    pipeline,
    features: run.dataset.features,
    inputExample: run.inputExample,
    signature: run.signature,
    utcTimeCreated: now,
  });
  const root: RootNode = {
    key,
    name: run.runName,
    startTimeMs: run.startTimeMs,
    endTimeMs: now.getTime(),
    tags: {
      ...system,
      ...estimatorTags(pipeline),
      ...run.tags,
      ...outcomeTags(run),
      [REQUEST_ID_TAG]: requestIdOf(tree, key),
    },
    params: cutParams({ ...pipelineParams(pipeline), ...run.extraParams }),
    metrics: runMetrics(run),
    inputs: run.parts.map(({ context }, dataset) => ({ dataset, context })),
    model: {
      facts,
      name: run.modelName,
      registeredAs: run.registeredModelName,
      ...(run.alias !== undefined && { alias: run.alias }),
    },
    artifacts: [],
  };
  return {
    tree: { ...tree, nodes: [root] } satisfies RunTree,
    files: files.map(({ path, bytes }) => ({ path: `${key}/model/${path}`, bytes })),
  };
}
