import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchLocalMlflow } from '../../src/launcher/localMlflow.ts';
import { startMlflowServer } from '../../src/launcher/mlflowServer.ts';
import { signalGroup } from '../../src/launcher/processes.ts';
import { unusedPort } from '../launcher/support.ts';
import { ensureVenv, pythonAvailable } from '../support/python.ts';

const ROOT = join(import.meta.dirname, '../..');
const LAUNCHER = pathToFileURL(join(ROOT, 'src/launcher/localMlflow.ts')).href;
const VERSION = '3.17.2';

/** The folder of all tests below. They run in order, and are the life of one installation. */
let dir: string;
let port: number;

beforeAll(async () => {
  dir = join(mkdtempSync(join(tmpdir(), 'trainpost first start ')), '.mlflow');
  port = await unusedPort();
});

afterAll(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

function launch() {
  const lines: string[] = [];
  const local = launchLocalMlflow({ dir, port, log: (line) => lines.push(line) });
  onTestFinished(() => local.stop());
  return { local, lines };
}

const recordedPid = () => JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')).server.pid as number;

async function experimentId(name: string): Promise<string | undefined> {
  const url = `http://127.0.0.1:${port}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`;
  const { experiment } = (await (await fetch(url)).json()) as { experiment?: { experiment_id: string } };
  return experiment?.experiment_id;
}

describe.skipIf(!pythonAvailable)('a local MLflow in an empty folder (needs Python)', () => {
  it('makes the venv at the first start, and starts a server that keeps its data', async () => {
    const { local, lines } = launch();
    expect(await local.ready).toEqual({
      status: 'ready',
      url: `http://127.0.0.1:${port}`,
      version: VERSION,
      owned: true,
    });
    expect(lines.filter((line) => /^pip: .+ \(\d+ s\)$/.test(line)).length).toBeGreaterThan(0);
    const created = await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'kept' }),
    });
    expect(created.status).toBe(200);
    const artifact = `http://127.0.0.1:${port}/api/2.0/mlflow-artifacts/artifacts/1/a.txt`;
    expect((await fetch(artifact, { method: 'PUT', body: 'kept' })).status).toBe(200);
    expect(readFileSync(join(dir, 'artifacts/1/a.txt'), 'utf8')).toBe('kept');

    const pid = recordedPid();
    await local.stop();
    expect(signalGroup(pid, 0)).toBe(false);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    const left = readdirSync(dir).filter((name) => !/^mlflow\.db-(wal|shm)$/.test(name));
    expect(left.sort()).toEqual(['artifacts', 'launcher.lock-1', 'mlflow.db', 'server.log', 'venv']);
    // The bytes 2 and 2 mean that the database uses a write-ahead log (SQLite's file format, 1.3).
    expect([...readFileSync(join(dir, 'mlflow.db')).subarray(18, 20)]).toEqual([2, 2]);
  });

  it('is used again if its owner was killed, and ends with its next owner', async () => {
    const options = JSON.stringify({ dir, port });
    const owner = `
      import { launchLocalMlflow } from '${LAUNCHER}';
      const lines = [];
      const local = launchLocalMlflow({ ...${options}, log: (line) => console.log(line) });
      await local.ready;
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', owner], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    // The second start in this folder installs nothing.
    expect(said).toContain(`MLflow ${VERSION} answers at`);
    expect(said).not.toContain('Setting up');
    const pid = recordedPid();
    expect(signalGroup(pid, 0)).toBe(true);

    const { local, lines } = launch();
    expect(await local.ready).toMatchObject({ status: 'ready', owned: true });
    expect(lines.join()).toContain('left running');
    expect(recordedPid()).toBe(pid);
    expect(await experimentId('kept')).toBe('1');
    await local.stop();
    expect(signalGroup(pid, 0)).toBe(false);
    expect(existsSync(join(dir, 'server.json'))).toBe(false);
  });

  it('is not started if a real MLflow answers at the port, and that MLflow is left alone', async () => {
    const python = join(dir, 'venv/bin/python');
    const other = await startMlflowServer({ python, dir, port, log: () => {} });
    onTestFinished(() => other.stop());
    const { local } = launch();
    expect(await local.ready).toEqual({ status: 'ready', url: other.url, version: VERSION, owned: false });
    await local.stop();
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
  });

  it('leaves no gunicorn behind if it is MLflow 2', async () => {
    const python = await ensureVenv('mlflow2');
    const server = await startMlflowServer({ python, dir: join(dir, '../two'), port, log: () => {} });
    onTestFinished(() => server.stop());
    expect(server.version).toMatch(/^2\./);
    await server.stop();
    expect(signalGroup(server.pid, 0)).toBe(false);
  });
});
