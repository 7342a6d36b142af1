import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unusedPort } from './mlflowServer.ts';

/** A program answers within a second, or ten on a busy machine. */
const UP_TIMEOUT_MS = 300_000;
const POLL_MS = 50;
/** Timeouts of the service that a test is not about. Only a hang exceeds them. */
const PATIENCE = {
  HEADERS_TIMEOUT_MS: '600000',
  KEEP_ALIVE_MS: '600000',
  MLFLOW_CALL_TIMEOUT_MS: '600000',
  MLFLOW_WAIT_MS: '600000',
  UPLOAD_STALL_MS: '600000',
};

export interface Program {
  readonly url: string;
  readonly child: ChildProcess;
  /** What the program has written to standard output and error so far. */
  output(): string;
  /** Ends the program as a terminal does. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts a server as a separate process, by default with a temporary spool, and waits until `GET /test` answers. */
export async function startProgram(
  command: string,
  argumentsOf: (port: number) => readonly string[],
  environmentOf: (port: number) => Readonly<Record<string, string>>,
): Promise<Program> {
  const port = await unusedPort();
  const spool = mkdtempSync(join(tmpdir(), 'trainpost-spool-'));
  const child = spawn(command, argumentsOf(port), {
    env: { ...process.env, ...PATIENCE, SPOOL_DIR: spool, ...environmentOf(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const url = `http://127.0.0.1:${port}`;
  await untilUp(`${url}/test`, child, () => output);
  return {
    url,
    child,
    output: () => output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(spool, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

async function untilUp(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadlineMs = Date.now() + UP_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}: ${output()}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(POLL_MS);
  }
  child.kill('SIGKILL');
  throw new Error(`${url} does not answer: ${output()}`);
}
