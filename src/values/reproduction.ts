/** How a training compares with the run whose settings it took. */
export interface Reproduction {
  readonly runId: string;
  /** Whether both have the same files. */
  readonly data: 'same' | 'different';
  readonly coefficients: {
    /** Whether all coefficients and intercepts are equal, bit for bit. */
    readonly identical: boolean;
    /** The largest absolute difference; null if the models cannot be compared. */
    readonly largestDifference: number | null;
  };
  readonly metrics: {
    readonly identical: boolean;
    /** By the metric's name in MLflow, this training minus the run; null if only one of them has the metric. */
    readonly differences: Readonly<Record<string, number | null>>;
  };
  /** Whether files, coefficients and metrics are all the same. */
  readonly identical: boolean;
}
