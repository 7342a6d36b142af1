import type { DryRunAnswer } from './http/openapi/answers/dryRun.ts';
import type { Problem } from './http/problemType.ts';
import type { DeliveryAnswer } from './http/routes/deliveryAnswer.ts';
import type { ShownLimit } from './http/routes/limitsRoute.ts';
import type { TrainAnswer } from './http/train/trainAnswer.ts';
import type { ReadinessReport } from './observability/readiness.ts';
import type { FieldName } from './training/fields/table.ts';
import type { DeliveryState } from './values/delivery.ts';

/*
 * The client of the service: `import { Trainpost } from 'trainpost/client'`. It needs `fetch` and nothing else, so that it works
 * in browsers and in Node. All imports are types.
 */

export type { DeliveryAnswer, DryRunAnswer, FieldName, Problem, ReadinessReport, ShownLimit, TrainAnswer };

/** A file: a `File` of a browser, `await openAsBlob(path)` of Node, or the text of a CSV. fetch streams a Blob. */
export type TableFile = Blob | string;

type Text = string | number | boolean;

/** Fields of the form: docs/fields.md. A list repeats the field, and an object is sent as JSON. */
export type Fields = {
  readonly [Name in FieldName]?: Text | readonly Text[] | Readonly<Record<string, Text>>;
};

export interface TrainOptions {
  /** A second file, whose rows are the test rows. */
  readonly testFile?: TableFile;
  /** The name of the file, if the file has none; the default is `data.csv`. */
  readonly fileName?: string;
  /** Seconds to wait for MLflow. With 0, the service answers as soon as the training is accepted. */
  readonly waitS?: number;
  /** Names the training if it is sent again. By default, each call has a key of its own. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface ClientOptions {
  /** The value of TRAINPOST_TOKEN. */
  readonly token?: string;
  /** How often a request is sent at most, if the service is busy or cannot be reached; the default is 5. */
  readonly attempts?: number;
  /** Replaces `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

const ATTEMPTS = 5;
/** The wait before the second attempt, in milliseconds. Each further wait is twice as long. */
const FIRST_WAIT_MS = 500;
/** The statuses of a service that is busy, starts or stops. A 409 counts only if the key's own request is under way. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const KEY_IN_USE = 'idempotency_key_in_use';

/** An answer that is an error. `problem` has the code, and what to do. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Problem;
  /** The address of the request, against which `problem.type` is resolved. */
  readonly url: string;
  /** Seconds after which to send the request again. */
  readonly retryAfterS: number | undefined;

  constructor(problem: Problem, { status, headers, url }: Response) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.status = status;
    this.problem = problem;
    this.url = url;
    const after = headers.get('Retry-After');
    this.retryAfterS = after === null ? undefined : Number(after);
  }
}

/** A service. Its methods resolve to the JSON of the answers. @throws ProblemError if the answer is an error */
export class Trainpost {
  readonly #base: string;
  readonly #options: ClientOptions;

  /** @param url the address of the service, with the path that a proxy may add */
  constructor(url: string | URL, options: ClientOptions = {}) {
    this.#base = String(url).replace(/\/*$/, '/');
    this.#options = options;
  }

  /** Trains, and waits for MLflow as long as `waitS` says. A repeated request is not trained again. */
  train(file: TableFile, fields: Fields = {}, options: TrainOptions = {}): Promise<TrainAnswer> {
    return this.#post(file, { ...fields, dry_run: false }, options);
  }

  /** Reports what a training would do, and trains nothing. */
  dryRun(file: TableFile, fields: Fields = {}, options: TrainOptions = {}): Promise<DryRunAnswer> {
    return this.#post(file, { ...fields, dry_run: true }, options);
  }

  async deliveries(state?: DeliveryState): Promise<readonly DeliveryAnswer[]> {
    const path = state === undefined ? 'deliveries' : `deliveries?state=${state}`;
    return (await this.#send<{ deliveries: DeliveryAnswer[] }>(path)).deliveries;
  }

  delivery(id: string): Promise<DeliveryAnswer> {
    return this.#send(`deliveries/${encodeURIComponent(id)}`);
  }

  /** Makes a dead delivery pending again. */
  retry(id: string): Promise<DeliveryAnswer> {
    return this.#send(`deliveries/${encodeURIComponent(id)}/retry`, { method: 'POST' });
  }

  async limits(): Promise<readonly ShownLimit[]> {
    return (await this.#send<{ limits: ShownLimit[] }>('limits')).limits;
  }

  /** Whether a training would be accepted and logged. */
  ready(): Promise<ReadinessReport> {
    return this.#send('health/ready');
  }

  #post<Answer>(file: TableFile, fields: Fields, options: TrainOptions): Promise<Answer> {
    const { waitS, idempotencyKey = newKey(), signal } = options;
    const headers = {
      'Idempotency-Key': idempotencyKey,
      ...(waitS !== undefined && { Prefer: waitS > 0 ? `wait=${Math.ceil(waitS)}` : 'respond-async' }),
    };
    return this.#send('train', {
      method: 'POST',
      headers,
      body: formOf(file, fields, options),
      ...(signal && { signal }),
    });
  }

  /** Sends a request, and sends it again while the service is busy or cannot be reached. */
  async #send<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const { attempts = ATTEMPTS } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sendOnce<Answer>(path, init);
      } catch (error) {
        if (attempt >= attempts || init.signal?.aborted || !isPassing(error)) throw error;
        const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1);
        const askedS = error instanceof ProblemError ? error.retryAfterS : undefined;
        await sleep(askedS === undefined ? waitMs : askedS * 1_000, init.signal);
      }
    }
  }

  async #sendOnce<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const { token, fetch = globalThis.fetch } = this.#options;
    const response = await fetch(this.#base + path, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        Accept: 'application/json',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const isReport = response.status === 503 && (answer as ReadinessReport | undefined)?.checks !== undefined;
    if (response.ok || isReport) return answer as Answer;
    throw new ProblemError(problemOf(answer, response), response);
  }
}

/** A proxy may answer with something else than a problem. */
function problemOf(answer: unknown, { status, statusText }: Response): Problem {
  if ((answer as Problem | undefined)?.code !== undefined) return answer as Problem;
  const detail = `The answer is ${status} ${statusText}, and not of trainpost: check the address.`;
  return { type: 'about:blank', title: statusText, status, detail, code: 'not_of_trainpost' };
}

/** Whether the same request may succeed later. fetch throws a TypeError if there is no connection. */
function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError) return BUSY.has(error.status) || error.problem.code === KEY_IN_USE;
  return error instanceof TypeError;
}

function formOf(file: TableFile, fields: Fields, { testFile, fileName }: TrainOptions): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    const values = Array.isArray(value) ? (value as readonly Text[]) : [value];
    for (const one of values)
      if (one !== undefined) form.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
  }
  const append = (name: string, one: TableFile) => {
    const blob = typeof one === 'string' ? new Blob([one], { type: 'text/csv' }) : one;
    form.append(name, blob, fileName ?? (blob as { name?: string }).name ?? 'data.csv');
  };
  if (testFile !== undefined) append('test_file', testFile);
  append('train_file', file);
  return form;
}

/** 128 random bits. `crypto.randomUUID` does not exist on pages without TLS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sleep(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
