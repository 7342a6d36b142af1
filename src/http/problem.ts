import { STATUS_CODES } from 'node:http';
import { finished } from 'node:stream';
import type { NextFunction, Request, Response } from 'express';
import {
  BusyError,
  CancelledError,
  DataError,
  FieldError,
  NotATableError,
  StorageError,
  TooLargeError,
  TrackingRefusedError,
  TrackingUnreachableError,
  TrainpostError,
  UnavailableError,
} from '../errors.ts';
import { type Answer, bodyOf } from './answers/answer.ts';
import { bareSummary, problemLine } from './answers/problemSummary.ts';
import { isNegotiated, preferred, type Representation } from './answers/representations.ts';
import { sendBody } from './answers/sendBody.ts';
import { relativeReference } from './links.ts';
import { notes } from './notes.ts';
import type { Problem } from './problemType.ts';
import { deliveryLink } from './routes/deliveryAnswer.ts';
import { directionsFrom } from './wayIn.ts';

/** An error of HTTP itself, with its own status: an unknown route, a wrong method, a body of the wrong type. */
export class HttpError extends TrainpostError {
  readonly status: number;
  /** More keys of the problem. */
  readonly members: Readonly<Record<string, unknown>>;
  /** What was computed before the error, in every form. Its keys are among those of the problem. */
  readonly answer: Answer | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    details: TrainpostError['details'] = {},
    members: HttpError['members'] = {},
    answer?: Answer,
  ) {
    super(code, message, details);
    this.status = status;
    this.members = members;
    this.answer = answer;
  }

  withStatus(status: number): HttpError {
    return new HttpError(status, this.code, this.message, this.details, this.members);
  }

  /** The same error, whose problem also has other keys. */
  with(members: HttpError['members']): HttpError {
    return new HttpError(this.status, this.code, this.message, this.details, members);
  }

  /** The same error, with everything that was computed. */
  withAnswer(answer: Answer): HttpError {
    return new HttpError(this.status, this.code, this.message, this.details, { ...answer.json }, answer);
  }
}

/** Status codes of all errors that are not an `HttpError`: by the error's class, refined by its code. */
const STATUS_BY_CLASS = [
  [CancelledError, 409],
  [FieldError, 422],
  [DataError, 422],
  [NotATableError, 415],
  [TooLargeError, 413],
  [BusyError, 429],
  [UnavailableError, 503],
  [StorageError, 507],
  [TrackingRefusedError, 502],
  [TrackingUnreachableError, 504],
] as const;
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  // The client named the experiment, so the client can fix it.
  experiment_deleted: 422,
  artifacts_not_proxied: 422,
  invalid_search: 400,
  job_accepted: 409,
  job_ended: 409,
  // More space on the disk would not fix it.
  record_damaged: 500,
  job_damaged: 500,
};

export const PROBLEM_TYPE = 'application/problem+json';

/** Characters of a value that an error repeats. */
const VALUE_CHARS_MAX = 200;
/** This status is sent before the upload ends: a client that sends the same training twice should not upload it in vain. */
const URGENT_STATUS = 409;
/** How much of a rejected body is read and discarded, about 1 s of traffic, and how long that may take. */
const DRAINED_BYTES_MAX = 16 * 2 ** 20;
const DRAIN_MS_MAX = 5_000;
/** The client sends too slowly or not at all, so waiting for the rest of the body is no use. */
const TOO_SLOW = 408;
/** The client asked for an address or a form that does not exist. */
const LOST: ReadonlySet<number> = new Set([404, 406]);

export const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'Token required',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'No such representation',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too large',
  415: 'Not a table',
  417: 'Unknown expectation',
  422: 'Cannot be trained as asked',
  429: 'Busy',
  431: 'Headers too large',
  500: 'Internal error',
  502: 'MLflow refused',
  503: 'Not available now',
  504: 'MLflow did not answer',
  507: 'Cannot be stored',
};

/** Titles of errors that the title of their status does not fit. */
const TITLE_BY_CODE: Readonly<Record<string, string>> = { gate_failed: 'A gate failed' };

/** Turns any error into an `application/problem+json` response; the last handler of the app. */
export function sendProblem(cause: unknown, request: Request, response: Response, _next: NextFunction): void {
  const error = withDirections(toHttp(cause), request);
  const noted = notes(response);
  noted.code = error.code;
  if (error.status >= 500) noted.cause = (cause instanceof Error ? cause.stack : undefined) ?? String(cause);
  const { retryAfterS, runId } = error.details;
  if (runId !== undefined) noted.runId = runId;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (retryAfterS !== undefined) response.set('Retry-After', String(retryAfterS));
  if (runId !== undefined) response.set('Run-Id', runId);
  const text = problemText(error, request.path);
  response.status(error.status);
  afterBody(request, response, () => {
    // The rest of the body may have been malformed, and answered already.
    if (response.headersSent) return;
    const kind = isNegotiated(request.path) ? (preferred(request.headers.accept) ?? 'json') : 'json';
    if (!hasForm(kind, error)) response.type(PROBLEM_TYPE).send(text);
    else void sendInForm(kind, error, request, response, text);
  });
}

