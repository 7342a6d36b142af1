import { expect } from 'vitest';
import { recordTree } from '../../../src/tracking/record.ts';
import {
  REQUEST_ID_TAG,
  type RecordedTree,
  type RunNode,
  type RunTree,
  requestIdOf,
} from '../../../src/tracking/tree.ts';
import type { TrackedRun } from '../../../src/values/run.ts';
import type { StandInCall, StandInMlflow } from '../../support/standInMlflow.ts';
import type { StoredRun } from '../../support/standInStore.ts';
import { samplePipeline, sampleRun } from '../sample.ts';

const RUN = { alias: 'champion', registeredModelName: 'diabetes' };
const FOLDS = 3;
/** `MLmodel` and what `modelFiles` writes. */
const FILES_IN_A_MODEL = 9;

/**
 * A root with a model and a report, and children as a sweep has them: the first with a report and a plot, the second, where
 * there are three, with a model and a version of its own, the last one FAILED.
 */
export function sampleTree(children: number, overrides: Partial<TrackedRun> = {}): RecordedTree {
  const { tree, files } = recordTree(samplePipeline(), sampleRun({ ...RUN, ...overrides }), {});
  const root = { ...tree.nodes[0], artifacts: ['report.html'] };
  const nodes = Array.from({ length: children }, (_, index) => childOf(tree, index, children));
  const withModel = nodes.filter(({ model }) => model !== undefined);
  const reports = [root, ...nodes].flatMap(({ key, artifacts }) =>
    artifacts.map((path) => ({ path: `${key}/${path}`, bytes: Buffer.from(`${path} of ${key}`) })),
  );
  const modelFiles = withModel.flatMap(({ key }) =>
    files.map(({ path, bytes }) => ({ path: path.replace('root/', `${key}/`), bytes })),
  );
  return {
    tree: { ...tree, nodes: [root, ...nodes] },
    files: [...files, ...modelFiles, ...reports],
  };
}

function childOf(tree: RunTree, index: number, children: number): RunNode {
  const [root] = tree.nodes;
  const key = `c${index}`;
  const isFailed = index === children - 1;
  const tags = { ...root.tags, [REQUEST_ID_TAG]: requestIdOf(tree, key) };
  return {
    key,
    name: `${root.name} ${index}`,
    startTimeMs: root.startTimeMs + index,
    endTimeMs: root.endTimeMs + index,
    tags: isFailed ? { ...tags, error: 'cannot_be_fitted' } : tags,
    params: { C: String(index), max_iter: '100' },
    metrics: isFailed
      ? []
      : Array.from({ length: FOLDS }, (_, step) => ({ key: 'accuracy', value: index + step / 10, step })),
    inputs: [{ dataset: 0, context: 'train' }],
    artifacts: index === 0 ? ['report.html', 'plots/roc.svg'] : [],
    ...(index === 1 && children > 2 && { model: { ...root.model!, name: 'second', registeredAs: 'second' } }),
    ...(isFailed && { status: 'FAILED' as const }),
  };
}

/** The key of the node that a call is about, by the run or the model that is named in it. */
export function nodeOf({ store }: StandInMlflow, { method, path, body }: StandInCall): string {
  const sent = method === 'POST' || method === 'PATCH' ? JSON.parse(body.toString()) : {};
  const tags: { key: string; value: string }[] = sent.tags ?? [];
  const modelId = sent.model_id ?? /\/models\/(m-\w+)\//.exec(path)?.[1];
  const [inPath] = /[\da-f]{32}(?=\/artifacts)/.exec(path) ?? [];
  const runId = sent.run_id ?? sent.source_run_id ?? store.models.get(modelId)?.info.source_run_id ?? inPath;
  const tag =
    store.runs.get(runId)?.tags.get(REQUEST_ID_TAG) ?? tags.find(({ key }) => key === REQUEST_ID_TAG)?.value;
  return tag?.split('.')[1] ?? 'root';
}

