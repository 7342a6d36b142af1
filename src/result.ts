/** Plain values that rooms hand on to each other. Only data: each of them survives a structured clone. */
import type { MetricSet } from './ml/metrics.ts';
import type { ClassesDtype, FitWarning } from './ml/state.ts';
import type { RoundedMetrics } from './ml/trainingPipeline.ts';

export type { MetricSet, RoundedMetrics };

/**
 * A class of the target as it stands in the file: whole numbers and reals stay numbers, of booleans `False` is 0 and
 * `True` is 1, anything else is text.
 */
export type ClassLabel = number | string;

/** NumPy's dtype of the target's classes, as pandas would have read the column. */
export type TargetDtype = ClassesDtype;

/** MLflow's column types (its `DataType`) that a column of a CSV can have. */
export type ColumnType = 'long' | 'double' | 'boolean' | 'string';

/** One column of the table. */
export interface ColumnInfo {
  readonly name: string;
  /** Of the cells that hold a value. */
  readonly type: ColumnType;
  /** Whether a cell of it is missing. */
  readonly missing?: boolean;
}

/** Summary of a numeric column; `std` is the sample standard deviation, quartiles as `numpy.quantile` gives them. */
export interface ColumnSummary {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly quartiles: readonly [number, number, number];
}

/** What is known about the data set before anything is trained. */
export interface DatasetInfo {
  readonly rows: number;
  /** Columns of the file, target and ignored ones included, in the file's order. */
  readonly columns: readonly ColumnInfo[];
  readonly target: string;
  readonly features: readonly ColumnInfo[];
  /** First 32 hex digits of the SHA-256 of the file's bytes (MLflow allows 36 characters). */
  readonly digest: string;
  readonly profile: readonly ColumnSummary[];
  readonly classCounts: readonly { readonly label: ClassLabel; readonly count: number }[];
}

export interface SplitInfo {
  readonly train: number;
  readonly test: number;
}

/** A fact the caller should know though nothing failed. */
export type Warning = FitWarning;

export interface SolverInfo {
  readonly name: string;
  readonly iterations: number;
  readonly converged: boolean;
}

/** First rows of the features, for MLflow's input example; a missing cell is null, a boolean 1 or 0. */
export interface InputExample {
  readonly columns: readonly string[];
  readonly data: readonly (readonly (number | string | null)[])[];
}

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
