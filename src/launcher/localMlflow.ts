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

/** Pinned: what is tested is what runs. docker/mlflow.Dockerfile names the same. */
const MLFLOW_REQUIREMENT = 'mlflow==3.17.2';
/** MLflow's own default, and the original's. */
const DEFAULT_PORT = 5000;
/** Before a server that ended by itself is started again; twice as long each time, while it does not last. */
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
/** One that lived for so long may end once by chance. */
const LASTED_MS = 60_000;
/** Longer than a first installation takes. A process that holds the lock longer hangs. */
const LOCK_WAIT_MAX_MS = 20 * 60_000;

type LocalMlflowState =
  | { readonly status: 'starting'; readonly message: string }
  | { readonly status: 'ready'; readonly url: string; readonly version: string; readonly owned: boolean }
  | { readonly status: 'failed'; readonly message: string };

export interface LocalMlflow {
  /** How far it is now; `starting` may follow `ready`, when the server has ended by itself and is started again. */
  state(): LocalMlflowState;
  /** The first state that is not `starting`. Never rejects. */
  readonly ready: Promise<LocalMlflowState>;
  /** Ends the server if it is ours, and whatever is under way; waits until no process is left. Can be called again. */
  stop(): Promise<void>;
}

export interface LocalMlflowOptions {
  /** Folder for the venv, the database, the artifacts and the log; made if missing. */
  readonly dir: string;
  readonly log: Log;
  /** Aborting it is `stop()`. */
  readonly signal?: AbortSignal;
  /** Where an MLflow is looked for, and the first port that is tried for our own. */
  readonly port?: number;
  /** What pip installs. */
  readonly requirement?: string;
  /** The `PATH` in which Python is looked for. */
  readonly searchPath?: string;
}

const STOPPED: LocalMlflowState = { status: 'failed', message: 'MLflow was stopped.' };

/** An MLflow that answers; `server` is there where it is ours to end. */
interface Found {
  readonly url: string;
  readonly version: string;
  readonly server?: MlflowServer;
}

/**
 * Finds or starts the MLflow of this machine, and returns at once. In this order: the server that this folder's
 * record names (owned again if its owner is gone), one that answers at the port already, a new one. One of ours that
 * ends by itself is looked for and started again in the same way, as often as it takes.
 */
export function launchLocalMlflow(options: LocalMlflowOptions): LocalMlflow {
  const aborted = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, aborted.signal]) : aborted.signal;
  let state: LocalMlflowState = { status: 'starting', message: 'MLflow is being looked for.' };
  let found: Found | undefined;

  const log: Log = (line) => {
    if (state.status === 'starting') state = { status: 'starting', message: `${line}.` };
    options.log(line);
  };
  const fail = (message: string) => {
    state = signal.aborted ? STOPPED : { status: 'failed', message };
    if (!signal.aborted) options.log(message);
  };
  let pauseMs = PAUSE_MS;
  let relaunched = Promise.resolve();
  const use = (one: Found) => {
    found = one;
    state = { status: 'ready', url: one.url, version: one.version, owned: one.server !== undefined };
    const since = performance.now();
    void one.server?.exited.then((line) => {
      if (performance.now() - since > LASTED_MS) pauseMs = PAUSE_MS;
      state = { status: 'starting', message: 'MLflow ended.' };
      relaunched = relaunch(`MLflow ended; the last line of its log is ${quoteLine(line)}`);
    });
  };
  const relaunch = async (reason: string): Promise<void> => {
    for (let says = reason; !signal.aborted; ) {
      log(`${says}. It is started again`);
      const waitMs = pauseMs;
      pauseMs = Math.min(2 * waitMs, PAUSE_MS_MAX);
      try {
        await sleep(waitMs, undefined, { signal });
        return use(await findOrStart(options, log, signal));
      } catch (error) {
        says = (error as Error).message;
      }
    }
    state = STOPPED;
  };
  const launch = async () => {
    try {
      use(await findOrStart(options, log, signal));
    } catch (error) {
      fail((error as Error).message);
    }
    return state;
  };
  const ready = launch();
  const stop = async () => {
    aborted.abort();
    await ready;
    await relaunched;
    if (!found?.server) return;
    await found.server.stop();
    removeRecord(recordPath(options.dir), found.server.pid);
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  return { state: () => state, ready, stop };
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
    log(`MLflow ${version} answers at ${url} already, and is used`);
    return { url, version };
  });
}

/** The server that the record names: used while its owner lives, else ours from now on, or ended where it no longer answers. */
async function recordedServer(dir: string, log: Log): Promise<Found | undefined> {
  const record = readRecord(recordPath(dir));
  if (!record || !isRunning(record.server)) return undefined;
  const { server: mark, owner, url } = record;
  const version = await mlflowVersionAt(url);
  if (isRunning(owner)) {
    if (version === undefined) return undefined;
    log(`MLflow ${version} of the trainpost with process id ${owner.pid} answers at ${url}, and is used`);
    return { url, version };
  }
  if (version === undefined) {
    await stopGroup(mark.pid);
    return undefined;
  }
  writeRecord(recordPath(dir), { server: mark, owner: ownIdentity(), url });
  log(
    `MLflow ${version} was left running at ${url} by a trainpost that was killed: it is used, and ended with this one`,
  );
  return { url, version, server: takeOverMlflowServer(mark, url, version, dir) };
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
    log(`PORT ${portFirst} IS TAKEN by something that is not MLflow: MLflow starts on port ${port} instead`);
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
