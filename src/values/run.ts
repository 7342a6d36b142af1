import type { DatasetInfo, InputExample } from './dataset.ts';
import type { MetricSet, RoundedMetrics } from './metrics.ts';

/** Everything that is logged of one training, beside the fitted pipeline itself. */
export interface TrackedRun {
  readonly experimentName: string;
  readonly runName: string;
  /** Name of the logged model (its artifact path in MLflow 2). */
  readonly modelName: string;
  readonly registeredModelName: string;
  readonly alias?: string;
  /** The caller's own tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Params beside the pipeline's own, by MLflow's name, as text: `test_size`, `random_state`, `stratify`. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Name of the uploaded file, without a path. */
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  readonly dataset: DatasetInfo;
  readonly inputExample: InputExample;
  readonly rounded: RoundedMetrics;
  readonly training: MetricSet;
  readonly test: MetricSet;
}

/** Where a training is found in MLflow. */
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
