import type { ClassLabel, ColumnInfo } from '../../values/dataset.ts';
import { MODEL_FLAVOR, type ModelDescription } from '../../values/loadedModel.ts';
import type { PipelineState } from '../../values/pipelineState.ts';
import { classifierOf } from './onnx.ts';

/** What a model's description says beside the pipeline and its features. */
export interface ModelOrigin extends Pick<ModelDescription, 'trained' | 'profile'> {
  /** Name of the target's column. */
  readonly target: string;
  readonly positive?: ClassLabel;
}

/**
 * `model.json`: a `ModelDescription` and the version of its form. JSON has no infinity and no NaN, so these numbers are the
 * texts `Infinity`, `-Infinity` and `NaN`. Only the parameter C can be one of them.
 */
export function modelJson(
  pipeline: PipelineState,
  features: readonly ColumnInfo[],
  { target, ...origin }: ModelOrigin,
): string {
  const { classes, classesDtype: dtype } = classifierOf(pipeline.steps).fitted;
  const description: ModelDescription = {
    pipeline,
    features,
    target: { name: target, classes, dtype },
    ...origin,
  };
  return JSON.stringify({ version: MODEL_FLAVOR.version, ...description }, finiteOrText);
}

function finiteOrText(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
