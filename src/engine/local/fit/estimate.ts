import type { Dataset } from '../../../data/dataset.ts';
import { imputedFrame } from '../../../ml/inference/imputedFrame.ts';
import { inference } from '../../../ml/inference/inference.ts';
import type { Inference } from '../../../values/inference.ts';
import type { PipelineState } from '../../../values/pipelineState.ts';
import type { Rows } from './prepare.ts';

/**
 * Estimates a regression without a penalty on training rows, in the units of the file. Class weights do not count.
 * @param pipeline fitted on these rows: its imputers fill in the missing values
 */
export function estimate(
  { features }: Pick<Dataset, 'features'>,
  { frame, codes }: Pick<Rows, 'frame' | 'codes'>,
  pipeline: PipelineState,
): Inference {
  const names = features.map(({ name }) => name);
  return inference(imputedFrame(frame, pipeline), codes, names);
}
