/**
 * Details of an error, which help the client to fix its cause. Errors have a code and no HTTP status: one table in
 * http/problem.ts gives the status.
 */
export interface ErrorDetails {
  /** The form field or environment variable that is at fault. */
  readonly field?: string;
  /** Row of data, counted from 1 after the header, as people count. */
  readonly row?: number;
  /** The column's name. */
  readonly column?: string;
  /** The rejected value, shortened. */
  readonly value?: string;
  readonly limit?: number;
  readonly actual?: number;
  /** Names that are accepted. */
  readonly allowed?: readonly string[];
  /** When to retry, in seconds. */
  readonly retryAfterS?: number;
  /** The MLflow run, if it was created before the failure. */
  readonly runId?: string;
  /** The delivery to MLflow that failed. It still keeps the training. */
  readonly deliveryId?: string;
}
