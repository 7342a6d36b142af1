import type { DatasetInput } from './dataset.ts';

/** What MLflow's REST API takes and gives, as far as we use it. */

/** MLflow's way to write a map. */
export type Texts = Readonly<Record<string, string>>;

export interface Experiment {
  readonly experiment_id: string;
  readonly lifecycle_stage: string;
  /** `mlflow-artifacts:/1` if the server gives access to the files. */
  readonly artifact_location: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly creation_time?: number;
  readonly last_update_time?: number;
}

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface RunInfo {
  readonly run_id: string;
  readonly experiment_id: string;
  readonly artifact_uri: string;
  readonly status: RunStatus;
  readonly run_name?: string;
  /** Milliseconds since 1970. */
  readonly start_time: number;
  readonly end_time?: number;
  readonly lifecycle_stage: 'active' | 'deleted';
}

export interface Run {
  readonly info: RunInfo;
  readonly data: {
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
    /** The last value of each metric. MLflow 2 and 3 write NaN and the infinities as texts. */
    readonly metrics?: readonly { readonly key: string; readonly value: number | string }[];
    readonly params?: readonly { readonly key: string; readonly value: string }[];
  };
  readonly inputs?: {
    readonly dataset_inputs?: readonly {
      readonly tags?: readonly { readonly key: string; readonly value: string }[];
      readonly dataset: Pick<DatasetInput, 'digest'> & Partial<Pick<DatasetInput, 'profile'>>;
    }[];
  };
  /** MLflow 3. */
  readonly outputs?: { readonly model_outputs?: readonly { readonly model_id: string }[] };
}

export interface LoggedModelInfo {
  readonly model_id: string;
  readonly name?: string;
  readonly artifact_uri: string;
  readonly status: string;
  readonly creation_timestamp_ms: number;
}

export interface ModelVersion {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly creation_timestamp: number;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly run_id?: string;
}

export interface NewRun {
  readonly experimentId: string;
  readonly user: string;
  readonly runName: string;
  readonly startTimeMs: number;
  readonly tags: Texts;
}

/** A data set that a run used. */
export interface NewInput {
  readonly dataset: DatasetInput;
  readonly context: string;
}

export interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  /** The logged model and the data set that it was measured with; MLflow 3 only. */
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

export interface NewLoggedModel {
  readonly experimentId: string;
  readonly runId: string;
  readonly name: string;
  readonly params: Texts;
  readonly tags: Texts;
}

/** What a version of a registered model is made from. */
export interface ModelSource {
  readonly source: string;
  /** MLflow 3 only. */
  readonly modelId?: string;
}

export interface NewModelVersion extends ModelSource {
  /** The registered model's name. */
  readonly name: string;
  readonly runId: string;
  /** In Markdown. */
  readonly description?: string;
}
