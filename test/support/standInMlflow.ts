import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { StandInError } from './standInErrors.ts';
import { StandInRegistry } from './standInRegistry.ts';
import { StandInStore } from './standInStore.ts';
import { fromText, toText } from './standInText.ts';

/**
 * What happens to a call:
 * - `cut` breaks the connection before the call is carried out, `lost` afterwards, and `torn` in the middle of the response;
 * - `silent` and `stuck` never answer, and only `stuck` carries out the call;
 * - `late` breaks the connection, and carries out the call when `landLate` is called;
 * - `{status}` is the response, before or after the call is carried out.
 */
export type StandInFault =
  | 'cut'
  | 'lost'
  | 'torn'
  | 'silent'
  | 'stuck'
  | 'late'
  | {
      readonly status: number;
      readonly isCarriedOut?: boolean;
      readonly headers?: Readonly<Record<string, string>>;
      /** The body, if it is not an error in MLflow's words. */
      readonly text?: string;
    };

export interface StandInCall {
  /** `runs/create`, `PUT model.pkl`, `PATCH logged-models`, `runs/update FINISHED`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

export interface StandInOptions {
  /** `3.17.2` by default. */
  readonly version?: string;
  /** Called for each call, in the order of their arrival. */
  readonly faultOf?: (call: StandInCall) => StandInFault | undefined;
  /** Called and awaited before each call is handled. */
  readonly beforeCall?: (call: StandInCall) => Promise<void> | void;
}

/** What an MLflow server stores. */
interface Database {
  readonly store: StandInStore;
  readonly registry: StandInRegistry;
}

type Handler = (database: Database, sent: never, id: string) => unknown;

/** Handlers by method and path; `*` is an id. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'GET experiments/get-by-name': ({ store }, sent) => store.getExperimentByName(sent),
  'POST experiments/search': ({ store }, sent) => store.searchExperiments(sent),
  'POST experiments/create': ({ store }, sent) => store.createExperiment(sent),
  'POST experiments/delete': ({ store }, sent) => store.deleteExperiment(sent),
  'POST experiments/restore': ({ store }, sent) => store.restoreExperiment(sent),
  'GET artifacts/list': ({ store }, sent) => store.listArtifacts(sent),
  'POST runs/create': ({ store }, sent) => store.createRun(sent),
  'GET runs/get': ({ store }, sent) => store.getRun(sent),
  'POST runs/search': ({ store }, sent) => store.searchRuns(sent),
  'POST runs/update': ({ store }, sent) => store.updateRun(sent),
  'POST runs/delete': ({ store }, sent) => store.deleteRun(sent),
  'POST runs/restore': ({ store }, sent) => store.restoreRun(sent),
  'POST runs/set-tag': ({ store }, sent) => store.setTag(sent),
  'POST runs/log-batch': ({ store }, sent) => store.logBatch(sent),
  'POST runs/log-inputs': ({ store }, sent) => store.logInputs(sent),
  'POST runs/outputs': ({ store }, sent) => store.logOutputs(sent),
  'POST runs/log-model': ({ store }, sent) => store.logModel(sent),
  'POST logged-models': ({ store }, sent) => store.createLoggedModel(sent),
  'POST logged-models/search': ({ store }, sent) => store.searchLoggedModels(sent),
  'PATCH logged-models/*': ({ store }, sent) => store.finalizeLoggedModel(sent),
  'DELETE logged-models/*': ({ store }, _sent, model_id) => store.deleteLoggedModel({ model_id }),
  'POST registered-models/create': ({ registry }, sent) => registry.createRegisteredModel(sent),
  'GET registered-models/get': ({ registry }, sent) => registry.getRegisteredModel(sent),
  'POST registered-models/alias': ({ registry }, sent) => registry.setAlias(sent),
  'POST model-versions/create': ({ registry }, sent) => registry.createModelVersion(sent),
  'POST model-versions/set-tag': ({ registry }, sent) => registry.setVersionTag(sent),
  'GET model-versions/get': ({ registry }, sent) => registry.getModelVersion(sent),
  'GET model-versions/search': ({ registry }, sent) => registry.searchModelVersions(sent),
  'DELETE model-versions/delete': ({ registry }, sent) => registry.deleteModelVersion(sent),
};
const API = '/api/2.0/mlflow/';
/** Where MLflow has the files of runs. */
const FILE = '/get-artifact?';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts/';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A real HTTP server that answers as MLflow does, from memory, with the faults that a test sets. `await using` ends it. */
export class StandInMlflow implements AsyncDisposable {
  store = new StandInStore();
  registry: StandInRegistry;
  readonly calls: StandInCall[] = [];
  /** The option of this name; a test can change it. */
  faultOf: NonNullable<StandInOptions['faultOf']>;
  readonly #version: string;
  readonly #beforeCall: StandInOptions['beforeCall'];
  #late: (() => unknown)[] = [];
  #server: Server | undefined;
  #port = 0;

