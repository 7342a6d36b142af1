import type { Warning } from './warning.ts';

/** An estimate and its uncertainty, in the units of the file. null: there is no such number, and a warning says why. */
export interface TermEstimate {
  /** `(intercept)`, a column of numbers, or `<column>=<text>`. */
  readonly term: string;
  /** Change of the log odds of the second class. */
  readonly estimate: number | null;
  readonly std_error: number | null;
  /** `estimate / std_error` */
  readonly z: number | null;
  /** Two-sided, by the normal distribution. */
  readonly p_value: number | null;
  /** Ends of the 95 % interval. */
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /** `exp(estimate)` */
  readonly odds_ratio: number | null;
}

/** The estimates of a logistic regression of two classes without a penalty. */
export interface Inference {
  /** The intercept first, then the columns in order. A text's first category is the base level and has no term. */
  readonly terms: readonly TermEstimate[];
  readonly warnings: readonly Warning[];
}
