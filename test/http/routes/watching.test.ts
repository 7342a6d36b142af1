import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../../src/observability/readiness.ts';
import { byLabel, faultsOf, readExposition, readingOf } from '../../support/exposition.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');

let mlflow: Check = () => undefined;
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ checks: { disk: () => undefined, mlflow: () => mlflow() } });
});
afterAll(() => service.close());

const get = (path: string) => request(service.server).get(path);
const train = () => request(service.server).post('/train').attach('train_file', DIABETES);
const metrics = async () => readExposition((await get('/metrics').expect(200)).text);

describe('GET /health/live', () => {
  it('answers even if MLflow does not', async () => {
    mlflow = () => ({ reason: 'MLflow is away.' });
    await get('/health/live').expect(200, { live: true }).expect('Cache-Control', 'no-store');
    await request(service.server).head('/health/live').expect(200);
    await request(service.server).post('/health/live').expect(405).expect('Allow', 'GET, HEAD');
  });
});

describe('GET /health/ready', () => {
  it.each<[string, Check, string, number, object]>([
    [
      'all checks pass',
      () => undefined,
      '',
      200,
      { ready: true, checks: { disk: { ok: true }, mlflow: { ok: true } } },
    ],
    [
      'MLflow is away',
      () => ({ reason: 'MLflow is away.' }),
      '',
      503,
      { ready: false, checks: { disk: { ok: true }, mlflow: { ok: false, reason: 'MLflow is away.' } } },
    ],
    [
      'MLflow is away, and the probe excludes it',
      () => ({ reason: 'MLflow is away.' }),
      '?exclude=mlflow',
      200,
      { ready: true, checks: { disk: { ok: true } } },
    ],
    ['all checks are excluded', () => undefined, '?exclude=mlflow,disk', 200, { ready: true, checks: {} }],
    [
      'all checks are excluded in two parameters',
      () => undefined,
      '?exclude=mlflow&exclude=disk',
      200,
      { ready: true, checks: {} },
    ],
    [
      'a check fails',
      () => Promise.reject(new Error('/a/path')),
      '',
      503,
      { checks: { mlflow: { reason: 'The check failed; the log says why.' } } },
    ],
    [
      'an unknown check',
      () => undefined,
      '?exclude=mlfow',
      422,
      { code: 'unknown_check', field: 'exclude', value: 'mlfow', allowed: ['disk', 'mlflow'] },
    ],
    [
      'an unknown parameter',
      () => undefined,
      '?excluded=mlflow',
      422,
      { code: 'unknown_parameter', field: 'excluded', allowed: ['exclude'] },
    ],
  ])('%s', async (_name, check, query, status, body) => {
    mlflow = check;
    const response = await get(`/health/ready${query}`).expect(status);
    expect(response.body).toMatchObject(body);
    expect(response.text).not.toContain('/a/path');
    if (status !== 422) expect(response.get('Cache-Control')).toBe('no-store');
  });
});

describe('GET /metrics', () => {
  it('is in the format that Prometheus reads', async () => {
    mlflow = () => ({ reason: 'MLflow is away.' });
    const response = await get('/metrics').expect(200);
    expect(response.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = readExposition(response.text);
    expect(faultsOf(families)).toEqual([]);
    expect(byLabel(families, 'trainpost_check_ok', 'check')).toEqual({ disk: 1, mlflow: 0 });
    expect(byLabel(families, 'trainpost_threads', 'kind')).toEqual({ training: 1, reading: 1 });
  });

  it('counts a training, and the time of each of its stages', async () => {
    const before = await metrics();
    await train().expect(200);
    await train().field('dry_run', 'true').expect(200);
    await train().field('tol', '-1').expect(422);
    const after = await metrics();
    const grown = (name: string, labels: Record<string, string>) =>
      (readingOf(after, name, labels) ?? 0) - (readingOf(before, name, labels) ?? 0);
    const ofTrain = { route: '/train', method: 'POST' };
    expect(grown('trainpost_http_requests_total', { ...ofTrain, status: '200' })).toBe(2);
    expect(grown('trainpost_http_requests_total', { ...ofTrain, status: '422' })).toBe(1);
    expect(grown('trainpost_http_request_duration_seconds_count', ofTrain)).toBe(3);
    for (const stage of ['upload', 'parse', 'split', 'fit', 'evaluate', 'log']) {
      expect(grown('trainpost_training_stage_duration_seconds_count', { stage }), stage).toBe(1);
    }
    expect(readingOf(after, 'trainpost_trainings_under_way')).toBe(0);
    expect(readingOf(after, 'trainpost_uploads_under_way')).toBe(0);
  });

  it('counts an upload while it arrives, and as aborted when its client disconnects', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /train HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n--b\r\n',
    );
    await expect.poll(async () => readingOf(await metrics(), 'trainpost_uploads_under_way')).toBe(1);
    const aborted = { route: '/train', method: 'POST', status: 'aborted' };
    expect(readingOf(await metrics(), 'trainpost_http_requests_total', aborted)).toBeUndefined();
    // A reset. After an ordinary end, the service would answer the incomplete form.
    socket.resetAndDestroy();
    const found = async () => {
      const families = await metrics();
      return [
        readingOf(families, 'trainpost_uploads_under_way'),
        readingOf(families, 'trainpost_http_requests_total', aborted),
      ];
    };
    await expect.poll(found).toEqual([0, 1]);
  });

  it('gets no new series from made-up paths, methods and queries', async () => {
    const ask = async (round: string) => {
      for (let k = 0; k < 30; k++) {
        await get(`/${round}-${k}?a=${k}`).expect(404);
        await get(`/train/${round}${k}`).expect(404);
        await get(`/health/ready?exclude=${round}${k}`).expect(422);
      }
      for (const method of ['PROPFIND', 'MKCOL', 'PURGE', 'LINK', 'LOCK']) {
        await fetch(`${service.url}/train`, { method });
        await fetch(`${service.url}/${round}`, { method });
      }
      const samples = [...(await metrics()).values()].flatMap((family) => family.samples);
      return samples.filter(({ name }) => name.startsWith('trainpost_http_')).map(({ labels }) => labels);
    };
    const before = await ask('a');
    const after = await ask('b');
    expect(after.length).toBe(before.length);
    expect([...new Set(after.map(({ route }) => route))].sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      '/train',
      'none',
    ]);
    expect(new Set(after.map(({ method }) => method))).toContain('other');
    expect(after.map(({ method }) => method)).not.toContain('PURGE');
  });
});

describe('the log', () => {
  it.each([
    ['/health/live', undefined],
    ['/metrics', undefined],
    ['/health/ready', undefined],
    ['/health/ready?exclude=nothing', 'warn'],
    ['/test', 'info'],
  ])('has for GET %s a line of level %s', async (path, level) => {
    mlflow = () => ({ reason: 'MLflow is away.' });
    service.lines.length = 0;
    await get(path);
    // The next request is logged in any case, and lines keep their order.
    await get('/nothing');
    await expect.poll(() => service.lines.map((line) => line['path'])).toContain('/nothing');
    const levels = { 30: 'info', 40: 'warn', 50: 'error' } as Record<number, string>;
    const line = service.lines.find((one) => one['path'] === path.split('?')[0]);
    expect(line && levels[line['level'] as number]).toBe(level);
  });
});