/** Tells a client that asked for something that does not exist where everything is. */
function withDirections(error: HttpError, request: Request): HttpError {
  return LOST.has(error.status) ? error.with({ ...error.members, ...directionsFrom(request) }) : error;
}

/** Whether a problem has this form. A table of nothing is no answer, so such a client gets JSON. */
function hasForm(kind: Representation, { answer }: HttpError): kind is Exclude<Representation, 'json'> {
  if (kind === 'csv' || kind === 'openMetrics') return answer !== undefined;
  return kind !== 'json';
}

/** Sends a problem as the client wishes to read it, or as JSON if that fails. */
async function sendInForm(
  kind: Exclude<Representation, 'json'>,
  error: HttpError,
  request: Request,
  response: Response,
  json: string,
): Promise<void> {
  const title = TITLE_BY_CODE[error.code] ?? TITLES[error.status] ?? 'Error';
  const parts = error.answer ?? { summary: () => bareSummary(request), csv: () => '' };
  try {
    sendBody(response, await bodyOf(kind, parts, problemLine(error, title)));
  } catch (fault) {
    notes(response).cause = (fault instanceof Error ? fault.stack : undefined) ?? String(fault);
    if (!response.headersSent) response.type(PROBLEM_TYPE).send(json);
  }
}

/** The body of an error response; `instance` is the path of the request. */
export function problemText(error: HttpError, instance?: string): string {
  const { status, code, message, details, members } = error;
  const { retryAfterS: _, openMessage: __, runId, deliveryId, value, ...help } = details;
  const problem: Problem = {
    type: relativeReference(instance ?? '/', `docs/errors#${code}`),
    title: TITLE_BY_CODE[code] ?? TITLES[status] ?? 'Error',
    status,
    detail: message,
    ...(instance !== undefined && { instance }),
    code,
    ...help,
    ...(value !== undefined && { value: shortened(value) }),
    ...members,
    ...(runId !== undefined && { run_id: runId }),
    ...(deliveryId !== undefined && { delivery: deliveryLink(deliveryId, instance ?? '/') }),
  };
  return JSON.stringify(problem);
}

/** A cell or a field may have thousands of characters, and an error names it only so that it can be found. */
export function shortened(value: string): string {
  return value.length > VALUE_CHARS_MAX ? `${value.slice(0, VALUE_CHARS_MAX)}…` : value;
}

/** The whole response, as sent over the wire, to bytes that never became a request. The connection ends with it. */
export function bareProblem(error: HttpError, requestId: string): string {
  const text = problemText(error);
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    `Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    text,
  ].join('\r\n');
}

/**
 * Sends a response when the client can read it. A client that is still sending may see a broken pipe instead of the
 * response. So the rest of a short upload is read and discarded first, and a long upload is cut off. A client that asks
 * before it sends (`Expect: 100-continue`, as curl does above 1 MB) and got no `100 Continue` sends nothing to discard. An
 * urgent response is sent first, and the rest of the upload is read afterwards.
 */
function afterBody(request: Request, response: Response, send: () => void): void {
  const isAsking = request.headers.expect !== undefined && notes(response).continued !== true;
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const cutOff = () => {
    if (!response.headersSent) response.set('Connection', 'close');
    send();
  };
  if (request.complete) {
    send();
  } else if (isAsking || !(length <= DRAINED_BYTES_MAX) || response.statusCode === TOO_SLOW) {
    cutOff();
  } else if (response.statusCode === URGENT_STATUS) {
    send();
    request.resume();
  } else {
    const late = setTimeout(() => {
      forget();
      cutOff();
    }, DRAIN_MS_MAX);
    const forget = finished(request, () => {
      clearTimeout(late);
      send();
    });
    request.resume();
  }
}

/** The error as HTTP answers it: the only place where an error of a room gets a status. */
export function toHttp(cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause;
  if (cause instanceof TrainpostError) {
    const byClass = STATUS_BY_CLASS.find(([Class]) => cause instanceof Class)?.[1];
    return new HttpError(
      STATUS_BY_CODE[cause.code] ?? byClass ?? 500,
      cause.code,
      cause.message,
      cause.details,
    );
  }
  if (cause instanceof URIError) {
    return new HttpError(400, 'malformed_path', 'The path has a % that encodes no character: write %25.');
  }
  return new HttpError(
    500,
    'internal_error',
    'The service failed: see its log, under the Request-Id of this response.',
  );
}
