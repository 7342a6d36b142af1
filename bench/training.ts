/** What either contestant says of a training; `coef` and `intercept` are of scaled features. */
export interface Training extends Fit {
  readonly stages: Readonly<Record<string, number>>;
  /** Unrounded, of the test rows. */
  readonly metrics: Readonly<Record<'accuracy' | 'precision' | 'recall' | 'entropy', number>>;
  readonly rows: { readonly train: number; readonly test: number };
}

export interface Fit {
  readonly nIter: number;
  readonly coef: readonly number[];
  readonly intercept: number;
}

/** A file that was read, and nothing else. */
export interface Parsing {
  readonly ms: number;
  readonly rows: number;
  /** The sum of each column. */
  readonly sums: readonly number[];
}

/** Fits that differ in C, on data in memory. */
export interface Sweeping {
  readonly ms: number;
  readonly fits: readonly Fit[];
}