/** These trees are in MLflow, each run once and whole, and there is nothing else. */
export function expectWholeTrees(
  standIn: StandInMlflow,
  trees: readonly RunTree[],
  missing: readonly string[] = [],
): void {
  const runs = [...standIn.store.runs.values()].filter(({ info }) => info.lifecycle_stage === 'active');
  const ids = trees.flatMap((tree) =>
    tree.nodes.filter(({ key }) => !missing.includes(key)).map(({ key }) => requestIdOf(tree, key)),
  );
  expect(runs.map(({ tags }) => tags.get(REQUEST_ID_TAG)).sort(), 'runs').toEqual(ids.sort());
  for (const tree of trees) {
    const runOf = (key: string) =>
      runs.find(({ tags }) => tags.get(REQUEST_ID_TAG) === requestIdOf(tree, key));
    const rootId = runOf('root')?.info.run_id;
    for (const node of tree.nodes) {
      const run = runOf(node.key);
      if (run !== undefined) expectWholeNode(standIn, tree, node, run, rootId);
    }
  }
  const open = [...standIn.store.runs.values()].filter(({ info }) => info.status === 'RUNNING');
  const isMissing = ({ tags }: StoredRun) =>
    missing.some((key) => tags.get(REQUEST_ID_TAG)?.endsWith(`.${key}`));
  expect(open.filter((run) => !isMissing(run))).toEqual([]);
}

function expectWholeNode(
  { store, registry }: StandInMlflow,
  tree: RunTree,
  node: RunNode,
  run: StoredRun,
  rootId: string,
): void {
  const { key, tags, params, metrics, inputs, model, artifacts, status = 'FINISHED' } = node;
  const parent = key === 'root' ? {} : { 'mlflow.parentRunId': rootId };
  const { info } = run;
  expect(info, key).toMatchObject({ status, run_name: node.name, start_time: node.startTimeMs });
  expect(info.end_time, key).toBe(node.endTimeMs);
  const { 'mlflow.log-model.history': listed, ...others } = Object.fromEntries(run.tags);
  expect(others, key).toEqual({ ...tags, ...parent });
  expect(Object.fromEntries(run.params), key).toEqual(params);
  const history = [...run.history.values()].map((one) => ({
    key: one.key,
    value: one.value,
    step: one.step,
  }));
  expect(history, key).toEqual(metrics.map(({ dataset: _, ...metric }) => metric));
  expect(new Set([...run.history.values()].map(({ timestamp }) => timestamp)).size).toBeLessThan(2);
  expect(run.inputs.map(({ dataset }) => dataset)).toEqual(
    inputs.map(({ dataset }) => tree.datasets[dataset]),
  );
  const models = [...store.models.values()].filter(
    (one) => one.info.source_run_id === info.run_id && !one.isDeleted,
  );
  const versions = [...registry.registered.values()].flatMap((one) =>
    [...one.versions.values()].filter((version) => version.run_id === info.run_id),
  );
  const folder = `${info.experiment_id}/${info.run_id}/artifacts/`;
  const files = [...store.artifacts.keys()].filter((path) => path.startsWith(folder));
  const modelFolder = `${folder}${model?.name}/`;
  const own = files.filter((path) => !path.startsWith(modelFolder)).map((path) => path.slice(folder.length));
  expect(own.sort(), key).toEqual([...artifacts].sort());
  expect(versions.map(({ name }) => name)).toEqual(
    model?.registeredAs === undefined ? [] : [model.registeredAs],
  );
  if (model === undefined) {
    expect([models, run.outputs, listed, files.length]).toEqual([[], [], undefined, artifacts.length]);
  } else if (models.length === 0) {
    expect(JSON.parse(listed ?? '[]'), 'listed models').toHaveLength(1);
    expect(files).toHaveLength(FILES_IN_A_MODEL + artifacts.length);
  } else {
    expect(models.map((one) => one.info.status)).toEqual(['LOGGED_MODEL_READY']);
    expect(run.outputs.map(({ model_id }) => model_id)).toContain(models[0].info.model_id);
    const place = models[0].info.artifact_uri.replace('mlflow-artifacts:/', '');
    expect([...store.artifacts.keys()].filter((path) => path.startsWith(place))).toHaveLength(
      FILES_IN_A_MODEL,
    );
  }
}