  private constructor({ version = '3.17.2', faultOf = () => undefined, beforeCall }: StandInOptions) {
    this.#version = version;
    this.registry = new StandInRegistry(version);
    this.faultOf = faultOf;
    this.#beforeCall = beforeCall;
  }

  static async start(options: StandInOptions = {}): Promise<StandInMlflow> {
    const standIn = new StandInMlflow(options);
    await standIn.up();
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, always on the same port. */
  async up(): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** Carries out the calls that `late` held back. */
  landLate(): void {
    const late = this.#late;
    this.#late = [];
    for (const land of late) land();
  }

  /** Everything that the stand-in stores, as text for `restore`. */
  saved(): string {
    return toText({ store: this.store, registry: this.registry });
  }

  /** Replaces everything by what another stand-in has `saved`. */
  restore(text: string): void {
    const { store, registry } = fromText(text) as { store: object; registry: object };
    this.loseDatabase();
    Object.assign(this.store, store);
    Object.assign(this.registry, registry);
  }

  /** Forgets everything. */
  loseDatabase(): void {
    this.store = new StandInStore();
    this.registry = new StandInRegistry(this.#version);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const body = await buffer(request);
    const call = { name: nameOf(method, path, body), method, path, body };
    this.calls.push(call);
    await this.#beforeCall?.(call);
    const fault = this.faultOf(call);
    if (fault === 'silent') return;
    if (fault === 'late') this.#late.push(() => this.#carryOut(call));
    if (fault === 'cut' || fault === 'late') {
      response.destroy();
      return;
    }
    if (typeof fault === 'object' && !fault.isCarriedOut) {
      response.writeHead(fault.status, fault.headers).end(fault.text ?? faultText(fault.status));
      return;
    }
    const { status, text } = this.#carryOut(call);
    if (fault === 'stuck') return;
    if (fault === 'lost') {
      response.destroy();
    } else if (fault === 'torn') {
      response.writeHead(status, { 'content-length': text.length + 1 });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
    } else if (fault !== undefined) {
      response.writeHead(fault.status, fault.headers).end(fault.text ?? faultText(fault.status));
    } else {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    }
  }

  #carryOut({ method, path, body }: StandInCall): Answer {
    if (path === '/version') return { status: 200, text: this.#version };
    if (path === '/health') return { status: 200, text: 'OK' };
    try {
      if (path.startsWith(FILE)) return { status: 200, text: this.store.readReport(queryOf(path)) };
      return { status: 200, text: JSON.stringify(this.#answer(method, path, body)) };
    } catch (error) {
      if (!(error instanceof StandInError)) throw error;
      return {
        status: error.status,
        text: JSON.stringify({ error_code: error.errorCode, message: error.message }),
      };
    }
  }

  #answer(method: string, path: string, body: Buffer): unknown {
    const [bare = ''] = path.split('?', 1);
    if (`${bare}/` === ARTIFACTS) return { files: [] };
    if (bare.startsWith(ARTIFACTS)) {
      return this.store.putArtifact(decodeURIComponent(bare.slice(ARTIFACTS.length)), body);
    }
    const route = bare.slice(API.length);
    const [, id = ''] = /^logged-models\/(m-.*)$/.exec(route) ?? [];
    const handler = ROUTES[`${method} ${id === '' ? route : 'logged-models/*'}`];
    if (handler === undefined) throw new StandInError(404, 'ENDPOINT_NOT_FOUND', `no ${method} ${bare}`);
    const sent = method === 'GET' ? queryOf(path) : parse(body);
    return handler(this, sent as never, id);
  }
}

/** A short name for a kind of call, without ids. */
function nameOf(method: string, path: string, body: Buffer): string {
  const [bare = ''] = path.split('?', 1);
  if (bare.startsWith(ARTIFACTS)) return `${method} ${bare.slice(bare.lastIndexOf('/') + 1)}`;
  const route = bare.startsWith(API) ? bare.slice(API.length) : bare;
  if (route === 'runs/update') return `runs/update ${(parse(body) as { status: string }).status}`;
  return /^logged-models\/m-/.test(route) ? `${method} logged-models` : route;
}

function queryOf(path: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(path.split('?', 2)[1]));
}

function parse(body: Buffer): unknown {
  return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
}

function faultText(status: number): string {
  return JSON.stringify({ error_code: 'FAULT', message: `${status} by the stand-in` });
}
