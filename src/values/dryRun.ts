import type { ClassLabel, ColumnType } from './dataset.ts';
import type { ErrorData } from './errorData.ts';
import type { Warning } from './warning.ts';

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
  readonly problem?: ErrorData;
  readonly warnings: readonly (Warning & { readonly column?: string })[];
  /** Milliseconds by stage. */
  readonly timingMs: { readonly parse: number; readonly profile: number };
}
