import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UnavailableError } from '../errors.ts';
import { pythonEnvironment } from './environment.ts';
import type { Log } from './mlflowServer.ts';
import { PipOutput } from './pipOutput.ts';
import { signalGroup, stopGroup } from './processes.ts';

/** A slow line takes minutes for 150 MB. A step that takes longer hangs. */
const STEP_TIMEOUT_MS = 15 * 60_000;
/** Time between two lines of progress. */
const PROGRESS_MS = 5_000;
/** Without compiling to bytecode, the installation takes a third of the time. Python compiles what MLflow imports once. */
const PIP_INSTALL = [
  '-m',
  'pip',
  'install',
  '--no-compile',
  '--disable-pip-version-check',
  '--no-input',
  '--progress-bar',
  'off',
];
/** Written last: a venv without this file is incomplete. */
const STAMP = 'trainpost-stamp';

interface VenvOptions {
  readonly dir: string;
  /** The package that pip installs, with its version. */
  readonly requirement: string;
  readonly findPython: () => Promise<string>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Gives the Python of a venv that has the requirement, and makes the venv if it is missing. Removes a venv that cannot be
 * finished: the next start begins from nothing.
 *
 * @throws UnavailableError if there is no Python, or if venv or pip fails. The message quotes the last line of the output.
 */
export async function ensureVenv(options: VenvOptions): Promise<string> {
  const { dir, requirement, log, signal } = options;
  const python =
    process.platform === 'win32' ? join(dir, 'Scripts', 'python.exe') : join(dir, 'bin', 'python');
  const stamp = join(dir, STAMP);
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === requirement) return python;

  const basePython = await options.findPython();
  const startMs = Date.now();
  rmSync(dir, { recursive: true, force: true });
  log(`Setting up ${requirement} in ${dir} (once; a minute or two)`);
  try {
    await step('making the venv', basePython, ['-m', 'venv', dir], log, signal);
    await step('pip', python, [...PIP_INSTALL, requirement], log, signal);
    writeFileSync(stamp, requirement);
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
  log(`${requirement} is installed (${seconds(startMs)} s)`);
  return python;
}

/** Runs a command to its end and logs its progress every five seconds. */
async function step(
  name: string,
  command: string,
  args: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const startMs = Date.now();
  const child = spawn(command, args, {
    env: pythonEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const ended = once(child, 'close');
  const output = new PipOutput();
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => output.read(line));

  const timeout = AbortSignal.timeout(STEP_TIMEOUT_MS);
  const stopChild = () => void stopGroup(child.pid!);
  const giveUp = AbortSignal.any([signal, timeout]);
  giveUp.addEventListener('abort', stopChild);
  const endWithUs = () => signalGroup(child.pid!, 'SIGKILL');
  process.once('exit', endWithUs);
  const progress = setInterval(() => log(`${name}: ${output.phase()} (${seconds(startMs)} s)`), PROGRESS_MS);
  try {
    const [code] = await ended;
    signal.throwIfAborted();
    if (code !== 0)
      throw failure(name, timeout.aborted ? `nothing after ${seconds(startMs)} s` : output.reason());
  } finally {
    clearInterval(progress);
    giveUp.removeEventListener('abort', stopChild);
    process.off('exit', endWithUs);
  }
}

function failure(name: string, reason: string): UnavailableError {
  const message = `trainpost could not set up an MLflow server, because ${name} failed (${reason}): fix that and start again, or set MLFLOW_TRACKING_URI to an MLflow that runs.`;
  return new UnavailableError('mlflow_not_installed', message);
}

function seconds(startMs: number): number {
  return Math.round((Date.now() - startMs) / 1000);
}
