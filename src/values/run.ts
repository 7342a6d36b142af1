import type { DatasetInfo, InputExample } from './dataset.ts';
import type { MetricSet, RoundedMetrics } from './metrics.ts';
import type { SolverInfo } from './result.ts';

/** What a model's signature says about numbers; `none`: the model has no signature. */
export type SignatureKind = 'inferred' | 'any' | 'none';

/** The rows of a data set that a run used for one purpose. */
export interface DatasetPart {
  readonly context: 'train' | 'test';
  readonly rows: number;
  /** 32 hex digits, which are the same for the same rows of the same file. */
  readonly digest: string;
}

/** Everything that is logged for one training, apart from the fitted pipeline. */
export interface TrackedRun {
  readonly experimentName: string;
  readonly runName: string;
  /** Name of the logged model (its artifact path in MLflow 2). */
  readonly modelName: string;
  readonly registeredModelName: string;
  readonly alias?: string;
  /** Name and commit that the client gives, instead of the service's own. */
  readonly user?: string;
  readonly gitCommit?: string;
  /** The client's own tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Params in addition to the pipeline's, as text, by their names in MLflow: `test_size`, `random_state`, `stratify`. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Name of the uploaded file, without a path. */
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  readonly dataset: DatasetInfo;
  /** The training rows and the test rows. */
  readonly parts: readonly DatasetPart[];
  readonly signature: SignatureKind;
  readonly solver: SolverInfo;
  /** Codes of the training's warnings. */
  readonly warnings: readonly string[];
  readonly inputExample: InputExample;
  readonly rounded: RoundedMetrics;
  readonly training: MetricSet;
  readonly test: MetricSet;
}

/** Where to find a training in MLflow. */
export interface LoggedRun {
  readonly runId: string;
  readonly runName: string;
  readonly runUrl: string;
  readonly experimentId: string;
  /** `runs:/<run id>/<model name>` */
  readonly modelUri: string;
  readonly registeredModelName: string;
  readonly modelVersion: string;
  readonly modelUrl: string;
}
