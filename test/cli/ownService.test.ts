import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unusedPort } from '../support/mlflowServer.ts';
import { StandInMlflow } from '../support/standInMlflow.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/cli/main.js');
const DIABETES = join(ROOT, 'data/diabetes.csv');

const dir = mkdtempSync(join(tmpdir(), 'trainpost-cli-'));
const cwd = join(dir, 'cwd');
const temp = join(dir, 'tmp');
let mlflow: StandInMlflow;
beforeAll(async () => {
  for (const one of [cwd, temp]) mkdirSync(one);
  mlflow = await StandInMlflow.start();
});
afterAll(async () => {
  await mlflow.down();
  rmSync(dir, { recursive: true });
});

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [MAIN, ...argv], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      TMPDIR: temp,
      MLFLOW_TRACKING_URI: mlflow.url,
      TRAINING_THREADS: '1',
      TRAINING_HELPERS: '1',
      ...env,
    },
  });
}

async function ran(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = start(argv, env);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

describe('without a service', () => {
  it('starts one, which has delivered the run when the call ends', async () => {
    const { code, stdout, stderr } = await ran([
      'train',
      DIABETES,
      '--registered-model',
      'Diabetes',
      '--json',
    ]);
    expect(stderr).toContain(`MLflow answers at ${mlflow.url}`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).tracking.state).toBe('finished');
    expect(mlflow.calls.map(({ name }) => name)).toContain('runs/update FINISHED');
    expect([...readdirSync(cwd), ...readdirSync(temp)]).toEqual([]);
  });

  it('says how to deliver the run if MLflow is away', async () => {
    const away = { MLFLOW_TRACKING_URI: `http://127.0.0.1:${await unusedPort()}` };
    const { code, stdout, stderr } = await ran(['train', DIABETES, '--wait', '1'], away);
    expect(code).toBe(0);
    expect(stdout).toContain('MLflow does not have the run yet');
    expect(stderr).toMatch(/To deliver it: SPOOL_DIR=\S+ trainpost serve/);
  });

  it('ends on Ctrl-C while it looks for MLflow', async () => {
    const silent = createServer(() => {});
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const asked = once(silent, 'connection');
    const { port } = silent.address() as AddressInfo;
    const child = start(['train', DIABETES], { MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}` });
    const ended = once(child, 'exit');
    await asked;
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    silent.closeAllConnections();
    silent.close();
  });

  it('names a setting that cannot be used', async () => {
    const { code, stderr } = await ran(['train', DIABETES], { TRAINING_THREADS: 'many' });
    expect(code).toBe(2);
    expect(stderr).toContain('TRAINING_THREADS="many"');
  });
});

describe('trainpost serve', () => {
  it('is the service', async () => {
    const port = String(await unusedPort());
    const child = start(['serve', '--port', port]);
    const ended = once(child, 'exit');
    let lines = '';
    child.stdout.on('data', (chunk) => {
      lines += chunk;
    });
    await expect.poll(() => lines).toContain(`trainpost listens at http://127.0.0.1:${port}`);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('ends with an error for a port that is no port', async () => {
    const { code, stderr } = await ran(['serve', '--port', 'x']);
    expect(code).toBe(1);
    expect(stderr).toContain('PORT="x"');
  });
});
