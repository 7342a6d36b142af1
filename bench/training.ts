/** The result of a training, from either contestant. `coef` and `intercept` belong to scaled features. */
export interface Training extends Fit {
  readonly stages: Readonly<Record<string, number>>;
  /** Metrics of the test rows, not rounded. */
  readonly metrics: Readonly<Record<'accuracy' | 'precision' | 'recall' | 'entropy', number>>;
  readonly rows: { readonly train: number; readonly test: number };
}

export interface Fit {
  readonly nIter: number;
  readonly coef: readonly number[];
  readonly intercept: number;
}

/** The result of reading a file. */
export interface Parsing {
  readonly ms: number;
  readonly rows: number;
  /** The sum of each column. */
  readonly sums: readonly number[];
}

/** The result of several fits with different C on data in memory. */
export interface Sweeping {
  readonly ms: number;
  readonly fits: readonly Fit[];
}
