import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { experimentOf, type Json, mlflowPost, modelVersionsOf, runsOf } from '../support/mlflowApi.ts';
import {
  ADMIN,
  type StartedMlflow,
  startMlflowWith,
  startMlflowWithPasswords,
} from '../support/mlflowCommand.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Nginx, nginxAvailable, startNginx } from '../support/nginx.ts';
import { type Program, startProgram } from '../support/programs.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIABETES = readFileSync(join(ROOT, 'data/diabetes.csv'));
const BOB = { username: 'bob', password: 'another-long-password-2' } as const;

const mlflow = await mlflowServers();
/** With CI=true a missing openssl is an error, not a reason to skip. */
const opensslAvailable = process.env['CI'] === 'true' || spawnSync('openssl', ['version']).status === 0;
const dir = mkdtempSync(join(tmpdir(), 'trainpost-mlflow-settings-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const services: Program[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

/** Starts the built service, which ends with the test. */
async function startService(env: Readonly<Record<string, string>>): Promise<Program> {
  const service = await startProgram(
    process.execPath,
    () => [join(ROOT, 'dist/server.js')],
    (port) => ({ PORT: String(port), TEMP_DIR: dir, ...env }),
  );
  services.push(service);
  return service;
}

async function train(
  { url }: Program,
  experiment: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Json }> {
  const form = new FormData();
  form.set('train_file', new Blob([DIABETES]), 'diabetes.csv');
  form.set('exp_name', experiment);
  const response = await fetch(`${url}/train`, { method: 'POST', body: form, headers });
  return { status: response.status, body: await response.json() };
}

async function get({ url }: Program, path: string): Promise<Json> {
  return (await fetch(`${url}${path}`)).json();
}

/** What the service says about MLflow. A look at MLflow that takes longer than 2 s says only this, so tests ask again. */
async function mlflowCheck(service: Program): Promise<Json> {
  return (await get(service, '/health/ready')).checks.mlflow;
}

async function notReady(service: Program): Promise<string> {
  return (await mlflowCheck(service)).reason ?? '';
}

/** Posts a training that waits, and once its delivery has failed asks for the same response again. @returns `last_error` */
async function lastErrorOf202(service: Program, experiment: string, key: string): Promise<Json> {
  const headers = { 'Idempotency-Key': key, Prefer: 'wait=0' };
  const { body } = await train(service, experiment, headers);
  const { id } = body.tracking.delivery;
  await expect.poll(async () => (await get(service, `/deliveries/${id}`)).last_error).not.toBeNull();
  const again = await train(service, experiment, headers);
  expect(again).toMatchObject({ status: 202, body: { tracking: { state: 'pending', delivery: { id } } } });
  return again.body.tracking.last_error;
}

async function countOf(service: Program, state: string): Promise<number> {
  return (await get(service, `/deliveries?state=${state}`)).deliveries.length;
}

describe.skipIf(mlflow === null)('an MLflow with passwords', () => {
  let server: StartedMlflow;
  beforeAll(async () => {
    server = await startMlflowWithPasswords();
  });
  afterAll(() => server?.stop());

  test('takes each training once, when the settings and the permissions are right at last', async () => {
    const spool = mkdtempSync(join(dir, 'spool-'));
    const experiment = 'Passwords';
    const { experiment_id: experimentId } = await mlflowPost(
      server.url,
      'mlflow/experiments/create',
      { name: experiment },
      ADMIN,
    );
    await mlflowPost(server.url, 'mlflow/users/create', BOB, ADMIN);
    const start = (user?: { readonly username: string; readonly password: string }) =>
      startService({
        MLFLOW_TRACKING_URI: server.url,
        SPOOL_DIR: spool,
        READY_EXPERIMENT: experiment,
        ...(user && { MLFLOW_TRACKING_USERNAME: user.username, MLFLOW_TRACKING_PASSWORD: user.password }),
      });
    const stages = [
      { key: 'none', user: undefined, says: /Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or/ },
      {
        key: 'wrong',
        user: { ...ADMIN, password: 'wrong' },
        says: /Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD\./,
      },
      { key: 'reads', user: BOB, says: /Give the user of MLFLOW_TRACKING_USERNAME the permission EDIT/ },
    ];
    let service: Program | undefined;
    for (const { key, user, says } of stages) {
      await service?.stop();
      service = await start(user);
      const started = service;
      await expect.poll(() => notReady(started), { message: key }).toMatch(says);
      expect(await lastErrorOf202(service, experiment, key)).toMatchObject({
        code: 'mlflow_refused',
        detail: expect.stringMatching(says),
      });
    }
    if (service === undefined) throw new Error('no service was started');
    expect(await countOf(service, 'pending')).toBe(stages.length);

    const grant = {
      username: BOB.username,
      resource_type: 'experiment',
      resource_id: experimentId,
      permission: 'EDIT',
    };
    await mlflowPost(server.url, '../3.0/mlflow/users/permissions/grant', grant, ADMIN);
    const running = service;
    await expect.poll(() => countOf(running, 'delivered')).toBe(stages.length);
    expect(await countOf(running, 'dead')).toBe(0);
    await expect.poll(() => mlflowCheck(running)).toEqual({ ok: true });
    const runs = await runsOf(server.url, experimentId, ADMIN);
    expect(runs.map(({ info }) => info.status)).toEqual(stages.map(() => 'FINISHED'));
  });
});

describe.skipIf(mlflow === null || !nginxAvailable || !opensslAvailable)('an MLflow behind TLS', () => {
  const authority = join(dir, 'authority.pem');
  let nginx: Nginx;
  let https: string;
  beforeAll(async () => {
    makeCertificates(authority);
    nginx = await startNginx(
      `location / { proxy_pass ${mlflow?.mlflow3}; proxy_set_header Host $host; client_max_body_size 0; }`,
      { certificate: join(dir, 'server.pem'), key: join(dir, 'server.key') },
    );
    https = nginx.url.replace('http:', 'https:');
  });
  afterAll(() => nginx?.stop());

  test('takes a training if MLFLOW_TRACKING_SERVER_CERT_PATH names the authority', async () => {
    const service = await startService({
      MLFLOW_TRACKING_URI: https,
      MLFLOW_TRACKING_SERVER_CERT_PATH: authority,
    });
    await expect.poll(() => mlflowCheck(service)).toEqual({ ok: true });
    expect(await train(service, 'TLS')).toMatchObject({
      status: 200,
      body: { tracking: { state: 'finished' } },
    });
  });

  test.each([
    ['the authority is not known', () => https, /Set MLFLOW_TRACKING_SERVER_CERT_PATH/],
    ['the address begins with http', () => nginx.url, /Write https:\/\/ in MLFLOW_TRACKING_URI/],
  ])('gets the training after the correction, if %s', async (name, address, says) => {
    const settings = { SPOOL_DIR: mkdtempSync(join(dir, 'spool-')) };
    const wrong = await startService({ MLFLOW_TRACKING_URI: address(), ...settings });
    await expect.poll(() => notReady(wrong)).toMatch(says);
    const { detail } = await lastErrorOf202(wrong, name, name);
    expect(detail).toMatch(says);
    await wrong.stop();

    const right = await startService({
      MLFLOW_TRACKING_URI: https,
      MLFLOW_TRACKING_SERVER_CERT_PATH: authority,
      ...settings,
    });
    await expect.poll(() => countOf(right, 'delivered')).toBe(1);
    const { experiment_id: experimentId } = await experimentOf(mlflow!.mlflow3, name);
    const runs = await runsOf(mlflow!.mlflow3, experimentId);
    expect(runs.map(({ info }) => info.status)).toEqual(['FINISHED']);
  });
});

/** An authority, and a certificate for 127.0.0.1 that the authority has signed. */
function makeCertificates(authority: string): void {
  const openssl = (...options: string[]) => execFileSync('openssl', options, { cwd: dir, stdio: 'pipe' });
  const newKey = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', name];
  const days = ['-days', '2'];
  openssl('req', '-x509', ...newKey('authority.key'), ...days, '-subj', '/CN=Authority', '-out', authority);
  openssl('req', ...newKey('server.key'), '-subj', '/CN=127.0.0.1', '-out', 'server.csr');
  writeFileSync(join(dir, 'server.ext'), 'subjectAltName = IP:127.0.0.1\n');
  const signed = ['-CA', authority, '-CAkey', 'authority.key', '-CAcreateserial', '-extfile', 'server.ext'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, ...days, '-out', 'server.pem');
}

test.skipIf(mlflow === null)('an MLflow 3 with --static-prefix takes a training', async () => {
  const server = await startMlflowWith(['--static-prefix', '/ml'], '/ml/health');
  onTestFinished(() => server.stop());
  const url = `${server.url}/ml`;
  const service = await startService({ MLFLOW_TRACKING_URI: url });
  await expect.poll(() => mlflowCheck(service)).toEqual({ ok: true });
  const { status, body } = await train(service, 'Prefix');
  expect(status).toBe(200);
  expect(body.run.url).toMatch(new RegExp(`^${url}/#/experiments/`));
  expect((await fetch(body.run.url)).status).toBe(200);
  const [run] = await runsOf(url, body.run.experiment_id);
  expect(run.info).toMatchObject({ run_id: body.run.id, status: 'FINISHED' });
  expect(await modelVersionsOf(url, body.model.name)).toHaveLength(1);
});

test.skipIf(mlflow === null)(
  'an experiment whose files are kept elsewhere is rejected before a training',
  async () => {
    const made = { name: 'Elsewhere', artifact_location: 's3://bucket/models' };
    const { experiment_id: experimentId } = await mlflowPost(
      mlflow!.mlflow3,
      'mlflow/experiments/create',
      made,
    );
    const service = await startService({
      MLFLOW_TRACKING_URI: mlflow!.mlflow3,
      READY_EXPERIMENT: made.name,
    });
    await expect
      .poll(() => notReady(service))
      .toMatch(/keeps its artifacts where only clients with direct access/);
    // A look at the experiment that takes longer than a second stops no training, so the test asks again.
    let answer: Json;
    const status = async () => {
      answer = await train(service, made.name, { Prefer: 'wait=0' });
      return answer.status;
    };
    await expect.poll(status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'artifacts_not_proxied', field: 'exp_name' });
    // A training that was computed would have its numbers here.
    expect(answer.body).not.toHaveProperty('accuracy');
    expect(await runsOf(mlflow!.mlflow3, experimentId)).toEqual([]);
    await service.stop();
  },
);
