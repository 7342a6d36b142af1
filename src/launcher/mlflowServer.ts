import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { quote, UnavailableError } from '../errors.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../system/processIdentity.mjs';
import { pythonEnvironment } from './environment.ts';
import { mlflowVersionAt } from './probe.ts';
import { signalGroup, stopGroup } from './processes.ts';

const HOST = '127.0.0.1';
/** Up in 6 s on two idle cores; a first start makes the tables as well, and the machine may be busy. */
const START_TIMEOUT_MS = 120_000;
const START_POLL_MS = 100;
/** How often a server that is not our child is looked at. */
const WATCH_MS = 1_000;
const LOG_LINE_CHARS_MAX = 300;

export type Log = (line: string) => void;

export interface MlflowServerOptions {
  /** Python of a venv that has mlflow (2.x or 3.x). */
  readonly python: string;
  /** Holds `mlflow.db`, `artifacts/` and `server.log`; made if missing. */
  readonly dir: string;
  readonly port: number;
  readonly log: Log;
  /** Gives up the start; a server that is up is ended with `stop`. */
  readonly signal?: AbortSignal;
  /** Called as soon as the process exists, long before it answers. */
  readonly onSpawn?: (mark: ProcessIdentity) => void;
}

export interface MlflowServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly version: string;
  /** Leader of the server's process group. */
  readonly pid: number;
  /** Settles when the process has ended, asked or unasked, with the last line that it wrote. */
  readonly exited: Promise<string>;
  /** Ends the whole process group; can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts an MLflow server with the light settings (one worker, no job runner: 2 processes instead of 16) on
 * SQLite, and waits until it answers.
 *
 * @throws UnavailableError when it ends before it answers, or does not answer in time; nothing is left running.
 */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const { python, dir, port, signal } = options;
  signal?.throwIfAborted();
  mkdirSync(join(dir, 'artifacts'), { recursive: true });
  const logPath = join(dir, 'server.log');
  await useWriteAheadLog(python, dir);
  const child = await spawnServer(python, dir, port, logPath);
  const pid = child.pid!;
  const mark = identityOf(pid);
  if (mark) options.onSpawn?.(mark);

  // The last resort when this process ends without stop(): its exit handlers can do no more than send a signal.
  const endWithUs = () => signalGroup(pid, 'SIGTERM');
  process.once('exit', endWithUs);
  const stop = async () => {
    await stopGroup(pid);
    process.off('exit', endWithUs);
  };
  const exited = childEnd(child).then(() => lastLine(logPath));

  try {
    const url = `http://${HOST}:${port}`;
    const version = await untilAnswering(url, exited, signal);
    options.log(`MLflow ${version} answers at ${url}`);
    return { url, version, pid, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server that an earlier process of ours left running, owned from now on as if it had been started here. */
export function takeOverMlflowServer(
  mark: ProcessIdentity,
  url: string,
  version: string,
  dir: string,
): MlflowServer {
  const watch = async () => {
    while (isRunning(mark)) await sleep(WATCH_MS, undefined, { ref: false });
    return lastLine(join(dir, 'server.log'));
  };
  return { url, version, pid: mark.pid, exited: watch(), stop: () => stopGroup(mark.pid) };
}

/**
 * Puts SQLite into its write-ahead mode, which stays with the database: a commit then flushes the disk once instead
 * of three times, and readers do not wait for a writer. A training's calls take a third less (bench/README.md).
 */
async function useWriteAheadLog(python: string, dir: string): Promise<void> {
  const script = "import sqlite3; sqlite3.connect('mlflow.db').execute('PRAGMA journal_mode=WAL')";
  try {
    await promisify(execFile)(python, ['-c', script], { cwd: dir, env: pythonEnvironment() });
  } catch (cause) {
    const message = `MLflow did not start: its database ${quote(join(dir, 'mlflow.db'))} cannot be opened for writing.`;
    throw new UnavailableError('mlflow_not_started', message, {}, { cause });
  }
}

async function spawnServer(
  python: string,
  dir: string,
  port: number,
  logPath: string,
): Promise<ChildProcess> {
  const logFile = openSync(logPath, 'w');
  try {
    const child = spawn(python, serverArguments(port), {
      cwd: dir,
      env: serverEnvironment(python),
      stdio: ['ignore', logFile, logFile],
      detached: true,
      windowsHide: true,
    });
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw new UnavailableError(
      'mlflow_not_started',
      `MLflow did not start: ${(cause as Error).message}.`,
      {},
      { cause },
    );
  } finally {
    closeSync(logFile);
  }
}

/** Paths are relative to the folder in which the server runs: no character of the project's path can be misread in a URI. */
function serverArguments(port: number): string[] {
  const store = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './artifacts'];
  return ['-m', 'mlflow', 'server', '--host', HOST, '--port', String(port), '--workers', '1', ...store];
}

function serverEnvironment(python: string): NodeJS.ProcessEnv {
  const { PATH, ...others } = pythonEnvironment();
  return {
    ...others,
    // MLflow 2 starts its gunicorn by name.
    PATH: [dirname(python), PATH].join(delimiter),
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    DO_NOT_TRACK: 'true',
    // A line for each of the dozen calls of a training would let server.log grow without bound.
    UVICORN_ACCESS_LOG: 'false',
  };
}

function childEnd(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

async function untilAnswering(url: string, exited: Promise<string>, signal?: AbortSignal): Promise<string> {
  let lastWords: string | undefined;
  void exited.then((line) => {
    lastWords = line;
  });
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    signal?.throwIfAborted();
    if (lastWords !== undefined) {
      throw new UnavailableError(
        'mlflow_not_started',
        `MLflow ended while it started: ${quoteLine(lastWords)}.`,
      );
    }
    const version = await mlflowVersionAt(url);
    if (version !== undefined) return version;
    await sleep(START_POLL_MS);
  }
  const seconds = START_TIMEOUT_MS / 1000;
  throw new UnavailableError(
    'mlflow_not_started',
    `MLflow did not answer within ${seconds} s; its log is server.log.`,
  );
}

export function quoteLine(line: string): string {
  return quote(line, LOG_LINE_CHARS_MAX);
}

/** The last line that is not empty; of a Python traceback it is the one that names the error. */
function lastLine(path: string): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return lines.at(-1)!.trim();
  } catch {
    return '';
  }
}
