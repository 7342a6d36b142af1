/** Details that help a person or a program to fix the cause of an error. */
export interface ErrorDetails {
  /** The form field or environment variable that is at fault. */
  readonly field?: string;
  /** The file in which the row and the column are, if it is not the training file. */
  readonly file?: 'test_file';
  /** Row of data, counted from 1 after the header, as people count. */
  readonly row?: number;
  /** The character of `value` at which the fault is, counted from 1. */
  readonly position?: number;
  /** Line of the file on which the row begins, counted from 1. */
  readonly line?: number;
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
  /** The message without addresses and without names that a client chose: for the log, and for routes without a token. */
  readonly openMessage?: string;
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
