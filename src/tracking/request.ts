import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import { TrackingRefusedError, TrackingUnreachableError, TrainpostError } from '../errors.ts';
import { type Auth, authorizationOf, parseTrackingUri } from './address.ts';
import { parseErrorBody, shownMessage } from './errorBody.ts';
import { keepAliveIsFast } from './keepAlive.ts';
import { certainlyNotDone, type Failure, parseRetryAfterMs, possiblyDone, retryPauseMs } from './retry.ts';

/** Enough to send a model's files side by side to a far server; a near one is busy with fewer. */
const CONNECTIONS_MAX = 16;
/** Shorter than a call's own time, so that a host that swallows packets is known as one to which nothing was sent. */
const CONNECT_TIMEOUT_MS = 5_000;
/** gunicorn drops an idle connection after 2 s, uvicorn after 5 s: ours ends first, or a create could meet its end. */
const KEEP_ALIVE_MS = 1_000;
/** The answers we ask for have some kilobytes. */
export const ANSWER_BYTES_MAX = 4 * 2 ** 20;
/** More of an error is not read. */
const ERROR_BYTES_MAX = 64 * 2 ** 10;

export interface ConnectionOptions {
  /** `http(s)://host[:port][/prefix]` */
  readonly trackingUri: string;
  readonly auth?: Auth;
  /** Time for one call, all its tries and the pauses between them included. */
  readonly timeoutMs: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the tracking URI, with a slash in front. */
  readonly path: string;
  /** A body: JSON if it is no Buffer. */
  readonly body?: Buffer | object;
  /** Whether sending it twice does what sending it once does; GET, PUT and DELETE do of themselves (RFC 9110, 9.2.2). */
  readonly repeatable?: boolean;
  /** Instead of the connection's. */
  readonly timeoutMs?: number;
  /** Cuts the call. */
  readonly signal?: AbortSignal;
}

/** MLflow refused a call for good: 4xx, a redirect, or an answer that is none of MLflow's. */
export class CallRefusedError extends TrackingRefusedError {
  readonly status: number;
  readonly errorCode: string | undefined;
  /** MLflow's whole message; the error's own message has its first line. */
  readonly said: string;

  constructor(code: string, message: string, status: number, errorCode?: string, said = '') {
    super(code, message);
    this.status = status;
    this.errorCode = errorCode;
    this.said = said;
  }
}

interface CallFailedOptions extends ErrorOptions {
  /** The pause that MLflow asked for. */
  readonly retryAfterMs?: number;
}

/** MLflow gave no useful answer. */
export class CallFailedError extends TrackingUnreachableError {
  /** Whether the call may have been carried out all the same. */
  readonly ambiguous: boolean;

  constructor(code: string, message: string, ambiguous: boolean, options: CallFailedOptions = {}) {
    const { retryAfterMs, ...causes } = options;
    super(code, message, retryAfterMs === undefined ? {} : { retryAfterS: retryAfterMs / 1000 }, causes);
    this.ambiguous = ambiguous;
  }
}

/** An answer, or how the try failed. */
type Outcome = { readonly text: string } | { readonly failure: Failure; readonly error: Error };

/**
 * The connection to one tracking server: sends calls with the caller's credentials, bounds their time and their
 * answers, and sends them again where `retryPauseMs` says so. It follows no redirect, for it would take the
 * credentials along.
 */
export class Connection {
  readonly #pool: Pool;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  /** Whether connections are used more than once; over https always, for there a new one costs three round trips. */
  #keepsAlive: boolean;

  /** @throws ConfigError for a tracking URI that is no http(s) address, or a token that cannot be sent */
  constructor({ trackingUri, auth = {}, timeoutMs }: ConnectionOptions) {
    const url = parseTrackingUri(trackingUri);
    const authorization = authorizationOf(url, auth);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
    this.#keepsAlive = url.protocol === 'https:';
    this.#headers = {
      accept: 'application/json',
      'user-agent': 'trainpost',
      ...(authorization !== undefined && { authorization }),
    };
    this.#pool = new Pool(url.origin, {
      connections: CONNECTIONS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // One clock for the whole call instead, see send().
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Sends a call and gives the text of its answer.
   * @throws CallRefusedError, CallFailedError
   */
  async send(call: Call): Promise<string> {
    const timeoutMs = call.timeoutMs ?? this.#timeoutMs;
    // A timer that is cleared costs a tenth of AbortSignal.timeout(), which lives on until it fires.
    const clock = new AbortController();
    const end = () => clock.abort();
    const timer = setTimeout(end, timeoutMs);
    call.signal?.addEventListener('abort', end);
    if (call.signal?.aborted) end();
    try {
      return await this.#sendUntil(clock.signal, call, timeoutMs);
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', end);
    }
  }

