import type { PipelineState } from '../values/pipelineState.ts';

/** The names under which a fitted pipeline is kept. */
export interface RunNames {
  readonly experimentName: string;
  readonly runName: string;
  readonly registeredModelName: string;
}

/**
 * Where a fitted pipeline is written down, as `mlflow.sklearn.log_model` does for the original. The ml room
 * knows only this door; the tracking room stands behind it.
 */
export interface ModelLog<Run extends RunNames, Logged> {
  logModel(pipeline: PipelineState, run: Run): Promise<Logged>;
}
