import type { StoredRun } from './standInStore.ts';

// biome-ignore lint/suspicious/noExplicitAny: the body of a call is read as MLflow would read it.
type Json = any;

const keyValues = (map: ReadonlyMap<string, string>) => [...map].map(([key, value]) => ({ key, value }));

/** The folder of a run below the root of the artifacts. */
export function placeOf({ info }: StoredRun): string {
  return info.artifact_uri.replace(/^mlflow-artifacts:\/+/, '');
}

export function shown({ info, tags, params, metrics, inputs, outputs }: StoredRun) {
  return {
    info: { ...info },
    data: { tags: keyValues(tags), params: keyValues(params), metrics: [...metrics.values()] },
    inputs: { dataset_inputs: inputs },
    outputs: { model_outputs: outputs },
  };
}

export function shownModel({ info, data, metrics }: Json) {
  return { model: { info: { ...info }, data: { ...data, metrics: [...metrics.values()] } } };
}
