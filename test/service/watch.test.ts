import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { type Service, startService } from '../../src/service.ts';
import { byLabel, faultsOf, readExposition, readingOf } from '../support/exposition.ts';
import { unusedPort } from '../support/mlflowServer.ts';
import { PATIENCE_MS, THREAD } from '../support/service.ts';
import { type StandInFault, StandInMlflow } from '../support/standInMlflow.ts';

interface Watched {
  readonly service: Service;
  readonly tempDir: string;
  readonly spoolDir: string;
  readonly lines: Record<string, unknown>[];
}

const started: Service[] = [];
const standIns: Server[] = [];
const dirs: string[] = [];
afterAll(async () => {
  await Promise.all(started.map((service) => service.stop()));
  for (const server of standIns) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

/** Starts the whole service with a stand-in for MLflow. */
async function start(trackingUri: string, env: Record<string, string> = {}): Promise<Watched> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-watch-'));
  dirs.push(dir);
  const [tempDir, spoolDir] = [join(dir, 'temp'), join(dir, 'spool')];
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const config = readConfig({
    PORT: '0',
    MLFLOW_TRACKING_URI: trackingUri,
    TEMP_DIR: tempDir,
    SPOOL_DIR: spoolDir,
    SPOOL_DISK_FREE_PERCENT_MIN: '0',
    TRAINING_THREADS: '1',
    TRAINING_HELPERS: '1',
    ...env,
  });
  const service = await startService(config, { logger: pino(sink), say: () => undefined }, THREAD);
  started.push(service);
  return { service, tempDir, spoolDir, lines };
}

async function standIn(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  standIns.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const SET_CREDENTIALS =
  'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.';

interface Report {
  readonly ready: boolean;
  readonly checks: Record<string, { readonly ok: boolean; readonly reason?: string }>;
}

async function get({ service }: Watched, path: string): Promise<string> {
  return (await fetch(`${service.url}${path}`)).text();
}

async function ready(
  { service }: Watched,
  query = '',
): Promise<{ status: number; report: Report; text: string }> {
  const response = await fetch(`${service.url}/health/ready${query}`);
  const text = await response.text();
  return { status: response.status, report: JSON.parse(text) as Report, text };
}

/** Waits until the threads have started. */
const warm = (watched: Watched) =>
  vi.waitFor(
    async () => expect((await ready(watched)).report.checks['threads']).toEqual({ ok: true }),
    PATIENCE_MS,
  );

describe('GET /health/ready of the whole service', () => {
  let server: StandInMlflow;
  let mlflow: string;
  let healthy: Watched;
  beforeAll(async () => {
    server = await StandInMlflow.start();
    mlflow = server.url;
    healthy = await start(mlflow);
    await warm(healthy);
  });
  afterAll(() => server.down());

  it('is 200 if everything works', async () => {
    const all = {
      status: 200,
      report: {
        ready: true,
        checks: {
          running: { ok: true },
          threads: { ok: true },
          disk: { ok: true },
          spool: { ok: true },
          mlflow: { ok: true },
        },
      },
    };
    await expect.poll(() => ready(healthy)).toMatchObject(all);
  });

  it('asks MLflow once for many probes', async () => {
    // An answer is kept for 2 s, and time stands still.
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked = () => server.calls.filter(({ name }) => name === 'experiments/get-by-name').length;
    const before = asked();
    await Promise.all(Array.from({ length: 50 }, () => ready(healthy)));
    expect(asked() - before).toBeLessThanOrEqual(1);
  });

  it.each<[string, () => Promise<string>, string]>([
    [
      'is not there',
      async () => `http://127.0.0.1:${await unusedPort()}`,
      'MLflow cannot be reached (ECONNREFUSED): is it running, and is MLFLOW_TRACKING_URI right?',
    ],
    [
      'answers 500',
      () => standIn((_request, response) => response.writeHead(500).end('/srv/secret')),
      'MLflow failed at version (500): its log says why.',
    ],
    [
      'answers 403',
      () => standIn((_request, response) => response.writeHead(403).end('/srv/secret')),
      `MLflow refused version (403). ${SET_CREDENTIALS}`,
    ],
    ['never answers', () => standIn(() => undefined), 'MLflow did not answer version within 2 s.'],
    [
      'is another page',
      () => standIn((_request, response) => response.end('<html>/srv/secret')),
      'MLFLOW_TRACKING_URI leads to a server that is not MLflow: correct the address and its path.',
    ],
  ])('is 503 if MLflow %s, and 200 for a client that excludes mlflow', async (_name, uri, reason) => {
    const trackingUri = await uri();
    const watched = await start(trackingUri);
    await warm(watched);
    const checks = {
      disk: { ok: true },
      mlflow: { ok: false, reason },
    };
    await expect.poll(() => ready(watched)).toMatchObject({ status: 503, report: { ready: false, checks } });
    const { text } = await ready(watched);
    // Anybody may ask, and must see neither the address of MLflow nor its answer.
    expect(text).not.toContain(new URL(trackingUri).port);
    expect(text).not.toContain('secret');
    const others = () => ready(watched, '?exclude=mlflow');
    await expect.poll(others).toMatchObject({ status: 200, report: { ready: true } });
    const said = watched.lines.filter((line) => line['check'] === 'mlflow');
    expect(said).toHaveLength(1);
    expect(said[0]?.['cause']).toMatch(/MLflow/);
  });

  it.each<[string, string, StandInFault, env: Record<string, string>, reason: string]>([
    [
      'the API needs a password, and /version and /health do not',
      'experiments/get-by-name',
      { status: 401, text: 'You are not authenticated. secret' },
      {},
      `MLflow refused experiments/get-by-name (401). ${SET_CREDENTIALS}`,
    ],
    [
      'the user may not write to the experiment',
      'runs/create',
      { status: 403, text: 'Permission denied secret' },
      { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'p', READY_EXPERIMENT: 'Secret 7' },
      'MLflow refused runs/create (403). Give the user of MLFLOW_TRACKING_USERNAME the permission EDIT for the experiment and the registered model.',
    ],
    [
      'the server serves no artifacts',
      '/api/2.0/mlflow-artifacts/artifacts',
      { status: 503, text: 'Endpoint disabled due to `--no-serve-artifacts` secret' },
      {},
      'The MLflow server serves no artifacts: start it with --artifacts-destination, and without --no-serve-artifacts.',
    ],
  ])('is 503 if %s, and the same reason is in every place', async (_name, call, fault, env, reason) => {
    const refusing = await StandInMlflow.start({
      faultOf: ({ name }) => (name === call ? fault : undefined),
    });
    refusing.store.createExperiment({ name: 'Secret 7' });
    const watched = await start(refusing.url, { MLFLOW_WAIT_MS: '600000', ...env });
    await warm(watched);
    const checks = { mlflow: { ok: false, reason } };
    await expect.poll(() => ready(watched)).toMatchObject({ status: 503, report: { checks } });
    expect((await ready(watched)).text).not.toMatch(/secret/i);

    if (call !== '/api/2.0/mlflow-artifacts/artifacts') {
      const form = new FormData();
      form.set('train_file', new Blob(['a,Outcome\n1,0\n2,1\n3,0\n4,1\n']), 'small.csv');
      const fields = { test_size: '2', stratify: 'true', exp_name: env['READY_EXPERIMENT'] ?? 'New' };
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      const headers = { Prefer: 'wait=2' };
      const posted = await fetch(`${watched.service.url}/train`, { method: 'POST', body: form, headers });
      const { tracking } = (await posted.json()) as { tracking: { last_error: unknown } };
      const lastError = {
        code: 'mlflow_refused',
        detail: expect.stringContaining(reason.slice(reason.indexOf(').') + 2)),
      };
      expect(posted.status).toBe(202);
      expect(tracking).toMatchObject({ state: 'pending', last_error: lastError });
      const { deliveries } = JSON.parse(await get(watched, '/deliveries'));
      expect(deliveries).toMatchObject([{ state: 'pending', last_error: lastError }]);
      const retried = watched.lines.find(({ msg }) => msg === 'not delivered yet, and tried again');
      expect(retried).toMatchObject({ code: 'mlflow_refused', reason });
    }
    await watched.service.stop();
    await refusing.down();
  });

  it.each<[string, (watched: Watched) => string, string, string]>([
    [
      'uploads',
      ({ tempDir }) => tempDir,
      'disk',
      'The folder for uploads cannot be written to; the log says why.',
    ],
    ['the spool', ({ spoolDir }) => spoolDir, 'spool', 'The spool cannot be written to; the log says why.'],
    [
      'new files of the spool',
      ({ spoolDir }) => join(spoolDir, 'incoming'),
      'spool',
      'The spool cannot be written to; the log says why.',
    ],
  ])('is 503 if the folder for %s is gone', async (_name, folderOf, check, reason) => {
    const watched = await start(mlflow);
    const folder = folderOf(watched);
    rmSync(folder, { recursive: true });
    await warm(watched);
    const checks = { [check]: { ok: false, reason } };
    await expect.poll(() => ready(watched)).toMatchObject({ status: 503, report: { checks } });
    expect((await ready(watched)).text).not.toContain(folder);
    const said = watched.lines.filter((line) => line['check'] === check);
    expect(JSON.stringify(said[0]?.['err'])).toContain('ENOENT');
  });

  it('is 503 if another process has taken over the spool, and names no path', async () => {
    const watched = await start(mlflow);
    await warm(watched);
    for (const name of readdirSync(watched.spoolDir)) {
      if (name.startsWith('claim-')) rmSync(join(watched.spoolDir, name));
    }
    // The service notices at the next heartbeat.
    await expect.poll(async () => (await ready(watched)).status).toBe(503);
    const { report, text } = await ready(watched);
    expect(report.checks['spool']).toEqual({
      ok: false,
      reason: 'The spool cannot be written to; the log says why.',
    });
    expect(text).not.toContain(watched.spoolDir);
    const said = watched.lines.filter((line) => line['check'] === 'spool');
    expect(said[0]?.['err']).toMatchObject({ code: 'spool_lost' });
  });

  it('is 503 while the service stops and a client waits for an answer, and the service is still live', async () => {
    const watched = await start(mlflow);
    await warm(watched);
    const { port } = new URL(watched.service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /train HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n',
    );
    socket.write('Content-Length: 9999\r\n\r\n--b\r\n');
    const uploads = async () =>
      readingOf(readExposition(await get(watched, '/metrics')), 'trainpost_uploads_under_way');
    await expect.poll(uploads).toBe(1);
    const stopped = watched.service.stop();
    const { status, report } = await ready(watched);
    expect(status).toBe(503);
    expect(report.checks['running']).toEqual({ ok: false, reason: 'The service is stopping.' });
    expect(await get(watched, '/health/live')).toBe('{"live":true}');
    socket.resetAndDestroy();
    await stopped;
  });

  it('is 503 while the spool is full, and the metrics count records and deliveries', async () => {
    const mlflow = await StandInMlflow.start();
    await mlflow.down();
    const watched = await start(mlflow.url, { SPOOL_RECORDS_MAX: '1', MLFLOW_WAIT_MS: '0' });
    await warm(watched);
    const form = new FormData();
    form.set('train_file', new Blob(['a,Outcome\n1,0\n2,1\n3,0\n4,1\n']), 'small.csv');
    form.set('test_size', '2');
    form.set('stratify', 'true');
    const posted = await fetch(`${watched.service.url}/train`, { method: 'POST', body: form });
    expect(posted.status).toBe(202);

    const families = readExposition(await get(watched, '/metrics'));
    expect(faultsOf(families)).toEqual([]);
    expect(byLabel(families, 'trainpost_spool_records', 'state')).toEqual({ pending: 1, dead: 0 });
    expect(readingOf(families, 'trainpost_spool_bytes')).toBeGreaterThan(1_000);
    expect(readingOf(families, 'trainpost_deliveries_total', { outcome: 'delivered' })).toBe(0);
    const stages = 'trainpost_training_stage_duration_seconds_count';
    expect(readingOf(families, stages, { stage: 'fit' })).toBe(1);
    // The time of this stage is not known yet.
    expect(readingOf(families, stages, { stage: 'log' })).toBeUndefined();
    await expect
      .poll(() => ready(watched, '?exclude=mlflow'))
      .toMatchObject({
        status: 503,
        report: { checks: { spool: { reason: expect.stringContaining('(SPOOL_RECORDS_MAX)') } } },
      });

    await mlflow.up();
    const later = async () => {
      const families = readExposition(await get(watched, '/metrics'));
      return {
        records: byLabel(families, 'trainpost_spool_records', 'state'),
        oldestAge: readingOf(families, 'trainpost_spool_oldest_age_seconds'),
        deliveries: byLabel(families, 'trainpost_deliveries_total', 'outcome'),
      };
    };
    await expect.poll(later).toEqual({
      records: { pending: 0, dead: 0 },
      oldestAge: 0,
      deliveries: { delivered: 1, dead: 0, retried: expect.any(Number), doubles_removed: 0 },
    });
    await watched.service.stop();
    await mlflow.down();
  });

  it('has metrics of its checks and of the process', async () => {
    const families = readExposition(await (await fetch(`${healthy.service.url}/metrics`)).text());
    expect(faultsOf(families)).toEqual([]);
    expect(byLabel(families, 'trainpost_check_ok', 'check')).toEqual({
      running: 1,
      threads: 1,
      disk: 1,
      spool: 1,
      mlflow: 1,
    });
    expect(readingOf(families, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(readingOf(families, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(readingOf(families, 'trainpost_build_info', { node_version: process.versions.node })).toBe(1);
  });
});
