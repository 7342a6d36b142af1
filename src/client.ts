import type { EvaluateAnswer, MeasuredAnswer } from './http/evaluate/evaluateAnswer.ts';
import type { JobAnswer } from './http/jobs/jobAnswer.ts';
import type { DryRunAnswer } from './http/openapi/answers/dryRun.ts';
import type { PredictionsAnswer } from './http/openapi/answers/scoring.ts';
import type { Problem } from './http/problemType.ts';
import type { DeliveryAnswer } from './http/routes/deliveryAnswer.ts';
import type { ShownLimit } from './http/routes/limitsRoute.ts';
import type {
  ExperimentsAnswer,
  ListedExperimentAnswer,
  ListedRunAnswer,
  RunsAnswer,
} from './http/runs/runsAnswer.ts';
import type { ModelColumnAnswer, ModelInfoAnswer } from './http/scoring/modelAnswer.ts';
import type { TrainAnswer } from './http/train/trainAnswer.ts';
import type { ReadinessReport } from './observability/readiness.ts';
import type { ReportData } from './reports/data.ts';
import type { EvaluateFieldName } from './training/fields/evaluateTable.ts';
import type { FieldName } from './training/fields/table.ts';
import type { DeliveryState } from './values/delivery.ts';

/*
 * The client of the service: `import { Trainpost } from 'trainpost/client'`. It needs `fetch` and nothing else, so that it works
 * in browsers and in Node. All imports are types.
 */

export type {
  DeliveryAnswer,
  DryRunAnswer,
  EvaluateAnswer,
  EvaluateFieldName,
  ExperimentsAnswer,
  FieldName,
  JobAnswer,
  ListedExperimentAnswer,
  ListedRunAnswer,
  MeasuredAnswer,
  ModelColumnAnswer,
  ModelInfoAnswer,
  PredictionsAnswer,
  Problem,
  ReadinessReport,
  ReportData,
  RunsAnswer,
  ShownLimit,
  TrainAnswer,
};

/** A file: a `File` of a browser, `await openAsBlob(path)` of Node, or the text of a CSV. fetch streams a Blob. */
export type TableFile = Blob | string;

type Text = string | number | boolean;
type Value = Text | readonly Text[] | Readonly<Record<string, Text>>;

/** Fields of the form of a training: docs/fields.md. A list repeats the field, and an object is sent as JSON. */
export type Fields = { readonly [Name in FieldName]?: Value };

/** Fields of the form of an evaluation: docs/evaluate.md. */
export type EvaluateFields = { readonly [Name in EvaluateFieldName]?: Value } & {
  /** The address of the model, such as `models:/diabetes@champion`. */
  readonly model: string;
};

export interface SendOptions {
  /** The name of the file, if the file has none; the default is `data.csv`. */
  readonly fileName?: string;
  /** Seconds to wait for MLflow. With 0, the service answers as soon as the training is accepted. */
  readonly waitS?: number;
  /** Names the request if it is sent again. By default, each call has a key of its own. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface TrainOptions extends SendOptions {
  /** A second file, whose rows are the test rows. */
  readonly testFile?: TableFile;
}

interface PostOptions extends TrainOptions {
  /** The value of the header, if it is not `wait`. */
  readonly prefer?: string;
}

/** Whether a job has ended. Its answer does not change any more. */
export function hasEnded({ state }: Pick<JobAnswer, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

export interface PredictOptions {
  /** The address of the model; by default the model of the service's setting MODEL_URI. */
  readonly model?: string;
  /** Whether to add the contribution of each feature. */
  readonly explain?: boolean;
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** A filter in MLflow's syntax, such as `metrics.test_roc_auc > 0.8`. */
  readonly filter?: string;
  /** Columns in MLflow's syntax, such as `metrics.test_roc_auc DESC`. */
  readonly orderBy?: string | readonly string[];
  /** Items of a page; the default is 50. */
  readonly max?: number;
  /** `next_page` of the answer before. */
  readonly page?: string;
  readonly signal?: AbortSignal;
}

export interface RunsOptions extends ListOptions {
  /** The name of the experiment; the default is `Default`. */
  readonly experiment?: string;
}

/** What a refused request computed before the refusal: a gate failed, or MLflow rejected the run. */
export type Results = TrainAnswer | EvaluateAnswer | MeasuredAnswer;

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

  constructor(problem: Problem, { status, headers, url }: Pick<Response, 'status' | 'headers' | 'url'>) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.status = status;
    this.problem = problem;
    this.url = url;
    const after = headers.get('Retry-After');
    this.retryAfterS = after === null ? undefined : Number(after);
  }

  /** The metrics and everything else that was computed, if a gate failed or MLflow rejected the run. */
  get results(): (Problem & Results) | undefined {
    return 'metrics' in this.problem ? (this.problem as Problem & Results) : undefined;
  }
}

