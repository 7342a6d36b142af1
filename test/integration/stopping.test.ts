import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type MlflowServer, startMlflowServer } from '../../src/launcher/mlflowServer.ts';
import { experimentOf, type Json, runsOf } from '../support/mlflowApi.ts';
import { unusedPort } from '../support/mlflowServer.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { ensureVenv, pythonAvailable } from '../support/python.ts';
import { StandInMlflow } from '../support/standInMlflow.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIABETES = readFileSync(join(ROOT, 'data/diabetes.csv'));
const dir = mkdtempSync(join(tmpdir(), 'trainpost-stopping-'));

afterAll(() => rmSync(dir, { recursive: true }));

/** Starts the built service as a process. A service with the same name takes the spool of the service before. */
async function start(
  name: string,
  uri: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const service = await startProgram(
    process.execPath,
    () => [join(ROOT, 'dist/server.js')],
    (port) => ({
      PORT: String(port),
      MLFLOW_TRACKING_URI: uri,
      TEMP_DIR: join(dir, `${name}-temp`),
      SPOOL_DIR: join(dir, `${name}-spool`),
      SPOOL_DISK_FREE_PERCENT_MIN: '0',
      DELIVERY_QUARANTINE_MS: '500',
      ...env,
    }),
  );
  onTestFinished(async () => void (await service.stop()));
  return service;
}

