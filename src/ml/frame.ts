import type { LossSums, WeightedCodes } from './solvers/types.ts';

/**
 * Columns that estimators learn from and transform, wherever their values are kept: in arrays (`denseColumn.ts`), or
 * packed in a table's memory, which the engine's columns read. A transformation makes a new column that may be no more
 * than a note of what to do when it is read.
 */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly nSamples: number;
  /** Rows without a value: NaN. */
  readonly nMissing: number;
  /** Least and largest value; NaN where there is none. Missing ones are passed over, here and in what follows. */
  range(): { readonly min: number; readonly max: number };
  mean(): number;
  /** Of an even number of values the mean of the middle two. */
  median(): number;
  /** The most frequent value; the least of several. */
  mostFrequent(): number;
  /** `value` where there is none. */
  fill(value: number): NumericColumn;
  /** `x * scale + offset`, each of the two rounded. */
  affine(scale: number, offset: number): NumericColumn;
  clip(low: number, high: number): NumericColumn;
  /** A copy of the values, or the array that holds them: not to be written to. */
  toArray(): Float64Array;
  /** What computes with this column, and others that lie there too, without a copy of them. */
  readonly source?: ColumnSource;
}

/** A place of columns that are computed with where they lie. It takes columns alone that name it as their source. */
export interface ColumnSource {
  /** Calls `use` with the log loss of these classes: binomial for two, else multinomial. It is good until `use` returns. */
  withLogLoss<T>(columns: readonly NumericColumn[], rows: WeightedCodes, use: (sums: LossSums) => T): T;
  /** `X w + b`, one array an output; w has a row `(columns + 1)` an output, intercept last. */
  linearPredictor(columns: readonly NumericColumn[], w: Float64Array): Float64Array[];
  /** For one output the class, 1 where `X w + b` is above 0, and the logistic function of it. */
  classify(columns: readonly NumericColumn[], w: Float64Array): BinaryPrediction;
}

/** Of two classes each row's code, and the probability of the second. */
export interface BinaryPrediction {
  readonly codes: Uint8Array;
  readonly proba: Float64Array;
}

export interface TextColumn {
  readonly kind: 'text';
  readonly nSamples: number;
  readonly nMissing: number;
  /** The different texts, sorted by code point, each with its rows; missing ones are not among them. */
  counts(): ReadonlyMap<string, number>;
  /** `text` where there is none. */
  fill(text: string): TextColumn;
  /** 1 where the row holds this text, else 0. */
  indicator(text: string): NumericColumn;
}

export type FrameColumn = NumericColumn | TextColumn;

/** Columns of numbers and of text side by side, as pandas' DataFrame has them. */
export interface Frame {
  readonly nSamples: number;
  readonly columns: readonly FrameColumn[];
}