/** A service. Its methods resolve to the answers. @throws ProblemError if the answer is an error */
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
    return this.#post('train', file, { ...fields, dry_run: false }, options);
  }

  /** Reports what a training would do, and trains nothing. */
  dryRun(file: TableFile, fields: Fields = {}, options: TrainOptions = {}): Promise<DryRunAnswer> {
    return this.#post('train', file, { ...fields, dry_run: true }, options);
  }

  /** Measures a logged model on a file with labels, logs a run, and waits for MLflow as long as `waitS` says. */
  evaluate(file: TableFile, fields: EvaluateFields, options: SendOptions = {}): Promise<EvaluateAnswer> {
    return this.#post('evaluate', undefined, { ...fields, dry_run: false }, { ...options, testFile: file });
  }

  /** Measures a logged model on a file with labels, and logs nothing. */
  measure(file: TableFile, fields: EvaluateFields, options: SendOptions = {}): Promise<MeasuredAnswer> {
    return this.#post('evaluate', undefined, { ...fields, dry_run: true }, { ...options, testFile: file });
  }

  /** Predicts rows, each an object of a value for each column. With `proba`, the answer has probabilities. */
  async predictRows(
    rows: readonly Readonly<Record<string, string | number | boolean | null>>[],
    { model, explain, proba, signal }: PredictOptions & { readonly proba?: boolean } = {},
  ): Promise<PredictionsAnswer> {
    const path = `invocations${queryOf({ model, explain, proba })}`;
    const response = await this.#send(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ dataframe_records: rows }),
      ...(signal && { signal }),
    });
    return (await response.json()) as PredictionsAnswer;
  }

  /**
   * Adds predictions to a CSV. The response streams the same CSV with more columns: read its `body` or `text()`.
   * Reading fails if a later row cannot be predicted. With `onError: 'null'`, the new cells of such a row are empty.
   */
  predict(
    file: TableFile,
    { model, explain, onError, signal }: PredictOptions & { readonly onError?: 'fail' | 'null' } = {},
  ): Promise<Response> {
    return this.#send(`predict${queryOf({ model, explain, on_error: onError })}`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv' },
      body: file,
      ...(signal && { signal }),
    });
  }

  /**
   * Hands in a training, or an evaluation if the fields name a `model`. Resolves as soon as the service has the whole file;
   * `watch` follows the job.
   */
  submit(
    file: TableFile,
    fields: Fields | EvaluateFields = {},
    options: Omit<TrainOptions, 'waitS'> = {},
  ): Promise<JobAnswer> {
    const asked = { ...options, prefer: 'respond-async' };
    return 'model' in fields
      ? this.#post('evaluate', undefined, fields, { ...asked, testFile: file })
      : this.#post('train', file, fields, asked);
  }

  /** All jobs that the service remembers, the newest first. */
  async jobs(): Promise<readonly JobAnswer[]> {
    return (await this.#json<{ jobs: JobAnswer[] }>('jobs')).jobs;
  }

  job(id: string): Promise<JobAnswer> {
    return this.#json(jobPath(id));
  }

  /** Cancels a job. @throws ProblemError `job_ended`; `job_accepted` once the run is on its way to MLflow */
  cancel(id: string): Promise<JobAnswer> {
    return this.#json(jobPath(id), { method: 'DELETE' });
  }

  /** Yields a job each time that it changes, until it has ended. A lost connection is opened again. */
  async *watch(id: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<JobAnswer> {
    const { attempts = ATTEMPTS } = this.#options;
    let lastId = '';
    for (let failures = 1; ; failures++) {
      try {
        const response = await this.#send(`${jobPath(id)}/events`, {
          headers: { Accept: 'text/event-stream', ...(lastId !== '' && { 'Last-Event-ID': lastId }) },
          ...(signal && { signal }),
        });
        for await (const event of eventsOf(response)) {
          lastId = event.id ?? lastId;
          if (event.data === '') continue;
          failures = 1;
          const job = JSON.parse(event.data) as JobAnswer;
          yield job;
          if (hasEnded(job)) return;
        }
      } catch (error) {
        if (failures >= attempts || signal?.aborted || !isPassing(error)) throw error;
      }
      if (failures > attempts) throw new TypeError('The events end before the job does: ask for the job.');
      await sleep(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, attempts), signal);
    }
  }

  async deliveries(state?: DeliveryState): Promise<readonly DeliveryAnswer[]> {
    return (await this.#json<{ deliveries: DeliveryAnswer[] }>(`deliveries${queryOf({ state })}`)).deliveries;
  }

  delivery(id: string): Promise<DeliveryAnswer> {
    return this.#json(`deliveries/${encodeURIComponent(id)}`);
  }

  /** Makes a dead delivery pending again. */
  retry(id: string): Promise<DeliveryAnswer> {
    return this.#json(`deliveries/${encodeURIComponent(id)}/retry`, { method: 'POST' });
  }

  /** A page of the experiments in MLflow. */
  experiments(options: ListOptions = {}): Promise<ExperimentsAnswer> {
    return this.#json(`experiments${listQuery(options)}`, signalOf(options));
  }

  /** A page of the runs of an experiment. */
  runs(options: RunsOptions = {}): Promise<RunsAnswer> {
    return this.#json(`runs${listQuery(options)}`, signalOf(options));
  }

  /** The same page as a CSV. */
  async runsCsv(options: RunsOptions = {}): Promise<string> {
    const headers = { Accept: 'text/csv' };
    return (await this.#send(`runs${listQuery(options)}`, { ...signalOf(options), headers })).text();
  }

  /** The numbers behind the report of a run. @throws ProblemError `no_report` */
  report(runId: string): Promise<ReportData> {
    return this.#json(`runs/${encodeURIComponent(runId)}/report`);
  }

  /** What a logged model needs, and what it answers. */
  model({ model, signal }: Omit<PredictOptions, 'explain'> = {}): Promise<ModelInfoAnswer> {
    return this.#json(`model${queryOf({ model })}`, signalOf({ signal }));
  }

  /** A CSV to try the service with. */
  async sample(): Promise<string> {
    return (await this.#send('sample.csv', {})).text();
  }

  async limits(): Promise<readonly ShownLimit[]> {
    return (await this.#json<{ limits: ShownLimit[] }>('limits')).limits;
  }

  /** Whether a training would be accepted and logged. */
  ready(): Promise<ReadinessReport> {
    return this.#json('health/ready');
  }

  #post<Answer>(
    path: 'train' | 'evaluate',
    file: TableFile | undefined,
    fields: Readonly<Record<string, Value | undefined>>,
    options: PostOptions,
  ): Promise<Answer> {
    const { waitS, idempotencyKey = newKey(), signal } = options;
    const prefer = options.prefer ?? (waitS === undefined ? undefined : `wait=${Math.ceil(waitS)}`);
    const headers = {
      'Idempotency-Key': idempotencyKey,
      ...(prefer !== undefined && { Prefer: prefer }),
    };
    return this.#json(path, {
      method: 'POST',
      headers,
      body: formOf(file, fields, options),
      ...(signal && { signal }),
    });
  }

  async #json<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...(init.headers as Record<string, string>), Accept: 'application/json' };
    return (await (await this.#send(path, { ...init, headers })).json()) as Answer;
  }

  /** Sends a request, and sends it again while the service is busy or cannot be reached. */
  async #send(path: string, init: RequestInit): Promise<Response> {
    const { attempts = ATTEMPTS } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sendOnce(path, init);
      } catch (error) {
        if (attempt >= attempts || init.signal?.aborted || !isPassing(error)) throw error;
        const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1);
        const askedS = error instanceof ProblemError ? error.retryAfterS : undefined;
        await sleep(askedS === undefined ? waitMs : askedS * 1_000, init.signal);
      }
    }
  }

  async #sendOnce(path: string, init: RequestInit): Promise<Response> {
    const { token, fetch = globalThis.fetch } = this.#options;
    const response = await fetch(this.#base + path, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
    });
    if (response.ok) return response;
    const answer: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    // A service that is not ready says so with 503, and with the checks.
    const isReport = response.status === 503 && (answer as ReadinessReport | undefined)?.checks !== undefined;
    if (isReport) return response;
    throw new ProblemError(problemOf(answer, response), response);
  }
}

