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
/** MLflow is up in 6 s on two idle cores. A first start also makes the tables, and the machine may be busy. */
const START_TIMEOUT_MS = 120_000;
const START_POLL_MS = 100;
/** Time between two looks at a server that is not our child. */
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
  /** Ends the start. `stop` ends a server that is up. */
  readonly signal?: AbortSignal;
  /** Called as soon as the process exists, seconds before it answers. */
  readonly onSpawn?: (identity: ProcessIdentity) => void;
}

export interface MlflowServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly version: string;
  /** Process id of the leader of the server's process group. */
  readonly pid: number;
  /** Settles when the process has ended for any reason, with the last line that it wrote. */
  readonly exited: Promise<string>;
  /** Ends the whole process group; can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts an MLflow server on SQLite and waits until it answers. The settings are light: one worker and no job runner,
 * which makes 2 processes instead of 16.
 *
 * @throws UnavailableError if the server ends before it answers, or does not answer in time. No process is left then.
 */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const { python, dir, port, signal } = options;
  signal?.throwIfAborted();
  mkdirSync(join(dir, 'artifacts'), { recursive: true });
  const logPath = join(dir, 'server.log');
  await useWriteAheadLog(python, dir);
  const child = await spawnServer(python, dir, port, logPath);
  const pid = child.pid!;
  const identity = identityOf(pid);
  if (identity) options.onSpawn?.(identity);

  // If this process ends without stop(): an exit handler can do no more than send a signal.
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

/** Makes a server that an earlier trainpost left running our own. */
export function takeOverMlflowServer(
  identity: ProcessIdentity,
  url: string,
  version: string,
  dir: string,
): MlflowServer {
  const watch = async () => {
    while (isRunning(identity)) await sleep(WATCH_MS, undefined, { ref: false });
    return lastLine(join(dir, 'server.log'));
  };
  return { url, version, pid: identity.pid, exited: watch(), stop: () => stopGroup(identity.pid) };
}

/**
 * Puts SQLite into its write-ahead mode, which the database keeps. A commit then flushes the disk once instead of three
 * times, and readers do not wait for a writer. The calls of a training take a third less time (bench/README.md).
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

/** Paths are relative to the folder in which the server runs: a URI could misread characters of an absolute path. */
function serverArguments(port: number): string[] {
  const store = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './artifacts'];
  return ['-m', 'mlflow', 'server', '--host', HOST, '--port', String(port), '--workers', '1', ...store];
}

function serverEnvironment(python: string): NodeJS.ProcessEnv {
  const { PATH, ...others } = pythonEnvironment();
  return {
    ...others,
    // MLflow 2 looks for gunicorn on the PATH.
    PATH: [dirname(python), PATH].join(delimiter),
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    DO_NOT_TRACK: 'true',
    // A training makes a dozen calls. A line for each call would make server.log grow without bound.
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
  let lastLogLine: string | undefined;
  void exited.then((line) => {
    lastLogLine = line;
  });
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    signal?.throwIfAborted();
    if (lastLogLine !== undefined) {
      throw new UnavailableError(
        'mlflow_not_started',
        `MLflow ended while it started: ${quoteLine(lastLogLine)}.`,
      );
    }
    const version = await mlflowVersionAt(url);
    if (version !== undefined) return version;
    await sleep(START_POLL_MS);
  }
  const seconds = START_TIMEOUT_MS / 1000;
  throw new UnavailableError(
    'mlflow_not_started',
    `MLflow did not answer within ${seconds} s: its log is server.log.`,
  );
}

export function quoteLine(line: string): string {
  return quote(line, LOG_LINE_CHARS_MAX);
}

/** The last line that is not empty. The last line of a Python traceback names the error. */
function lastLine(path: string): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return lines.at(-1)!.trim();
  } catch {
    return '';
  }
}
