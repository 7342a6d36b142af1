import { createHash } from 'node:crypto';
import type { Promotion, ReportKind } from '../values/run.ts';
import type { DatasetInput } from './dataset.ts';
import type { RecordFile } from './delivery/recordStore.ts';
import type { Metric, Texts } from './mlflowTypes.ts';
import type { MlmodelFacts } from './modelFiles/index.ts';

/** trainpost finds a run again by this tag if the response to its creation was lost. */
export const REQUEST_ID_TAG = 'trainpost.request_id';
/** MLflow shows a run with this tag below its parent. */
export const PARENT_TAG = 'mlflow.parentRunId';

/**
 * The runs of one training or evaluation, as they will be in MLflow. The tree survives JSON. Everything that could differ from one try
 * to the next is frozen in it: MLflow takes a repeated `log-batch` only with the same timestamps.
 */
export interface RunTree {
  readonly version: 2;
  /** A UUID of this training. */
  readonly requestId: string;
  readonly experimentName: string;
  readonly user: string;
  /** MLflow's own tags, for logged models. */
  readonly systemTags: Texts;
  /** The data sets of all nodes; an input names one by its place. */
  readonly datasets: readonly DatasetInput[];
  /** The root, and its children. */
  readonly nodes: readonly [RunNode, ...RunNode[]];
}

/** One run of a tree, with all that belongs to the run. */
export interface RunNode {
  /** `root`, or `c0`, `c1`, … for children. Part of the paths of its files, and of its request's id. */
  readonly key: string;
  readonly name: string;
  /** Milliseconds since 1970. The end is that of the computation, however long the delivery takes. */
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  /** All tags of the run but that of its parent: MLflow's own, the caller's, and the request's id. */
  readonly tags: Texts;
  readonly params: Texts;
  readonly metrics: readonly StepMetric[];
  readonly inputs: readonly NodeInput[];
  readonly model?: NodeModel;
  /** Id of a logged model of another run that the metrics belong to; MLflow 3 only, and only without a model of its own. */
  readonly measuredModelId?: string;
  /** A model of another run that an alias is moved to; only without a model of its own. */
  readonly promotion?: Promotion;
  /** Paths below the run's artifacts. The record has each file as `<node>/<path>`; no path begins with `model/`. */
  readonly artifacts: readonly string[];
  /** Files that are drawn from the artifact `report.json` whenever they are sent. */
  readonly report?: ReportKind;
  /** A candidate that could not be fitted. Its tags say why. */
  readonly status?: 'FAILED';
}

/** A metric; each of its values is finite. */
export interface StepMetric {
  readonly key: string;
  readonly value: number;
  /** Number of a fold or of an iteration, or 0. */
  readonly step: number;
  /** Place of the data set in the tree that the metric was measured on; the node's first input without it. */
  readonly dataset?: number;
}

interface NodeInput {
  /** Place of the data set in the tree. */
  readonly dataset: number;
  /** What the data was for: `train` or `test`. */
  readonly context: string;
}

/** The model of a node. The record has its files as `<node>/model/<path>`. */
export interface NodeModel {
  readonly facts: MlmodelFacts;
  /** Name of the logged model; in MLflow 2 its artifact path. */
  readonly name: string;
  /** Name of the registered model that gets a version of it. */
  readonly registeredAs?: string;
  /** Description of the version, in Markdown. */
  readonly description?: string;
  /** Alias of the registered model that is moved to the version. */
  readonly alias?: string;
}

/** A tree and the files that go with it. */
export interface RecordedTree {
  readonly tree: RunTree;
  readonly files: readonly RecordFile[];
}

/** The value of the request's tag: the tree's UUID for the root, `<uuid>.c3` for a child. */
export function requestIdOf(tree: Pick<RunTree, 'requestId'>, key: string): string {
  return key === 'root' ? tree.requestId : `${tree.requestId}.${key}`;
}

/** The key of the node that a run was made for, by its request's tag; undefined if the run is not of the tree. */
export function keyOf(tree: RunTree, requestId: string): string | undefined {
  return tree.nodes.find(({ key }) => requestIdOf(tree, key) === requestId)?.key;
}

export function tagsOf(node: RunNode, parentRunId: string | undefined): Texts {
  return parentRunId === undefined ? node.tags : { ...node.tags, [PARENT_TAG]: parentRunId };
}

/** The metrics as of the computation's end. */
export function timedMetrics({ metrics, endTimeMs }: RunNode): Metric[] {
  return metrics.map(({ key, value, step }) => ({ key, value, step, timestamp: endTimeMs }));
}

/** The id that `MLmodel` gives the model: 32 hexadecimal digits. */
export function modelUuid(tree: RunTree, key: string): string {
  if (key === 'root') return tree.requestId.replaceAll('-', '');
  return createHash('sha256').update(requestIdOf(tree, key)).digest('hex').slice(0, 32);
}

export function modelFilesOf({ files }: RecordedTree, { key }: RunNode): RecordFile[] {
  return filesBelow(files, `${key}/model/`);
}

export function artifactsOf({ files }: RecordedTree, { key, artifacts }: RunNode): RecordFile[] {
  return filesBelow(files, `${key}/`).filter(({ path }) => artifacts.includes(path));
}

function filesBelow(files: readonly RecordFile[], folder: string): RecordFile[] {
  return files
    .filter(({ path }) => path.startsWith(folder))
    .map(({ path, bytes }) => ({ path: path.slice(folder.length), bytes }));
}
