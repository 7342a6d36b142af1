import { type Described, describe, estimatorRepr, pipelineOf } from '../python/describeEstimator.ts';
import { type PyRepr, pyRepr } from '../python/estimatorRepr.ts';
import { pyFloatRepr } from '../python/repr.ts';
import type { PipelineState } from '../values/pipelineState.ts';
import { classifierOf } from './modelFiles/onnx.ts';

/** MLflow params by name, always as texts: MLflow stores a JSON number as an empty text, and answers 200. */
export type RunParams = Readonly<Record<string, string>>;

/** MLflow's limit; a longer value would be refused. */
const VALUE_CHARS_MAX = 6000;

/**
 * The whole `get_params()` of the logged pipeline, flattened to `step__param` and written as `mlflow.sklearn.autolog`
 * writes it; before it the original's two, `C` and `max_iter`.
 */
export function pipelineParams({ steps, featureNamesIn }: PipelineState): RunParams {
  const { C, maxIter } = classifierOf(steps).params;
  const params: Record<string, string> = { C: pyFloatRepr(C), max_iter: String(maxIter) };
  addParams(params, '', pipelineOf(steps, featureNamesIn), featureNamesIn);
  return params;
}

/** Cuts values that are longer than MLflow takes. */
export function cutParams(params: RunParams, charsMax = VALUE_CHARS_MAX): RunParams {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, cut(value, charsMax)]));
}

function addParams(
  params: Record<string, string>,
  prefix: string,
  { fixed, params: own, children }: Described,
  columns: readonly string[],
): void {
  for (const [name, value] of Object.entries(fixed)) params[prefix + name] = value;
  for (const [name, value] of own) params[prefix + name] = pyStr(value);
  for (const [name, state] of children) {
    params[prefix + name] = pyRepr(estimatorRepr(describe(state, columns)));
    addParams(params, `${prefix}${name}__`, describe(state, columns), columns);
  }
}

/** As `str` gives a value: a text stands without quotes. */
function pyStr(value: PyRepr): string {
  if (typeof value !== 'string' && 'text' in value) return value.text;
  return pyRepr(value).replace(/^'(.*)'$/, '$1');
}

/** Cuts as MLflow's own client does. Both count characters, not UTF-16 units. */
function cut(value: string, charsMax: number): string {
  if (value.length <= charsMax) return value;
  const characters = [...value];
  return characters.length <= charsMax ? value : `${characters.slice(0, charsMax - 3).join('')}...`;
}
