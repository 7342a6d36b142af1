import type { ListedRun } from '../values/loggedRuns.ts';
import { textsOf } from './api.ts';
import { type LinkBase, runUrl } from './links.ts';
import { lastListedModel } from './mlflow2.ts';
import type { Run } from './mlflowTypes.ts';
import { REPORT_TAG } from './record.ts';
import { PARENT_TAG, REQUEST_ID_TAG } from './tree.ts';

/** Tags for machines: MLflow's own, scikit-learn's autologging, and the id by which trainpost finds a run again. */
const HIDDEN = new RegExp(`^(?:mlflow\\.|estimator_(?:name|class)$|${REQUEST_ID_TAG.replace('.', '\\.')}$)`);

/** A run as a list shows it. */
export function listedRun(run: Run, base: LinkBase): ListedRun {
  const { run_id: id, experiment_id: experimentId, run_name: name, status } = run.info;
  const { start_time: startedAtMs, end_time: endedAtMs } = run.info;
  const { params = [], metrics = [] } = run.data;
  const tags = textsOf(run.data.tags ?? []);
  const { 'mlflow.user': user, [PARENT_TAG]: parentId } = tags;
  const modelUri = modelUriOf(run);
  return {
    id,
    name: name ?? tags['mlflow.runName'] ?? '',
    status,
    url: runUrl(base, experimentId, id),
    startedAtMs,
    ...(endedAtMs !== undefined && endedAtMs > 0 && { endedAtMs }),
    ...(user !== undefined && { user }),
    ...(parentId !== undefined && { parentId }),
    params: textsOf(params),
    metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, Number(value)])),
    tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !HIDDEN.test(key))),
    ...(modelUri !== undefined && { modelUri }),
    hasReport: tags[REPORT_TAG] !== undefined,
  };
}

/** MLflow 3 has logged models, and MLflow 2 a folder of the run. A server of today may have runs of MLflow 2. */
function modelUriOf(run: Run): string | undefined {
  const modelId = run.outputs?.model_outputs?.at(-1)?.model_id;
  if (modelId !== undefined) return `models:/${modelId}`;
  const name = lastListedModel(run);
  return name === undefined ? undefined : `runs:/${run.info.run_id}/${name}`;
}