function jobPath(id: string): string {
  return `jobs/${encodeURIComponent(id)}`;
}

/** Reads the events of a stream as HTML defines server-sent events. A comment, such as a heartbeat, is no event. */
async function* eventsOf({
  body,
}: Response): AsyncGenerator<{ readonly id?: string; readonly data: string }> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let text = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      // A carriage return at the end may be half of a line end.
      const blocks = (text + value).replaceAll(/\r\n|\r(?!$)/g, '\n').split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): { readonly id?: string; readonly data: string } {
  const event: { id?: string; data: string } = { data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    if (name === 'id') event.id = value;
  }
  return { ...event, data: data.join('\n') };
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

/** The query string; an undefined value is left out, and a list repeats its name. */
function queryOf(parameters: Readonly<Record<string, Text | readonly string[] | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of [value ?? []].flat()) query.append(name, String(one));
  return query.size === 0 ? '' : `?${query}`;
}

function listQuery({ signal: _, orderBy, ...rest }: RunsOptions): string {
  return queryOf({ ...rest, order_by: orderBy });
}

function signalOf({ signal }: { readonly signal?: AbortSignal | undefined }): RequestInit {
  return signal === undefined ? {} : { signal };
}

/** The form of a request. */
export function formOf(
  file: TableFile | undefined,
  fields: Readonly<Record<string, Value | undefined>>,
  { testFile, fileName }: TrainOptions,
): FormData {
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
  if (file !== undefined) append('train_file', file);
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
