import type { ErrorRequestHandler } from 'express';
import { BodyError } from '../../errors.ts';
import { type HttpError, toHttp } from '../problem.ts';

/** MLflow's keys of an error (`MlflowException`): `stack_trace` is left out, because it is about code and not about the request. */
interface MlflowKeys {
  readonly error_code: string;
  readonly message: string;
  readonly sqlstate?: string;
  readonly error_class?: string;
}

/** Faults of the body itself. All other faults of a body are that its values do not fit the model. */
const MALFORMED: ReadonlySet<string> = new Set(['malformed_body']);
const BAD_REQUEST = { error_code: 'BAD_REQUEST', sqlstate: 'KAM00', error_class: 'INVALID_PARAMETER_VALUE' };
const WRONG_SCHEMA = {
  error_code: 'INVALID_PARAMETER_VALUE',
  sqlstate: 'KAM01',
  error_class: 'SCHEMA_ENFORCEMENT_FAILED',
};
/** MLflow's codes of other errors, by their status (`mlflow.exceptions`). */
const CODES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'RESOURCE_DOES_NOT_EXIST',
  429: 'REQUEST_LIMIT_EXCEEDED',
  503: 'TEMPORARILY_UNAVAILABLE',
};

/** Adds MLflow's keys to the problem of a request for predictions, so that MLflow's clients can read the problem. */
export const asMlflowError: ErrorRequestHandler = (cause, _request, _response, next) => {
  next(mlflowErrorOf(cause));
};

/** The stack of a fault of ours is for the log, so the fault stays as it is. */
export function mlflowErrorOf(cause: unknown): unknown {
  return toHttp(cause).status === 500 ? cause : withMlflowKeys(cause);
}

/** The error as the routes for predictions answer it: a body that cannot be used is 400, as in MLflow. */
export function withMlflowKeys(cause: unknown): HttpError {
  const error = toHttp(cause);
  const status = cause instanceof BodyError ? 400 : error.status;
  return error.withStatus(status).with({ ...keysOf(error, cause) });
}

function keysOf(error: HttpError, cause: unknown): MlflowKeys {
  const { status, message, code } = error;
  if (cause instanceof BodyError) return { ...(MALFORMED.has(code) ? BAD_REQUEST : WRONG_SCHEMA), message };
  if (CODES[status] !== undefined) return { error_code: CODES[status], message };
  return { error_code: status >= 500 ? 'INTERNAL_ERROR' : 'INVALID_PARAMETER_VALUE', message };
}
