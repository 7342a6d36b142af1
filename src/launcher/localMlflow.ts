import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../system/fileLock.mjs';
import { isRunning, ownIdentity, type ProcessIdentity } from '../system/processIdentity.mjs';
import {
  type Log,
  type MlflowServer,
  quoteLine,
  startMlflowServer,
  takeOverMlflowServer,
} from './mlflowServer.ts';
import { freePort } from './port.ts';
import { mlflowVersionAt } from './probe.ts';
import { stopGroup } from './processes.ts';
import { findPython } from './python.ts';
import { readRecord, removeRecord, writeRecord } from './serverRecord.ts';
import { ensureVenv } from './venv.ts';

/** Pinned: the tests run this version. docker/mlflow.Dockerfile names the same one. */
const MLFLOW_REQUIREMENT = 'mlflow==3.17.2';
/** MLflow's own default. */
const DEFAULT_PORT = 5000;
/** Pause before trainpost starts an ended server again. The pause doubles as long as the server does not last. */
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
/** The pause begins anew after a server that ran for so long. */
const LASTED_MS = 60_000;
/** Longer than a first installation takes. A process that holds the lock longer hangs. */
const LOCK_WAIT_MAX_MS = 20 * 60_000;

type LocalMlflowState =
  | { readonly status: 'starting'; readonly message: string }
  | { readonly status: 'ready'; readonly url: string; readonly version: string; readonly owned: boolean }
  | { readonly status: 'failed'; readonly message: string };

export interface LocalMlflow {
  /** The state now. `starting` follows `ready` if the server has ended by itself. */
  state(): LocalMlflowState;
  /** The first state after `starting`. Never rejects. */
  readonly ready: Promise<LocalMlflowState>;
  /** Ends our own server and all that is under way, and waits until no process is left. Can be called again. */
  stop(): Promise<void>;
}

export interface LocalMlflowOptions {
  /** Folder for the venv, the database, the artifacts and the log; made if missing. */
  readonly dir: string;
  readonly log: Log;
  /** An abort has the effect of `stop()`. */
  readonly signal?: AbortSignal;
  /** The port at which trainpost looks for an MLflow, and the first port that it tries for its own. */
  readonly port?: number;
  /** The package that pip installs, with its version. */
  readonly requirement?: string;
  /** The `PATH` in which trainpost looks for Python. */
  readonly searchPath?: string;
}

const STOPPED: LocalMlflowState = { status: 'failed', message: 'MLflow was stopped.' };

/** An MLflow that answers. `server` is set if the server is our own. */
interface Found {
  readonly url: string;
  readonly version: string;
  readonly server?: MlflowServer;
}

/**
 * Finds or starts the MLflow of this machine, and returns at once. trainpost looks in this order:
 * 1. the server in this folder's record, which becomes our own if its owner has ended;
 * 2. a server that answers at the port;
 * 3. a new server of our own.
 * If our own server ends by itself, trainpost looks again in the same order, as often as needed.
 */
export function launchLocalMlflow(options: LocalMlflowOptions): LocalMlflow {
  return new Launcher(options);
}

/** `starting` → `ready` or `failed`; `ready` → `starting` if our own server ends by itself; all → `failed` by `stop()`. */
class Launcher implements LocalMlflow {
  readonly ready: Promise<LocalMlflowState>;
  readonly #options: LocalMlflowOptions;
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  /** Settles when no server of our own is watched any more. */
  readonly #watched: Promise<void>;
  #state: LocalMlflowState = { status: 'starting', message: 'trainpost looks for MLflow.' };
  #server: MlflowServer | undefined;
  #pauseMs = PAUSE_MS;

  constructor(options: LocalMlflowOptions) {
    const { signal: given } = options;
    this.#options = options;
    this.#signal = given ? AbortSignal.any([given, this.#stopping.signal]) : this.#stopping.signal;
    this.ready = this.#launch();
    this.#watched = this.#watch();
    given?.addEventListener('abort', () => void this.stop(), { once: true });
  }

