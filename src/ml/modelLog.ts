import type { PipelineState } from '../values/pipelineState.ts';

/** Names under which a fitted pipeline is stored. */
export interface RunNames {
  readonly experimentName: string;
  readonly runName: string;
  readonly registeredModelName: string;
}

/**
 * Stores a fitted pipeline, like `mlflow.sklearn.log_model` in the original.
 * The ml room knows only this interface. The tracking room implements it.
 */
export interface ModelLog<Run extends RunNames, Logged> {
  logModel(pipeline: PipelineState, run: Run): Promise<Logged>;
}
