import type { ModelDescription } from '../values/loadedModel.ts';

/** A run that trainpost logged for a training, as far as it can be compared with another. */
export interface OriginalRun {
  readonly runId: string;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each metric, by its name in MLflow. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The digest of the training file, if it is known. */
  readonly digest?: string;
  /** The digest of the test file, if the run has one. */
  readonly testDigest?: string;
  /** Missing if the run has no model that trainpost can read. */
  readonly model?: ModelDescription;
}

/** Finds the run that a training reproduces. */
export interface ReproductionPort {
  /** @throws FieldError `run_not_found`, `foreign_run`; what a call to MLflow throws */
  find(runId: string): Promise<OriginalRun>;
}
