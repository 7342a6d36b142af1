/** What helps a person or a program to fix an error. */
export interface ErrorDetails {
  /** Form field or environment variable that is wrong. */
  readonly field?: string;
  /** Row of data, counted from 1 after the header, as a person counts rows. */
  readonly row?: number;
  /** Column's name. */
  readonly column?: string;
  /** The rejected value, shortened. */
  readonly value?: string;
  readonly limit?: number;
  readonly actual?: number;
  /** Names that would have been accepted. */
  readonly allowed?: readonly string[];
  /** When to try again, in seconds. */
  readonly retryAfterS?: number;
  /** The MLflow run that was made before the failure. */
  readonly runId?: string;
  /** The delivery to MLflow that ended with the failure, and keeps the training. */
  readonly deliveryId?: string;
}

/** An error as plain data, which survives JSON and a structured clone. */
export interface ErrorData {
  /** Name of the error's class. Old records have none. */
  readonly name?: string;
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails;
}