  state(): LocalMlflowState {
    return this.#state;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watched;
    if (this.#state.status !== 'failed') this.#state = STOPPED;
    if (this.#server === undefined) return;
    await this.#server.stop();
    removeRecord(recordPath(this.#options.dir), this.#server.pid);
  }

  async #launch(): Promise<LocalMlflowState> {
    try {
      this.#use(await this.#findOrStart());
    } catch (error) {
      this.#fail((error as Error).message);
    }
    return this.#state;
  }

  /** Waits for the end of our own server and starts it again, until `stop()` or a server of another owner. */
  async #watch(): Promise<void> {
    await this.ready;
    while (this.#server !== undefined && !this.#signal.aborted) {
      const startMs = performance.now();
      const lastLine = await unlessAborted(this.#server.exited, this.#signal);
      if (lastLine === undefined) return;
      if (performance.now() - startMs > LASTED_MS) this.#pauseMs = PAUSE_MS;
      this.#state = { status: 'starting', message: 'MLflow ended.' };
      await this.#restart(`MLflow ended; the last line of its log is ${quoteLine(lastLine)}`);
    }
  }

  async #restart(reason: string): Promise<void> {
    for (let says = reason; !this.#signal.aborted; ) {
      this.#log(`${says}. trainpost starts MLflow again`);
      const pauseMs = this.#pauseMs;
      this.#pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
      try {
        await sleep(pauseMs, undefined, { signal: this.#signal });
        return this.#use(await this.#findOrStart());
      } catch (error) {
        says = (error as Error).message;
      }
    }
  }

  #findOrStart(): Promise<Found> {
    return findOrStart(this.#options, (line) => this.#log(line), this.#signal);
  }

  #use({ url, version, server }: Found): void {
    this.#server = server;
    this.#state = { status: 'ready', url, version, owned: server !== undefined };
  }

  #fail(message: string): void {
    this.#state = this.#signal.aborted ? STOPPED : { status: 'failed', message };
    if (!this.#signal.aborted) this.#options.log(message);
  }

  #log(line: string): void {
    if (this.#state.status === 'starting') this.#state = { status: 'starting', message: `${line}.` };
    this.#options.log(line);
  }
}

/** Undefined if the signal comes first. */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const over = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    over.abort();
  }
}

function findOrStart(options: LocalMlflowOptions, log: Log, signal: AbortSignal): Promise<Found> {
  const { dir, port = DEFAULT_PORT } = options;
  mkdirSync(dir, { recursive: true });
  const onWait = (heldBy: string) =>
    log(`trainpost waits for ${heldBy}, which sets up MLflow in this folder`);
  const lockOptions = { waitMaxMs: LOCK_WAIT_MAX_MS, onWait, signal };
  return withLock(join(dir, 'launcher.lock'), lockOptions, async () => {
    const known = await recordedServer(dir, log);
    if (known) return known;
    const url = `http://127.0.0.1:${port}`;
    const version = await mlflowVersionAt(url);
    if (version === undefined) return startOwn(options, port, log, signal);
    log(`trainpost uses MLflow ${version}, which answers at ${url} already`);
    return { url, version };
  });
}

/**
 * The server in the record, if it answers. A server whose owner has ended becomes our own; if it does not answer, this
 * function ends it.
 */
async function recordedServer(dir: string, log: Log): Promise<Found | undefined> {
  const record = readRecord(recordPath(dir));
  if (!record || !isRunning(record.server)) return undefined;
  const { server: identity, owner, url } = record;
  const version = await mlflowVersionAt(url);
  // An owner whose start the system did not tell counts as ended: better two owners than a server that nobody ends.
  if (isRunning(owner)) {
    if (version === undefined) return undefined;
    log(`trainpost uses MLflow ${version} at ${url}, which process ${owner.pid} has started`);
    return { url, version };
  }
  if (version === undefined) {
    await stopGroup(identity.pid);
    return undefined;
  }
  writeRecord(recordPath(dir), { server: identity, owner: ownIdentity(), url });
  log(`trainpost uses MLflow ${version} at ${url}, which an earlier trainpost left running, and will end it`);
  return { url, version, server: takeOverMlflowServer(identity, url, version, dir) };
}

async function startOwn(
  options: LocalMlflowOptions,
  portFirst: number,
  log: Log,
  signal: AbortSignal,
): Promise<Found> {
  const { dir, requirement = MLFLOW_REQUIREMENT, searchPath } = options;
  const findIt = () => findPython(searchPath);
  const python = await ensureVenv({ dir: join(dir, 'venv'), requirement, findPython: findIt, log, signal });
  const port = await freePort(portFirst);
  if (port !== portFirst) {
    log(`PORT ${portFirst} IS TAKEN by a program that is not MLflow: MLflow starts on port ${port} instead`);
  }
  log(`MLflow starts on port ${port} (a few seconds)`);
  const url = `http://127.0.0.1:${port}`;
  const onSpawn = (server: ProcessIdentity) =>
    writeRecord(recordPath(dir), { server, owner: ownIdentity(), url });
  const server = await startMlflowServer({ python, dir, port, log, signal, onSpawn });
  return { url, version: server.version, server };
}

function recordPath(dir: string): string {
  return join(dir, 'server.json');
}
