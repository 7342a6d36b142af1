/** Metrics of one set of rows, by scikit-learn's names. `score` is the classifier's own score, which is its accuracy. */
export interface MetricSet {
  readonly accuracy_score: number;
  readonly precision_score: number;
  readonly recall_score: number;
  readonly f1_score: number;
  readonly log_loss: number;
  readonly roc_auc: number;
  readonly score: number;
}

/** Rows of two classes by what they are and what they are predicted to be. Positive is the class that precision refers to. */
export interface ConfusionCounts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/** What a model comes to on one set of rows. */
export interface Measures {
  readonly metrics: MetricSet;
  readonly rows: number;
  /** With two classes only. */
  readonly confusion?: ConfusionCounts;
  /** The client's own metrics by name; an undefined one is NaN. */
  readonly custom?: Readonly<Record<string, number>>;
}

export interface RoundedMetrics {
  readonly accuracy: number;
  /** Log loss, in nats. */
  readonly entropy: number;
  readonly precision: number;
  readonly recall: number;
}
