import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import { type Auth, authorizationOf, parseTrackingUri } from './address.ts';
import { AnswerTooLongError, callName, cutOff, Failures, networkCode, timedOut } from './callErrors.ts';
import { keepAliveIsFast } from './keepAlive.ts';
import { type Failure, parseRetryAfterMs, retryPauseMs } from './retry.ts';
import { type TlsOptions, tlsOf } from './tls.ts';

/** Enough to send a model's files side by side to a far server; a near server is busy with fewer. */
const CONNECTIONS_MAX = 16;
/** Shorter than a call's own time, so that a host that swallows packets is known as a host to which nothing was sent. */
const CONNECT_TIMEOUT_MS = 5_000;
/** gunicorn drops an idle connection after 2 s, uvicorn after 5 s. Ours ends first, so that no create meets the end. */
const KEEP_ALIVE_MS = 1_000;
/** The responses that we ask for have some kilobytes. */
export const ANSWER_BYTES_MAX = 4 * 2 ** 20;
/** The rest of an error is not read. */
const ERROR_BYTES_MAX = 64 * 2 ** 10;
/** Names MLflow's workspace. A server without workspaces ignores the header, or rejects it. */
const WORKSPACE_HEADER = 'x-mlflow-workspace';

export interface ConnectionOptions {
  /** `http(s)://host[:port][/prefix]` */
  readonly trackingUri: string;
  readonly auth?: Auth;
  readonly tls?: TlsOptions;
  readonly workspace?: string;
  /** Time for one call, all its tries and the pauses between them included. */
  readonly timeoutMs: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With a slash in front, below the place of `at`. */
  readonly path: string;
  /** Below MLflow's API (the default), below the tracking URI, or at the root of its host. */
  readonly at?: 'api' | 'uri' | 'root';
  /** A body: JSON unless it is a Buffer. */
  readonly body?: Buffer | object;
  /** Whether the call may be sent twice with the same effect. GET, PUT and DELETE may (RFC 9110, 9.2.2). */
  readonly repeatable?: boolean;
  /** The longest response, if it is not that of other calls. */
  readonly bytesMax?: number;
  /** Instead of the connection's time. */
  readonly timeoutMs?: number;
  /** Cuts the call off. */
  readonly signal?: AbortSignal;
}

/** A response, or how the try failed. */
type Outcome = { readonly text: string } | { readonly failure: Failure; readonly error: Error };

/**
 * The connection to one tracking server. It sends calls with the credentials of the settings, bounds their time and their
 * responses, and sends them again if `retryPauseMs` says so. It follows no redirect, because a redirect would take the
 * credentials along.
 */
export class Connection {
  readonly #pool: Pool;
  readonly #origin: string;
  /** Path of the tracking URI. */
  readonly #prefix: string;
  /** Path below which MLflow's API is; `TrackingServer` finds it out. */
  #apiPrefix: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #failures: Failures;
  /** Whether connections are used more than once. Over https they always are: a new connection costs three round trips. */
  #keepsAlive: boolean;

