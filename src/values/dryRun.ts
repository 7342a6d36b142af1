import type { ClassLabel, ColumnType, TestFileInfo } from './dataset.ts';
import type { ErrorData } from './errorData.ts';
import type { Holdout } from './holdout.ts';
import type { Warning } from './warning.ts';

export type ColumnRole = 'target' | 'feature' | 'ignored';

interface ColumnCounts {
  readonly name: string;
  readonly role: ColumnRole;
  /** Cells without a value. */
  readonly missing: number;
  /** Number of different values; there are more if `distinctCapped`. */
  readonly distinct: number;
  readonly distinctCapped: boolean;
  /** Whether every row has a different value, like an ID. This is known for whole numbers, and for text that was kept. */
  readonly allDistinct: boolean;
}

/** A column of numbers or booleans in a dry run. Its statistics are those of the finite values, or NaN without any. */
export interface NumberProfile extends ColumnCounts {
  readonly kind: 'number';
  readonly type: Exclude<ColumnType, 'string'>;
  /** Cells that are infinite, and cells that are not numbers. */
  readonly infinite: number;
  readonly others: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** The 5, 25, 50, 75 and 95 % quantiles, as `numpy.quantile` computes them. */
  readonly quantiles: readonly number[];
  /** The rows in bins of equal width from `min` to `max`, as `numpy.histogram` counts them. One bin if all values are equal. */
  readonly bins: readonly number[];
  /** For a feature: how well it separates one class from all others by itself. */
  readonly rocAuc?: ClassRocAuc;
}

/** Area under the ROC curve, with a column's values as scores of one class. Ties count half. */
export interface ClassRocAuc {
  readonly label: ClassLabel;
  readonly area: number;
}

export interface TextProfile extends ColumnCounts {
  readonly kind: 'text';
  readonly type: 'string';
  /** Cells that can be read as numbers, and all other cells. */
  readonly numbers: number;
  readonly others: number;
  /** The most frequent values. Equally frequent values come in the order of the file. */
  readonly mostFrequent: readonly { readonly value: string; readonly rows: number }[];
  /** For a feature that can be encoded: Cramér's V with the classes, from 0 (independent) to 1; NaN if undefined. */
  readonly cramersV?: number;
  /** For a feature: whether the rows of each value all belong to one class. */
  readonly isOfOneClassEach?: boolean;
}

export type ColumnProfile = NumberProfile | TextProfile;

/** A class of the target, with its number of rows in the training file and, if there is a split, in both parts. */
export interface ClassBalance {
  readonly label: ClassLabel;
  readonly rows: number;
  /** The share of all rows that have a class. */
  readonly share: number;
  readonly trainRows?: number;
  readonly testRows?: number;
}

/** A step of the pipeline that would be fitted: an estimator, which may hold steps itself. */
export interface PipelineStepInfo {
  readonly name: string;
  /** scikit-learn's class. */
  readonly estimator: string;
  /** The columns of a branch. */
  readonly columns?: readonly string[];
  readonly steps?: readonly PipelineStepInfo[];
}

/** The models that a training would fit. */
export interface PlannedFits {
  /** Fits in all: each candidate once and in each fold, and the fits that find the threshold. */
  readonly total: number;
  readonly candidates: number;
  readonly folds?: number;
  /** What chooses the best candidate, as the client wrote it. */
  readonly select: string;
  /** A number, or the objective as the client wrote it. */
  readonly threshold?: number | string;
}

/** What a training would report about the file, and what people should know before they train. Nothing was trained. */
export interface DryRun {
  readonly rows: number;
  readonly digest: string;
  readonly columns: readonly ColumnProfile[];
  /** The test file, if there is one and if its rows can be used. */
  readonly testData?: TestFileInfo;
  /** Undefined if the file has no column of the name in `target`. */
  readonly target?: {
    readonly name: string;
    readonly type: ColumnType;
    /** Empty if the column cannot be a target of classes. */
    readonly classes: readonly ClassBalance[];
  };
  readonly split?: {
    readonly holdout: Holdout;
    readonly trainRows: number;
    readonly testRows: number;
    readonly droppedRows: number;
  };
  readonly pipeline?: readonly PipelineStepInfo[];
  readonly fits?: PlannedFits;
  /** The error that a training would end with. */
  readonly problem?: ErrorData;
  readonly warnings: readonly Warning[];
  /** Milliseconds of each stage. */
  readonly timingMs: { readonly parse: number; readonly profile: number };
}
