import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrackingRefusedError } from '../../../src/errors.ts';
import { PATIENCE_MS, startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ wait: { defaultMs: PATIENCE_MS, maxMs: 1_000 } });
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

const post = () => request(service.server).post('/train').attach('train_file', DIABETES);
const entry = (index = 0) => service.desk.entries[index]!;
/** Sends a request now; supertest itself sends it only when somebody awaits it. */
const sent = (test: request.Test) => test.then((response) => response);

describe('while a delivery is pending', () => {
  it('answers 202 with all that is known, and where to follow the delivery', async () => {
    service.desk.isHeld = true;
    const response = await post()
      .field('registered_model', 'R')
      .set('Prefer', 'wait=0')
      .expect(202)
      .expect('Preference-Applied', 'wait=0');
    const { id, run } = entry();
    expect(response.headers['location']).toBe(`deliveries/${id}`);
    expect(response.headers).not.toHaveProperty('run-id');
    expect(Object.keys(response.body).slice(0, 4)).toEqual(['accuracy', 'entropy', 'precision', 'recall']);
    expect(response.body).toMatchObject({
      accuracy: 0.79,
      entropy: 0.48,
      precision: 0.81,
      recall: 0.59,
      run: { id: null, name: run.runName, url: null, experiment_id: null },
      model: { uri: null, name: 'R', version: null, url: null },
      tracking: { state: 'pending', delivery: { id, url: `deliveries/${id}` }, last_error: null },
      data: { rows: 768 },
      solver: { converged: true },
      warnings: [],
      timing_ms: { log: null },
    });
  });

  it.each([
    ['wait=0', '0'],
    ['return=minimal, wait=0', '0'],
    // Longer than the service allows.
    ['wait=100', '1'],
  ])('waits no longer than Prefer: %s', async (prefer, waited) => {
    service.desk.isHeld = true;
    const response = await post().set('Prefer', prefer).expect(202);
    expect(response.headers['preference-applied']).toContain(`wait=${waited}`);
  });

  it('says why, if the client waited and the last try failed', async () => {
    service.desk.isHeld = true;
    const answer = sent(post().set('Prefer', 'wait=1'));
    await expect.poll(() => service.desk.entries.length).toBe(1);
    service.desk.fail(entry().id, new TrackingRefusedError('mlflow_refused', 'Set a password.'));
    const { status, body } = await answer;
    expect([status, body.tracking.last_error]).toEqual([
      202,
      { code: 'mlflow_refused', detail: 'Set a password.' },
    ]);
  });

  it('answers 200 if MLflow has the run in time', async () => {
    service.desk.isHeld = true;
    const answer = sent(post());
    await expect.poll(() => service.desk.entries.length).toBe(1);
    service.desk.deliver(entry().id);
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers).not.toHaveProperty('location');
    expect(response.body).toMatchObject({
      run: { id: 'run1' },
      tracking: { state: 'finished', delivery: { id: entry().id }, last_error: null },
    });
    expect(response.body.timing_ms.log).toBeTypeOf('number');
  });

  it('answers waiting clients as soon as the service shuts down', async () => {
    const ending = await startTestService();
    try {
      ending.desk.isHeld = true;
      const answer = sent(request(ending.server).post('/train').attach('train_file', DIABETES));
      await expect.poll(() => ending.desk.entries.length).toBe(1);
      ending.underWay.close();
      ending.underWay.hurry();
      expect((await answer).status).toBe(202);
    } finally {
      await ending.close();
    }
  });
});

describe('/deliveries', () => {
  const get = (path: string) => request(service.server).get(path);

  it('lists pending and dead deliveries, or those of a state', async () => {
    await post().expect(200);
    service.desk.isHeld = true;
    await post().set('Prefer', 'wait=0').expect(202);
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'MLflow said no.');
    await post().expect(502);
    const [delivered, pending, dead] = service.desk.entries.map(({ id }) => id);
    const ids = async (query: string) =>
      (await get(`/deliveries${query}`).expect(200)).body.deliveries.map(({ id }: { id: string }) => id);
    expect(await ids('')).toEqual([pending, dead]);
    expect(await ids('?state=')).toEqual([pending, dead]);
    expect(await ids('?state=delivered')).toEqual([delivered]);
    expect(await ids('?state=pending')).toEqual([pending]);
    expect(await ids('?state=dead')).toEqual([dead]);
  });

  it('shows one delivery', async () => {
    await post().field({ exp_name: 'E', run_name: 'r', registered_model: 'R' }).expect(200);
    const { id, view } = entry();
    const { body } = await get(`/deliveries/${id}`).expect(200);
    expect(body).toEqual({
      id,
      url: `../deliveries/${id}`,
      state: 'delivered',
      accepted_at: new Date(view.acceptedAtMs).toISOString(),
      ended_at: new Date(view.endedAtMs!).toISOString(),
      age_s: expect.any(Number),
      attempts: 1,
      last_error: null,
      experiment: 'E',
      run: { id: 'run1', name: 'r', url: 'http://mlflow/#/experiments/1/runs/run1', experiment_id: '1' },
      model: {
        uri: 'runs:/run1/diabetes-model',
        name: 'R',
        version: '1',
        url: 'http://mlflow/#/models/R/versions/1',
      },
    });
  });

  it('retries a dead delivery, once', async () => {
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'MLflow said no.');
    await post().expect(502);
    const { id } = entry();
    const { body } = await get(`/deliveries/${id}`).expect(200);
    expect(body).toMatchObject({
      state: 'dead',
      last_error: { code: 'mlflow_refused', detail: 'MLflow said no.' },
      run: { id: null },
      model: null,
    });
    const retry = () => request(service.server).post(`/deliveries/${id}/retry`);
    const back = await retry().expect(202).expect('Location', `../../deliveries/${id}`);
    expect(back.body).toMatchObject({ id, state: 'pending', ended_at: null });
    expect((await retry().expect(409)).body.code).toBe('delivery_not_dead');
  });

  it.each<[string, 'get' | 'post' | 'delete' | 'put', string, number, string, object]>([
    ['an unknown id', 'get', '/deliveries/00000000-0000-4000-8000-000000000000', 404, 'no_such_delivery', {}],
    ['an invalid id', 'get', '/deliveries/..%2f..%2fpasswd', 404, 'no_such_delivery', {}],
    ['a retry of an unknown id', 'post', '/deliveries/x/retry', 404, 'no_such_delivery', {}],
    ['an unknown state', 'get', '/deliveries?state=lost', 422, 'invalid_state', { field: 'state' }],
    ['two states', 'get', '/deliveries?state=dead&state=pending', 422, 'invalid_state', { field: 'state' }],
    ['an unknown parameter', 'get', '/deliveries?limit=9', 422, 'unknown_parameter', { field: 'limit' }],
    [
      'a parameter for one delivery',
      'get',
      '/deliveries/x?state=dead',
      422,
      'unknown_parameter',
      { field: 'state' },
    ],
    ['POST to the list', 'post', '/deliveries', 405, 'method_not_allowed', { allowed: ['GET', 'HEAD'] }],
    [
      'DELETE of one delivery',
      'delete',
      '/deliveries/x',
      405,
      'method_not_allowed',
      { allowed: ['GET', 'HEAD'] },
    ],
    ['GET of a retry', 'get', '/deliveries/x/retry', 405, 'method_not_allowed', { allowed: ['POST'] }],
  ])('%s', async (_name, method, path, status, code, details) => {
    const response = await request(service.server)[method](path);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ status, code, ...details });
    if (status === 405) expect(response.headers['allow']).toBe(response.body.allowed.join(', '));
  });
});
