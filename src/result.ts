/** Plain values that rooms hand on to each other. Only data: each of them survives a structured clone. */
import type { ErrorDetails } from './errors.ts';
import type { Missing } from './ml/columnSteps.ts';
import type { MetricSet } from './ml/metrics.ts';
import type { ClassesDtype, FitWarning } from './ml/state.ts';
import type { RoundedMetrics } from './ml/trainingPipeline.ts';

export type { MetricSet, Missing, RoundedMetrics };

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

/** `pending`: still to come; `dead`: MLflow refused it for good, or somebody deleted its run. */
export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** What is kept with a training beside its run: what its caller is answered, and by what key the caller may ask again. */
export interface Kept {
  /** JSON. */
  readonly answer: unknown;
  readonly key?: {
    /** Of the key, in hex. */
    readonly digest: string;
    /** Of the request, to tell another one with the same key. */
    readonly fingerprint: string;
  };
}

/** Where a training stands on its way to MLflow. */
export interface DeliveryView extends Kept {
  readonly id: string;
  readonly state: DeliveryState;
  /** Milliseconds since 1970. */
  readonly acceptedAtMs: number;
  /** When it was FINISHED in MLflow, or refused there. */
  readonly endedAtMs?: number;
  readonly experimentName: string;
  readonly runName: string;
  /** Tries so far; of a pending one, those of this process. */
  readonly attempts: number;
  /** Why the last try failed. */
  readonly lastError?: DeliveryError;
  /** Where it is found, once it is delivered. */
  readonly logged?: LoggedRun;
}

interface DeliveryError {
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/**
 * A training that will be in MLflow, whatever happens to this process. It is the one value here that lives in this
 * process alone.
 */
export interface Accepted {
  readonly id: string;
  /** Resolves when the run is FINISHED in MLflow. @throws TrackingRefusedError once it is a dead letter */
  readonly logged: Promise<LoggedRun>;
}

export type ColumnRole = 'target' | 'feature' | 'ignored';

interface ColumnCounts {
  readonly name: string;
  readonly role: ColumnRole;
  /** Cells that hold nothing. */
  readonly missing: number;
  /** Different values; where `distinctCapped`, there are more than these. */
  readonly distinct: number;
  readonly distinctCapped: boolean;
  /** Every row has a value of its own, as in a column of ids: whole numbers, or text as far as it was kept. */
  readonly allDistinct: boolean;
}

/** A column of numbers or booleans, as a dry run sees it. Its statistics are of the finite values; NaN: there is none. */
export interface NumberProfile extends ColumnCounts {
  readonly kind: 'number';
  readonly type: Exclude<ColumnType, 'string'>;
  /** Cells that are infinite, and that are no numbers. */
  readonly infinite: number;
  readonly others: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** 5, 25, 50, 75 and 95 %, as `numpy.quantile` gives them. */
  readonly quantiles: readonly number[];
  /** Of a feature: how well it tells a class from all others by itself. */
  readonly rocAuc?: ClassRocAuc;
}

/** Area under the ROC curve of one column's values as scores of one class, ties counted half. */
export interface ClassRocAuc {
  readonly label: ClassLabel;
  readonly area: number;
}

export interface TextProfile extends ColumnCounts {
  readonly kind: 'text';
  readonly type: 'string';
  /** Cells that read as numbers, and those that hold anything else. */
  readonly numbers: number;
  readonly others: number;
  /** The most frequent values, the first of them first where several are as frequent. */
  readonly mostFrequent: readonly { readonly value: string; readonly rows: number }[];
  /** Of a feature that can be encoded: Cramér's V with the classes, 0 (independent) to 1; NaN: undefined. */
  readonly cramersV?: number;
  /** Of a feature: whether each value's rows are all of one class. */
  readonly isOfOneClassEach?: boolean;
}

export type ColumnProfile = NumberProfile | TextProfile;

/** A class of the target, with its rows in the file and, where there is a split, in its parts. */
export interface ClassBalance {
  readonly label: ClassLabel;
  readonly rows: number;
  /** Of all rows that have a class. */
  readonly share: number;
  readonly trainRows?: number;
  readonly testRows?: number;
}

/** A step of the pipeline that would be fitted: one estimator, or one that holds steps. */
export interface PipelineStepInfo {
  readonly name: string;
  /** scikit-learn's class. */
  readonly estimator: string;
  /** The columns of a branch. */
  readonly columns?: readonly string[];
  readonly steps?: readonly PipelineStepInfo[];
}

/** What a training would say of the file, and a person should know before it. Nothing was trained. */
export interface DryRun {
  readonly rows: number;
  readonly digest: string;
  readonly columns: readonly ColumnProfile[];
  /** Not known where the column named in `target` is not there. */
  readonly target?: {
    readonly name: string;
    readonly type: ColumnType;
    /** Empty where the column cannot be one of classes. */
    readonly classes: readonly ClassBalance[];
  };
  readonly split?: {
    readonly testSize: number;
    readonly randomState: number;
    readonly stratify: boolean;
    readonly trainRows: number;
    readonly testRows: number;
    readonly droppedRows: number;
  };
  readonly pipeline?: readonly PipelineStepInfo[];
  /** The error that a training would end with. */
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
  readonly warnings: readonly (Warning & { readonly column?: string })[];
  /** Milliseconds by stage. */
  readonly timingMs: { readonly parse: number; readonly profile: number };
}
