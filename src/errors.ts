import type { ErrorData, ErrorDetails } from './values/errorData.ts';

/** Base of every error that a caller is told of. `code` is stable, snake_case; `message` is one sentence that says what to do. */
export abstract class TrainpostError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** A setting of the environment that cannot be used. */
export class ConfigError extends TrainpostError {}

/** A form field whose value, or whose very name, is refused. */
export class FieldError extends TrainpostError {}

/** The bytes are no table at all (an image, an archive). */
export class NotATableError extends TrainpostError {}

/** More bytes than are taken; `details.limit` says how many are. */
export class TooLargeError extends TrainpostError {}

/** The table cannot be trained on: row, column and value say where. */
export class DataError extends TrainpostError {}

/** All places are taken; `details.retryAfterS` says when to come back. */
export class BusyError extends TrainpostError {}

/** The service cannot do it now (starting, shutting down); `details.retryAfterS` says when to come back. */
export class UnavailableError extends TrainpostError {}

/** Somebody asked for the work to be stopped. */
export class CancelledError extends TrainpostError {}

/** The disk does not take or give what is kept on it: it is full, or it fails. */
export class StorageError extends TrainpostError {}

/** MLflow answered and refused for good: repeating the same call would not help. */
export class TrackingRefusedError extends TrainpostError {}

/** MLflow did not answer: no connection, a time-out, or 5xx up to the last try. */
export class TrackingUnreachableError extends TrainpostError {}

/** When a client should come back: the words for a message, and the detail that becomes the header `Retry-After`. */
export function retryIn(seconds: number): { readonly advice: string; readonly details: ErrorDetails } {
  return { advice: `retry in ${seconds} s`, details: { retryAfterS: seconds } };
}

/** The classes above by name: an error that has become plain data comes back as one of them. */
const CLASSES = new Map(
  [
    CancelledError,
    ConfigError,
    FieldError,
    NotATableError,
    TooLargeError,
    DataError,
    BusyError,
    UnavailableError,
    StorageError,
    TrackingRefusedError,
    TrackingUnreachableError,
  ].map((Class) => [Class.name, Class]),
);

export function toData({ name, code, message, details }: TrainpostError): Required<ErrorData> {
  return { name, code, message, details };
}

/** The error that `toData` has turned into data. A class that this file does not have comes back as DataError. */
export function fromData({ name = '', code, message, details }: ErrorData): TrainpostError {
  const Class = CLASSES.get(name) ?? DataError;
  return new Class(code, message, details);
}

/** A value as it may stand in a message: quoted, control characters escaped, bounded. */
export function quote(value: string, charsMax = 60): string {
  const shortened = value.length > charsMax ? `${value.slice(0, charsMax)}…` : value;
  return JSON.stringify(shortened);
}
