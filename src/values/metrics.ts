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

export interface RoundedMetrics {
  readonly accuracy: number;
  /** Log loss, in nats. */
  readonly entropy: number;
  readonly precision: number;
  readonly recall: number;
}