  /** Finds out whether it pays to use connections more than once, by asking for a path that costs the server nothing. */
  async learnKeepAlive(path: string): Promise<void> {
    if (this.#origin.startsWith('https:')) return;
    this.#keepsAlive = await keepAliveIsFast(this.#origin, this.#prefix + path);
  }

  /** Ends the connections; calls under way are finished first. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #sendUntil(signal: AbortSignal, call: Call, timeoutMs: number): Promise<string> {
    const repeatable = call.repeatable ?? ['GET', 'PUT', 'DELETE'].includes(call.method);
    for (let made = 1; ; made++) {
      const outcome = await this.#try(call, signal, timeoutMs);
      if ('text' in outcome) return outcome.text;
      const pauseMs = retryPauseMs(outcome.failure, { made, repeatable });
      if (pauseMs === undefined) throw outcome.error;
      // When the time is up during the pause, what happened is the failure before it.
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw outcome.error;
      });
    }
  }

  async #try(call: Call, signal: AbortSignal, timeoutMs: number): Promise<Outcome> {
    const name = callName(call);
    try {
      const response = await this.#pool.request({
        method: call.method,
        path: this.#prefix + call.path,
        headers: { ...this.#headers, ...contentType(call.body) },
        body: bodyOf(call.body),
        reset: !this.#keepsAlive,
        signal,
      });
      const { statusCode: status, headers } = response;
      if (status >= 200 && status < 300) return { text: await answerText(response, name) };
      const text = await readText(response, ERROR_BYTES_MAX);
      const retryAfterMs = parseRetryAfterMs(headers['retry-after']?.toString(), Date.now());
      return {
        failure: { status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
        error:
          status < 500 && status !== 429
            ? refused(name, status, text)
            : failed(name, status, text, retryAfterMs),
      };
    } catch (error) {
      if (call.signal?.aborted) throw cutOff(name, error);
      if (signal.aborted) throw timedOut(name, timeoutMs, error);
      const code = networkCode(error);
      if (code === undefined) throw error;
      return { failure: { code }, error: this.#unreachable(name, code, error) };
    }
  }

  #unreachable(name: string, code: string, cause: unknown): CallFailedError {
    const message = possiblyDone({ code })
      ? `The connection to MLflow at ${this.#origin} broke during ${name} (${code}).`
      : `MLflow cannot be reached at ${this.#origin} (${code}): is it running, and is MLFLOW_TRACKING_URI right?`;
    return new CallFailedError('mlflow_unreachable', message, !certainlyNotDone({ code }), { cause });
  }
}

function contentType(body: Call['body']): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json' };
}

function bodyOf(body: Call['body']): Buffer | string | null {
  if (body === undefined) return null;
  return Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** The call as a message may name it: `runs/create`, `model.pkl`. */
function callName({ path }: Call): string {
  const [bare = ''] = path.split('?', 1);
  const inApi = /^\/api\/2\.0\/mlflow\/(.*)$/.exec(bare)?.[1];
  return inApi ?? bare.slice(bare.lastIndexOf('/') + 1);
}

async function answerText(response: Dispatcher.ResponseData, name: string): Promise<string> {
  const text = await readText(response, ANSWER_BYTES_MAX + 1);
  if (Buffer.byteLength(text) <= ANSWER_BYTES_MAX) return text;
  const message = `The answer to ${name} is longer than ${ANSWER_BYTES_MAX} bytes: is MLFLOW_TRACKING_URI an MLflow server's?`;
  throw new CallRefusedError('mlflow_refused', message, response.statusCode);
}

/** Text of a body up to so many bytes; what is left is not read. */
async function readText({ headers, body }: Dispatcher.ResponseData, bytesMax: number): Promise<string> {
  // A length that was said and is small, as MLflow's are, needs no counting; the counting costs a third of a call.
  if (Number(headers['content-length'] ?? Number.NaN) <= bytesMax) return body.text();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, bytesMax);
}

function refused(name: string, status: number, text: string): CallRefusedError {
  const { errorCode, message: said } = parseErrorBody(text);
  const message = `MLflow refused ${name} ${reason(status, errorCode, said)}.${hint(status)}`;
  return new CallRefusedError('mlflow_refused', message, status, errorCode, said);
}

function hint(status: number): string {
  if (status < 400) return ' A redirect is not followed: set MLFLOW_TRACKING_URI to the address it leads to.';
  if (status === 401)
    return ' Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.';
  return '';
}

/** 5xx, or 429 up to the last try; of these only the 429 is certainly not carried out. */
function failed(
  name: string,
  status: number,
  text: string,
  retryAfterMs: number | undefined,
): CallFailedError {
  const { errorCode, message: said } = parseErrorBody(text);
  const message = `MLflow failed at ${name} ${reason(status, errorCode, said)}.`;
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new CallFailedError('mlflow_failed', message, !certainlyNotDone({ status }), options);
}

/** `(404 RESOURCE_DOES_NOT_EXIST): No such run` */
function reason(status: number, errorCode: string | undefined, said: string): string {
  const shown = shownMessage(said);
  return `(${status}${errorCode ? ` ${errorCode}` : ''})${shown && `: ${shown}`}`;
}

function timedOut(name: string, timeoutMs: number, cause: unknown): CallFailedError {
  const message = `MLflow did not answer ${name} within ${timeoutMs / 1000} s.`;
  return new CallFailedError('mlflow_timeout', message, true, { cause });
}

function cutOff(name: string, cause: unknown): CallFailedError {
  const message = `${name} was cut off, for the service stops.`;
  return new CallFailedError('stopping', message, true, { cause });
}

/** Code of an error of the network, TLS or DNS; undefined for what is a mistake of our own. */
function networkCode(error: unknown): string | undefined {
  if (error instanceof TrainpostError) return undefined;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('UND_ERR_INVALID') ? undefined : error.code;
}
