import type { PipelineState, StepState } from '../../values/pipelineState.ts';
import type { Frame, FrameColumn } from '../frame.ts';

/**
 * Fills in the missing values of a frame as the imputers of a fitted pipeline do, and does nothing else to the columns.
 * @param frame columns as the pipeline was fitted on them
 */
export function imputedFrame({ nSamples, columns }: Frame, { steps }: Pick<PipelineState, 'steps'>): Frame {
  const filled = [...columns];
  fill(filled, [...columns.keys()], steps);
  return { nSamples, columns: filled };
}

/** @param places the places of the columns that these steps get */
function fill(columns: FrameColumn[], places: readonly number[], steps: readonly StepState[]): void {
  for (const [, state] of steps) {
    if (state.estimator === 'SimpleImputer') {
      state.fitted.statistics.forEach((value, k) => {
        const place = places[k]!;
        columns[place] = filledWith(columns[place]!, value);
      });
    }
    if (state.estimator !== 'ColumnTransformer') continue;
    for (const { transformer, columns: ofBranch } of state.transformers) {
      const inner = ofBranch.map((k) => places[k]!);
      fill(columns, inner, transformer.estimator === 'Pipeline' ? transformer.steps : [['', transformer]]);
    }
  }
}

function filledWith(column: FrameColumn, value: number | string): FrameColumn {
  return column.kind === 'text' ? column.fill(String(value)) : column.fill(Number(value));
}
