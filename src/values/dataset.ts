/**
 * A class of the target as the file has it. Whole numbers and reals stay numbers, the booleans `False` and `True` are 0
 * and 1, and all other classes are text.
 */
export type ClassLabel = number | string;

/** MLflow's column types (its `DataType`) that a column of a CSV can have. */
export type ColumnType = 'long' | 'double' | 'boolean' | 'string';

/** One column of the table. */
export interface ColumnInfo {
  readonly name: string;
  /** The type of the cells that have a value. */
  readonly type: ColumnType;
  /** Whether a cell of the column is missing. */
  readonly missing?: boolean;
}

/** Summary of a numeric column. `std` is the sample standard deviation; the quartiles are those of `numpy.quantile`. */
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
  /** All columns of the file, including the target and ignored columns, in the file's order. */
  readonly columns: readonly ColumnInfo[];
  readonly target: string;
  readonly features: readonly ColumnInfo[];
  /** First 32 hex digits of the SHA-256 of the file's bytes (MLflow allows 36 characters). */
  readonly digest: string;
  readonly summaries: readonly ColumnSummary[];
  readonly classCounts: readonly { readonly label: ClassLabel; readonly count: number }[];
}

/** What is known about a test file. */
export interface TestFileInfo extends Pick<DatasetInfo, 'rows' | 'digest'> {
  /** All columns of the file, in its order, with the types of the training file. */
  readonly columns: readonly ColumnInfo[];
}

export interface SplitInfo {
  readonly train: number;
  readonly test: number;
}

/** First rows of the features, for MLflow's input example; a missing cell is null, a boolean 1 or 0. */
export interface InputExample {
  readonly columns: readonly string[];
  readonly data: readonly (readonly (number | string | null)[])[];
}

/** NumPy's dtype of the classes. Classes of the dtype `bool` are 0 and 1 here, and are written as False and True. */
export type ClassesDtype = 'int64' | 'float64' | 'bool' | 'object';
