import type { MlflowClient } from '../client.ts';
import type { RunInfo } from '../mlflowTypes.ts';
import { ANSWER_BYTES_MAX } from '../request.ts';
import { keyOf, REQUEST_ID_TAG, type RunTree } from '../tree.ts';

/** Bytes that MLflow adds to a run: ids, tags of its own, names of keys. */
const RUN_BYTES = 2_000;
/** MLflow writes a metric with a time, a model and a data set, which is up to three times what the record needs. */
const GROWTH = 3;
const PAGE_RUNS_MAX = 1_000;

/** The runs that MLflow has for a tree, by the key of the node. */
export type TreeRuns = ReadonlyMap<string, readonly RunInfo[]>;

/** Finds the runs of all nodes, doubles and deleted runs included, with one search. */
export async function findTreeRuns(
  client: MlflowClient,
  experimentId: string,
  tree: RunTree,
): Promise<TreeRuns> {
  const pattern = `${tree.requestId}%`;
  const runs = await client.findRunsLike(experimentId, REQUEST_ID_TAG, pattern, pageSize(tree));
  const byId = new Map(runs.map((run) => [run.info.run_id, run]));
  const found = new Map<string, RunInfo[]>();
  for (const { info, data } of byId.values()) {
    const tag = data.tags?.find(({ key }) => key === REQUEST_ID_TAG);
    const key = tag && keyOf(tree, tag.value);
    if (key !== undefined) found.set(key, [...(found.get(key) ?? []), info]);
  }
  return found;
}

/** How many runs to ask for at once. MLflow gives all of a run, its data sets too, and a response is bounded. */
export function pageSize({ nodes, datasets }: RunTree): number {
  const nodeBytes = Math.max(...nodes.map((node) => JSON.stringify(node).length));
  const runBytes = RUN_BYTES + GROWTH * nodeBytes + JSON.stringify(datasets).length;
  return Math.min(PAGE_RUNS_MAX, Math.max(1, Math.floor(ANSWER_BYTES_MAX / runBytes)));
}