  /** @throws ConfigError for a tracking URI, a token or a certificate that cannot be used */
  constructor({ trackingUri, auth = {}, tls = {}, workspace, timeoutMs }: ConnectionOptions) {
    const url = parseTrackingUri(trackingUri);
    const authorization = authorizationOf(url, auth);
    const isHttps = url.protocol === 'https:';
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.#apiPrefix = this.#prefix;
    this.#timeoutMs = timeoutMs;
    this.#keepsAlive = isHttps;
    this.#failures = new Failures(
      { credentials: kindOf(authorization), hasWorkspace: workspace !== undefined },
      url.origin,
    );
    this.#headers = {
      accept: 'application/json',
      'user-agent': 'trainpost',
      ...(authorization !== undefined && { authorization }),
      ...(workspace !== undefined && { [WORKSPACE_HEADER]: workspace }),
    };
    this.#pool = new Pool(url.origin, {
      connections: CONNECTIONS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(isHttps && tlsOf(tls)) },
      // One clock for the whole call instead, see send().
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Path of the tracking URI, without a slash at its end; empty if the URI has none. */
  get prefix(): string {
    return this.#prefix;
  }

  /** Sends calls below another path of the host from now on. */
  useApiAt(place: 'uri' | 'root'): void {
    this.#apiPrefix = place === 'uri' ? this.#prefix : '';
  }

  /**
   * Sends a call and gives the text of its response.
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
  async learnKeepAlive(path: string, at: 'uri' | 'root' = 'uri'): Promise<void> {
    if (this.#origin.startsWith('https:')) return;
    this.#keepsAlive = await keepAliveIsFast(this.#origin, this.#pathOf({ method: 'GET', path, at }));
  }

  /** Ends the connections; calls under way are finished first. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  #pathOf({ at = 'api', path }: Call): string {
    return { api: this.#apiPrefix, uri: this.#prefix, root: '' }[at] + path;
  }

  async #sendUntil(signal: AbortSignal, call: Call, timeoutMs: number): Promise<string> {
    const repeatable = call.repeatable ?? ['GET', 'PUT', 'DELETE'].includes(call.method);
    for (let made = 1; ; made++) {
      const outcome = await this.#try(call, signal, timeoutMs);
      if ('text' in outcome) return outcome.text;
      const pauseMs = retryPauseMs(outcome.failure, { made, repeatable });
      if (pauseMs === undefined) throw outcome.error;
      // If the time is up during the pause, the failure before the pause is the reason.
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw outcome.error;
      });
    }
  }

  async #try(call: Call, signal: AbortSignal, timeoutMs: number): Promise<Outcome> {
    const name = callName(call.path);
    try {
      const response = await this.#pool.request({
        method: call.method,
        path: this.#pathOf(call),
        headers: { ...this.#headers, ...contentType(call.body) },
        body: bodyOf(call.body),
        reset: !this.#keepsAlive,
        signal,
      });
      const { statusCode: status, headers } = response;
      if (status >= 200 && status < 300) {
        return { text: await answerText(response, name, call.bytesMax ?? ANSWER_BYTES_MAX) };
      }
      const text = await readText(response, ERROR_BYTES_MAX);
      const retryAfterMs = parseRetryAfterMs(headers['retry-after']?.toString(), Date.now());
      return {
        failure: { status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
        error: this.#failures.answered(name, status, text, retryAfterMs),
      };
    } catch (error) {
      if (call.signal?.aborted) throw cutOff(name, error);
      if (signal.aborted) throw timedOut(name, timeoutMs, error);
      const code = networkCode(error);
      if (code === undefined) throw error;
      return { failure: { code }, error: this.#failures.unreachable(name, code, error) };
    }
  }
}

function kindOf(authorization: string | undefined): 'password' | 'token' | 'none' {
  if (authorization === undefined) return 'none';
  return authorization.startsWith('Basic ') ? 'password' : 'token';
}

function contentType(body: Call['body']): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json' };
}

function bodyOf(body: Call['body']): Buffer | string | null {
  if (body === undefined) return null;
  return Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

async function answerText(
  response: Dispatcher.ResponseData,
  name: string,
  bytesMax: number,
): Promise<string> {
  const text = await readText(response, bytesMax + 1);
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const message = `The answer to ${name} is longer than ${bytesMax} bytes: does MLFLOW_TRACKING_URI lead to an MLflow server?`;
  throw new AnswerTooLongError('mlflow_refused', message, { status: response.statusCode, of: 'settings' });
}

/** Text of a body up to so many bytes; the rest is not read. */
async function readText({ headers, body }: Dispatcher.ResponseData, bytesMax: number): Promise<string> {
  // A small length in the header, as MLflow sends it, saves the counting, which costs a third of a call.
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
