import type { ErrorData, ErrorDetails } from './values/errorData.ts';

/** Base of all errors that clients see. `code` is stable and in snake_case; `message` is one sentence that says what to do. */
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

/** A form field whose value or name is rejected. */
export class FieldError extends TrainpostError {}

/** The bytes are not a table at all, but an image or an archive, for example. */
export class NotATableError extends TrainpostError {}

/** There are more bytes than `details.limit`. */
export class TooLargeError extends TrainpostError {}

/** The table cannot be trained on; row, column and value say where the fault is. */
export class DataError extends TrainpostError {}

/** The body of a request for predictions cannot be used, or its values do not fit the model. */
export class BodyError extends DataError {}

/** The service is busy; `details.retryAfterS` says when to retry. */
export class BusyError extends TrainpostError {}

/** The service cannot do this now, because it is starting or shutting down; `details.retryAfterS` says when to retry. */
export class UnavailableError extends TrainpostError {}

/** Somebody cancelled the work. */
export class CancelledError extends TrainpostError {}

/** The disk cannot be written to or read, because it is full or fails. */
export class StorageError extends TrainpostError {}

/** MLflow rejected a call permanently: repeating the call would not help. */
export class TrackingRefusedError extends TrainpostError {}

/** MLflow did not answer: there was no connection, a timeout, or a 5xx status up to the last attempt. */
export class TrackingUnreachableError extends TrainpostError {}

/** When a client should retry: the words for a message, and the detail that becomes the header `Retry-After`. */
export function retryIn(seconds: number): { readonly advice: string; readonly details: ErrorDetails } {
  return { advice: `retry in ${seconds} s`, details: { retryAfterS: seconds } };
}

/** The classes above by name. `fromData` makes an error of one of these classes. */
const CLASSES = new Map(
  [
    CancelledError,
    ConfigError,
    FieldError,
    NotATableError,
    TooLargeError,
    DataError,
    BodyError,
    BusyError,
    UnavailableError,
    StorageError,
    TrackingRefusedError,
    TrackingUnreachableError,
  ].map((Class) => [Class.name, Class]),
);

/** Describes an error as plain data. */
export function toData({ name, code, message, details }: TrainpostError): Required<ErrorData> {
  return { name, code, message, details };
}

/** Makes the error that `toData` described. An error of a class outside this file comes back as DataError. */
export function fromData({ name = '', code, message, details }: ErrorData): TrainpostError {
  const Class = CLASSES.get(name) ?? DataError;
  return new Class(code, message, details);
}

/** Says of a fault in a file that the file is the test file. An error of another kind stays as it is. */
export function inTestFile(error: unknown): unknown {
  const isOfFile =
    error instanceof DataError || error instanceof NotATableError || error instanceof TooLargeError;
  if (!isOfFile || error.details.file !== undefined) return error;
  const { name, code, message, details } = toData(error);
  return fromData({
    name,
    code,
    message: `test_file: ${message}`,
    details: { ...details, file: 'test_file' },
  });
}

/** Prepares a value for a message: quoted, with control characters escaped, and shortened. */
export function quote(value: string, charsMax = 60): string {
  const shortened = value.length > charsMax ? `${value.slice(0, charsMax)}…` : value;
  return JSON.stringify(shortened);
}
