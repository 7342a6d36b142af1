import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { type Service, startService } from '../../src/service.ts';
import { THREAD } from '../support/service.ts';
import { StandInMlflow } from '../support/standInMlflow.ts';

const DIABETES = new Blob([
  new Uint8Array(readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'))),
]);
const LOG = { logger: pino({ level: 'silent' }), say: () => {} };

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
type Json = any;

let dir: string;
let mlflow: StandInMlflow;
let services: Service[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'trainpost-durable-'));
  mlflow = await StandInMlflow.start();
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.stop();
  await mlflow.down();
  rmSync(dir, { recursive: true });
});

/** Starts the whole service in this process, on the spool that the service before left. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const config = readConfig({
    PORT: '0',
    MLFLOW_TRACKING_URI: mlflow.url,
    TEMP_DIR: join(dir, 'temp'),
    SPOOL_DIR: join(dir, 'spool'),
    SPOOL_DISK_FREE_PERCENT_MIN: '0',
    DELIVERY_QUARANTINE_MS: '100',
    MLFLOW_CALL_TIMEOUT_MS: '600000',
    MLFLOW_WAIT_MS: '600000',
    SHUTDOWN_GRACE_MS: '10000',
    TRAINING_THREADS: '1',
    TRAINING_HELPERS: '1',
    ...env,
  });
  const service = await startService(config, LOG, THREAD);
  services.push(service);
  return service;
}

async function train(
  { url }: Service,
  headers: Readonly<Record<string, string>> = {},
  fields: Readonly<Record<string, string>> = {},
) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ exp_name: 'Durable', ...fields })) form.set(name, value);
  form.set('train_file', DIABETES, 'diabetes.csv');
  const response = await fetch(`${url}/train`, { method: 'POST', body: form, headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

const ASYNC = { Prefer: 'wait=0' };
const get = async ({ url }: Service, path: string): Promise<Json> => (await fetch(`${url}${path}`)).json();
const statuses = () => [...mlflow.store.runs.values()].map(({ info }) => info.status);

function untilDelivered(service: Service, id: string) {
  return expect
    .poll(async () => (await get(service, `/deliveries/${id}`)).state, { interval: 20 })
    .toBe('delivered');
}

describe('a training that was accepted while MLflow was away', () => {
  it('is there once and whole when MLflow is back', async () => {
    await mlflow.down();
    const service = await start();
    const key = { 'Idempotency-Key': 'one' };
    const { status, body } = await train(service, { ...ASYNC, ...key });
    expect(status).toBe(202);
    expect(body).toMatchObject({ accuracy: 0.79, tracking: { state: 'pending' } });
    await mlflow.up();
    await untilDelivered(service, body.tracking.delivery.id);
    expect(statuses()).toEqual(['FINISHED']);
    const again = await train(service, key);
    expect(again.status).toBe(200);
    const { run } = await get(service, `/deliveries/${body.tracking.delivery.id}`);
    expect(again.body.run).toEqual(run);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(statuses()).toEqual(['FINISHED']);
  });

  it('is delivered by the next process, which knows it by its key', async () => {
    await mlflow.down();
    const key = { 'Idempotency-Key': 'one' };
    const first = await start();
    const { body } = await train(first, { ...ASYNC, ...key });
    await first.stop();
    const second = await start();
    const pending = await train(second, { ...ASYNC, ...key });
    expect(pending.status).toBe(202);
    expect(pending.body).toEqual(body);
    expect((await train(second, key, { tol: '2' })).body.code).toBe('idempotency_key_reused');
    await mlflow.up();
    await untilDelivered(second, body.tracking.delivery.id);
    await second.stop();
    const third = await start();
    expect((await train(third, key)).status).toBe(200);
    expect(statuses()).toEqual(['FINISHED']);
  });
});

describe('a run that MLflow refuses for good', () => {
  it('is a dead letter, and is delivered once the cause is fixed and a person puts it back', async () => {
    const service = await start();
    await train(service);
    mlflow.store.deleteExperiment({ experiment_id: '1' });
    const key = { 'Idempotency-Key': 'one' };
    const { status, body } = await train(service, key);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'experiment_deleted', field: 'exp_name' });
    const { id, url } = body.delivery;
    expect(await get(service, '/deliveries')).toMatchObject({
      deliveries: [{ id, state: 'dead', last_error: { code: 'experiment_deleted' } }],
    });
    mlflow.store.restoreExperiment({ experiment_id: '1' });
    expect((await fetch(new URL(`${url}/retry`, `${service.url}/`), { method: 'POST' })).status).toBe(202);
    await untilDelivered(service, id);
    expect((await train(service, key)).status).toBe(200);
    expect(statuses()).toEqual(['FINISHED', 'FINISHED']);
  });
});

describe('a full spool', () => {
  it('is reported with 503 and Retry-After, and takes trainings again once it has space', async () => {
    await mlflow.down();
    const service = await start({ SPOOL_RECORDS_MAX: '1' });
    const { body } = await train(service, ASYNC);
    const full = await train(service, { ...ASYNC, 'Idempotency-Key': 'one' });
    expect(full.status).toBe(503);
    expect(full.body).toMatchObject({ code: 'spool_full', limit: 1 });
    expect(Number(full.headers.get('Retry-After'))).toBeGreaterThan(0);
    await mlflow.up();
    await untilDelivered(service, body.tracking.delivery.id);
    // The key is free again.
    expect((await train(service, { 'Idempotency-Key': 'one' })).status).toBe(200);
  });
});

describe('a service that is stopped', () => {
  it('answers clients that wait for MLflow, ends their deliveries, and delivers each once after the next start', async () => {
    const first = await start({ SHUTDOWN_GRACE_MS: '1000' });
    mlflow.faultOf = ({ name }) => (name === 'logged-models' ? 'silent' : undefined);
    const answer = train(first);
    await expect.poll(() => mlflow.calls.some(({ name }) => name === 'logged-models')).toBe(true);
    await first.stop();
    const { status, body } = await answer;
    expect(status).toBe(202);
    mlflow.faultOf = () => undefined;
    const second = await start();
    await untilDelivered(second, body.tracking.delivery.id);
    expect(statuses()).toEqual(['FINISHED']);
  });
});