async function train(
  { url }: Program,
  experiment: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  const form = new FormData();
  form.set('exp_name', experiment);
  form.set('train_file', new Blob([new Uint8Array(DIABETES)]), 'diabetes.csv');
  const response = await fetch(`${url}/train`, { method: 'POST', body: form, headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function untilDelivered({ url }: Program, id: string) {
  const state = async () => ((await (await fetch(`${url}/deliveries/${id}`)).json()) as Json).state;
  return expect.poll(state, { interval: 100 }).toBe('delivered');
}

/** The statuses of an experiment's runs. */
async function statusesOf(uri: string, experiment: string): Promise<string[]> {
  const { experiment_id: id } = await experimentOf(uri, experiment);
  return (await runsOf(uri, id)).map(({ info }) => info.status);
}

const HEAD = (length: number) =>
  `POST /train HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n`;

/** Begins an upload. `finish` sends the rest. */
async function beginUpload({ url }: Program, experiment: string) {
  const form = Buffer.concat([
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="exp_name"\r\n\r\n${experiment}\r\n`),
    Buffer.from('--x\r\nContent-Disposition: form-data; name="train_file"; filename="d.csv"\r\n\r\n'),
    DIABETES,
    Buffer.from('\r\n--x--\r\n'),
  ]);
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(HEAD(form.length));
  socket.write(form.subarray(0, 500));
  return {
    finish: async () => {
      socket.write(form.subarray(500));
      const answer = await text(socket);
      return { head: answer.split('\r\n\r\n', 1)[0] ?? '', body: answer.slice(answer.indexOf('{')) };
    },
  };
}

describe.skipIf(!pythonAvailable)('a training while a real MLflow is away', () => {
  let mlflow: MlflowServer;
  let port: number;
  const bring = async () => {
    const python = await ensureVenv('reference');
    mlflow = await startMlflowServer({ python, dir: join(dir), port, log: () => {} });
  };

  beforeAll(async () => {
    port = await unusedPort();
  });
  afterAll(() => mlflow?.stop());

  it('is answered with 202, and is FINISHED once when MLflow and trainpost are back', async () => {
    const uri = `http://127.0.0.1:${port}`;
    const key = { 'Idempotency-Key': 'nightly-1' };
    const first = await start('away', uri);
    const { status, headers, body } = await train(first, 'Away', { ...key, Prefer: 'wait=0' });
    expect(status).toBe(202);
    expect(headers.get('Preference-Applied')).toBe('wait=0');
    expect(body).toMatchObject({ accuracy: 0.79, run: { id: null }, tracking: { state: 'pending' } });
    expect(await first.stop()).toBe(0);

    await bring();
    const second = await start('away', uri);
    await untilDelivered(second, body.tracking.delivery.id);
    expect(await statusesOf(uri, 'Away')).toEqual(['FINISHED']);

    await second.stop();
    const third = await start('away', uri);
    const again = await train(third, 'Away', key);
    expect(again.status).toBe(200);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(again.headers.get('Run-Id')).toBe(again.body.run.id);
    expect(await statusesOf(uri, 'Away')).toEqual(['FINISHED']);
  });

  it('is finished or kept on SIGTERM, during its upload and during its delivery', async () => {
    const uri = mlflow.url;
    const first = await start('term', uri, { SHUTDOWN_GRACE_MS: '600000' });
    const upload = await beginUpload(first, 'Term');
    const waiting = train(first, 'Term');
    await expect
      .poll(async () => (await statusesOf(uri, 'Term').catch(() => [])).length, { interval: 2 })
      .toBe(1);
    const exited = once(first.child, 'exit');
    first.child.kill('SIGTERM');
    await expect.poll(() => first.output()).toContain('SIGTERM');

    const refused = await fetch(`${first.url}/test`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('Connection')).toBe('close');
    expect(refused.headers.get('Retry-After')).toBe('5');
    expect(await refused.json()).toMatchObject({ code: 'shutting_down' });

    expect((await waiting).status).toBe(200);
    const { head, body } = await upload.finish();
    expect(head).toMatch(/^HTTP\/1\.1 20[02] /);
    expect((await exited)[0]).toBe(0);

    const second = await start('term', uri);
    await untilDelivered(second, JSON.parse(body).tracking.delivery.id);
    expect(await statusesOf(uri, 'Term')).toEqual(['FINISHED', 'FINISHED']);
  });
});

describe('SIGTERM while MLflow does not answer', () => {
  it('ends the service with exit code 0 within the grace period, and nothing is lost or doubled', async () => {
    await using mlflow = await StandInMlflow.start();
    mlflow.faultOf = ({ name }) => (name === 'logged-models' ? 'stuck' : undefined);
    // Neither the call's own time nor the upload's ends within this test.
    const first = await start('stuck', mlflow.url, { SHUTDOWN_GRACE_MS: '2000' });
    const waiting = train(first, 'Stuck');
    await expect.poll(() => mlflow.calls.some(({ name }) => name === 'logged-models')).toBe(true);
    // An upload that never ends does not delay the stop.
    await beginUpload(first, 'Stuck');
    expect(await first.stop()).toBe(0);
    const { status, body } = await waiting;
    expect(status).toBe(202);

    mlflow.faultOf = () => undefined;
    const second = await start('stuck', mlflow.url);
    await untilDelivered(second, body.tracking.delivery.id);
    expect([...mlflow.store.runs.values()].map(({ info }) => info.status)).toEqual(['FINISHED']);
    expect(mlflow.store.models.size).toBe(1);
  });

  it('ends the service at once if it comes twice', async () => {
    await using mlflow = await StandInMlflow.start();
    mlflow.faultOf = ({ name }) => (name === 'logged-models' ? 'silent' : undefined);
    const service = await start('twice', mlflow.url, { SHUTDOWN_GRACE_MS: '600000' });
    const waiting = train(service, 'Twice').catch(() => undefined);
    await expect.poll(() => mlflow.calls.some(({ name }) => name === 'logged-models')).toBe(true);
    const exited = once(service.child, 'exit');
    service.child.kill('SIGTERM');
    // npm passes a terminal's signal on to a child that has it already. This signal does not count as a second signal.
    service.child.kill('SIGTERM');
    await expect.poll(() => service.output()).toContain('SIGTERM');
    const again = setInterval(() => service.child.kill('SIGTERM'), 100);
    const [code] = await exited;
    clearInterval(again);
    expect(code).toBe(1);
    await waiting;
  });
});

describe.skipIf(process.platform === 'win32')('a signal to the process of npm start', () => {
  it('ends the service in order, and then npm', async () => {
    const port = await unusedPort();
    const child = spawn('npm', ['start'], {
      cwd: ROOT,
      env: {
        ...process.env,
        PORT: String(port),
        MLFLOW_TRACKING_URI: 'http://127.0.0.1:9',
        TEMP_DIR: join(dir, 'npm-temp'),
        SPOOL_DIR: join(dir, 'npm-spool'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    await expect.poll(() => output).toContain('trainpost listens');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(output).toContain('SIGTERM: trainpost ends what is under way');
    await expect(fetch(`http://127.0.0.1:${port}/test`)).rejects.toThrow();
  });
});
