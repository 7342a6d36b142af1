/** A 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** Intervals of metrics by name. A metric whose interval is not known is not there. */
export type Intervals = Readonly<Record<string, Interval>>;

/** What separates two models on the same rows: the first model's value minus the second model's. */
export interface Difference {
  readonly difference: number;
  /** The 95 % interval of the difference. */
  readonly low: number;
  readonly high: number;
  /** The two-sided p-value of the hypothesis that the models are equally good. */
  readonly p: number;
}
