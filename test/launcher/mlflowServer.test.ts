import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startMlflowServer } from '../../src/launcher/mlflowServer.ts';
import { signalGroup } from '../../src/launcher/processes.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../../src/system/processIdentity.mjs';
import { executable, mlflowLike, temporaryFolder, unusedPort } from './support.ts';

async function start(script: string, signal = new AbortController().signal) {
  const dir = temporaryFolder();
  const python = executable(join(dir, 'python'), script);
  let identity: ProcessIdentity | undefined;
  const onSpawn = (spawned: ProcessIdentity) => {
    identity = spawned;
  };
  const server = startMlflowServer({ python, dir, port: await unusedPort(), log: () => {}, signal, onSpawn });
  return { dir, server, identity: () => identity };
}

describe('startMlflowServer', () => {
  it('ends the whole process group, also a child that ignores SIGTERM', async () => {
    const { dir, server } = await start(mlflowLike('() => {}'));
    const { pid, version, stop, exited } = await server;
    const child = identityOf(Number(readFileSync(join(dir, 'child.pid'), 'utf8')))!;
    expect(version).toBe('3.0.0');
    expect(isRunning(child)).toBe(true);
    await stop();
    expect(isRunning(child)).toBe(false);
    expect(signalGroup(pid, 0)).toBe(false);
    expect(await exited).toBe('started');
    await stop();
  });

  it('reports the last line of a server that ends while it starts', async () => {
    const { server } = await start('console.error("Traceback\\nValueError: bad store\\n"); process.exit(1)');
    await expect(server).rejects.toMatchObject({
      code: 'mlflow_not_started',
      message: 'MLflow ended while it started: "ValueError: bad store".',
    });
  });

  it('reports that there is no such Python', async () => {
    const options = { python: '/nowhere/python', dir: temporaryFolder(), port: 1, log: () => {} };
    await expect(startMlflowServer(options)).rejects.toMatchObject({ code: 'mlflow_not_started' });
  });

  it('leaves no process running if the start is aborted', async () => {
    const giveUp = new AbortController();
    const { server, identity } = await start('setInterval(() => {}, 1000)', giveUp.signal);
    await expect.poll(identity).toBeDefined();
    giveUp.abort();
    await expect(server).rejects.toThrow('aborted');
    expect(signalGroup(identity()!.pid, 0)).toBe(false);
  });

  it('hides variables from MLflow that MLflow would take as options', async () => {
    process.env['MLFLOW_BACKEND_STORE_URI'] = 'postgresql://elsewhere';
    try {
      const script =
        'console.log(Object.keys(process.env).filter((name) => /^(MLFLOW|DO_NOT)_/.test(name)).sort().join()); process.exit(1)';
      const { server } = await start(script);
      const names = 'DO_NOT_TRACK,MLFLOW_DISABLE_TELEMETRY,MLFLOW_SERVER_ENABLE_JOB_EXECUTION';
      await expect(server).rejects.toThrow(`"${names}"`);
    } finally {
      delete process.env['MLFLOW_BACKEND_STORE_URI'];
    }
  });
});
