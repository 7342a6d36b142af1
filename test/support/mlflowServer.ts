import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMlflowServer } from '../../src/launcher/mlflowServer.ts';
import { ensureVenv, type VenvName } from './python.ts';

export interface TestMlflow {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** Starts an MLflow server from one of the test environments, in a temporary folder. */
export async function startTestMlflow(venv: VenvName): Promise<TestMlflow> {
  const python = await ensureVenv(venv);
  const dir = await mkdtemp(join(tmpdir(), `trainpost-${venv}-`));
  const removeDir = () => rm(dir, { recursive: true, force: true });
  try {
    const server = await startMlflowServer({ python, dir, port: await unusedPort(), log: () => {} });
    const stop = async () => {
      await server.stop();
      await removeDir();
    };
    return { url: server.url, version: server.version, stop };
  } catch (error) {
    await removeDir();
    throw error;
  }
}

/** A port that the system has just assigned and released; it assigns another port next time. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
