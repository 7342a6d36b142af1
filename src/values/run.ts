import type { DatasetInfo, InputExample, TestFileInfo } from './dataset.ts';
import type { MetricSet, RoundedMetrics } from './metrics.ts';

/** Everything that is logged for one training, apart from the fitted pipeline. */
export interface TrackedRun {
  readonly experimentName: string;
  readonly runName: string;
  /** Name of the logged model (its artifact path in MLflow 2). */
  readonly modelName: string;
  readonly registeredModelName: string;
  readonly alias?: string;
  /** The client's own tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Params in addition to the pipeline's, as text, by their names in MLflow: `test_size`, `random_state`, `stratify`. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Name of the uploaded file, without a path. */
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  readonly dataset: DatasetInfo;
  /** The test file and its name, without a path, if the test rows come from a file of their own. */
  readonly testDataset?: TestFileInfo & { readonly fileName: string };
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
