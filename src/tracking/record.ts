import { randomUUID } from 'node:crypto';
import type { PipelineState } from '../values/pipelineState.ts';
import type { TrackedRun } from '../values/run.ts';
import { datasetInput } from './dataset.ts';
import { runMetrics } from './metrics.ts';
import { modelFiles } from './modelFiles/index.ts';
import { pipelineParams } from './params.ts';
import { type Env, systemTags, userOf } from './tags.ts';
import { REQUEST_ID_TAG, type RecordedTree, type RootNode, type RunTree, requestIdOf } from './tree.ts';

/** Describes a training that has just ended, with all that is drawn at random or read from a clock. */
export function recordTree(pipeline: PipelineState, run: TrackedRun, env: Env): RecordedTree {
  const now = new Date();
  const system = systemTags(env);
  const tree = {
    version: 2,
    requestId: randomUUID(),
    experimentName: run.experimentName,
    user: userOf(env),
    systemTags: system,
    datasets: [datasetInput(run.fileName, run.dataset)],
  } as const;
  const key = 'root';
  const { files, facts } = modelFiles({
    pipeline,
    features: run.dataset.features,
    inputExample: run.inputExample,
    utcTimeCreated: now,
  });
  const root: RootNode = {
    key,
    name: run.runName,
    startTimeMs: run.startTimeMs,
    endTimeMs: now.getTime(),
    tags: { ...system, ...run.tags, [REQUEST_ID_TAG]: requestIdOf(tree, key) },
    params: { ...pipelineParams(pipeline), ...run.extraParams },
    metrics: Object.entries(runMetrics(run)).map(([name, value]) => ({ key: name, value, step: 0 })),
    inputs: [{ dataset: 0, context: 'training' }],
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
