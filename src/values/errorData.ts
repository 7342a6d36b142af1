/**
 * The errors that rooms throw. They know a code and what helps to mend the matter; they know no HTTP
 * status (one table in http/problem.ts gives it).
 */
export interface ErrorDetails {
  /** Form field or environment variable that is meant. */
  readonly field?: string;
  /** Line of data, counted from 1 after the header, as a person counts them. */
  readonly row?: number;
  /** Column's name. */
  readonly column?: string;
  /** The value that was refused, shortened. */
  readonly value?: string;
  readonly limit?: number;
  readonly actual?: number;
  /** Names that would have been accepted. */
  readonly allowed?: readonly string[];
  /** When to try again, in seconds. */
  readonly retryAfterS?: number;
  /** The MLflow run that was made before the failure, if one was. */
  readonly runId?: string;
  /** The delivery to MLflow that ended with the failure, and keeps the training. */
  readonly deliveryId?: string;
}
