import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const UP_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

export interface Program {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server as its own process and waits until `GET /test` answers. */
export async function startProgram(
  command: string,
  args: (port: number) => string[],
  env: (port: number) => Record<string, string>,
): Promise<Program> {
  const port = await anyPort();
  const child = spawn(command, args(port), {
    env: { ...process.env, ...env(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilUp(`${url}/test`, child);
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export async function anyPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + UP_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`the program ended with exit code ${child.exitCode}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${url} does not answer`);
}
