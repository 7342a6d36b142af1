import type { ClassCodes } from './labels.ts';
import type { NewtonSums } from './solvers/newtonSums.ts';
import type { LossSums, WeightedCodes } from './solvers/types.ts';

/**
 * A column of numbers that estimators learn from and transform, in any storage.
 * The values are in arrays (`denseColumn.ts`) or packed in a table's memory, which the engine's columns read. A
 * transformation returns a new column. That column may only record the operation and apply it when it is read.
 */
export interface NumericColumn {
  readonly kind: 'numeric';
  /** Name for messages, if the column has one. A transformed column has the name of the column that it is made of. */
  readonly name?: string | undefined;
  readonly nSamples: number;
  /** Rows whose value is missing (NaN). */
  readonly nMissing: number;
  /** Smallest and largest value, NaN if there is no value. This and all methods below skip missing values. */
  range(): { readonly min: number; readonly max: number };
  mean(): number;
  /** For an even number of values, the mean of the middle two. */
  median(): number;
  /** The most frequent value. If several are equally frequent, the smallest of them. */
  mostFrequent(): number;
  /** Replaces missing values with `value`. */
  fill(value: number): NumericColumn;
  /** `x * scale + offset`. The product and the sum are each rounded. */
  affine(scale: number, offset: number): NumericColumn;
  clip(low: number, high: number): NumericColumn;
  /** Returns a copy of the values or the array that holds them, so do not change it. */
  toArray(): Float64Array;
  /** Computes with this column, and with others of the same source, without copying them. */
  readonly source?: ColumnSource;
}

/** Computes with columns in their own storage. Accepts only columns whose `source` it is. */
export interface ColumnSource {
  /**
   * Calls `use` with the log loss of these classes: binomial for two, else multinomial. The sums are valid until
   * `use` returns.
   */
  withLogLoss<T>(columns: readonly NumericColumn[], rows: WeightedCodes, use: (sums: LossSums) => T): T;
  /** As `withLogLoss`, for two classes without weights, with all derivatives that Newton's method needs. */
  withNewtonSums<T>(columns: readonly NumericColumn[], codes: ClassCodes, use: (sums: NewtonSums) => T): T;
  /** `X w + b`, one array for each output. w has a row of `columns + 1` numbers for each output, intercept last. */
  linearPredictor(columns: readonly NumericColumn[], w: Float64Array): Float64Array[];
  /** For a single output: the class (1 if `X w + b` is above 0, else 0) and the logistic function of `X w + b`. */
  classify(columns: readonly NumericColumn[], w: Float64Array): BinaryPrediction;
  /** Is called after each iteration of a solver on these columns. What it throws ends the fit. */
  iterated?(): void;
}

/** Each row's code, and the probability of the second class, for two classes. */
export interface BinaryPrediction {
  readonly codes: Uint8Array;
  readonly proba: Float64Array;
}

export interface TextColumn {
  readonly kind: 'text';
  /** Name for messages, if the column has one. */
  readonly name?: string | undefined;
  readonly nSamples: number;
  readonly nMissing: number;
  /** Returns the different texts, sorted by code point, with their row counts. Missing texts are left out. */
  counts(): ReadonlyMap<string, number>;
  /** Replaces missing texts with `text`. */
  fill(text: string): TextColumn;
  /** 1 if the row holds this text, else 0. */
  indicator(text: string): NumericColumn;
}

export type FrameColumn = NumericColumn | TextColumn;

/** Columns of numbers and text side by side, like a pandas DataFrame. */
export interface Frame {
  readonly nSamples: number;
  readonly columns: readonly FrameColumn[];
}
