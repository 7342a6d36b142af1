import { randomUUID } from 'node:crypto';
import type { EvaluatedRun } from '../values/run.ts';
import { fileDataset } from './dataset.ts';
import { testMetrics } from './metrics.ts';
import { cutParams } from './params.ts';
import { GATE_TAG, NOTE_TAG } from './record.ts';
import { type Env, systemTags, userOf, warningTags } from './tags.ts';
import { REQUEST_ID_TAG, type RecordedTree, type RunNode, requestIdOf } from './tree.ts';

/** Describes an evaluation that has just ended: one run without a model, with all that is drawn at random or read from a clock. */
export function recordEvaluation(
  run: EvaluatedRun,
  env: Env,
  requestId: string = randomUUID(),
): RecordedTree {
  const tree = {
    version: 2,
    requestId,
    experimentName: run.experimentName,
    user: userOf(env, run),
    systemTags: systemTags(env, run),
    datasets: [fileDataset(run.fileName, run.data)],
  } as const;
  const key = 'root';
  const node: RunNode = {
    key,
    name: run.runName,
    startTimeMs: run.startTimeMs,
    endTimeMs: Date.now(),
    tags: {
      ...tree.systemTags,
      [NOTE_TAG]: run.note,
      ...run.tags,
      ...warningTags(run.warnings),
      ...(run.gate !== undefined && { [GATE_TAG]: run.gate }),
      [REQUEST_ID_TAG]: requestIdOf(tree, key),
    },
    params: cutParams(run.params),
    metrics: testMetrics(run),
    inputs: [{ dataset: 0, context: 'test' }],
    ...(run.modelId !== undefined && { measuredModelId: run.modelId }),
    ...(run.promotion !== undefined && { promotion: run.promotion }),
    artifacts: [],
  };
  return { tree: { ...tree, nodes: [node] }, files: [] };
}
