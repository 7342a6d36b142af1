import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';
import { Bench } from '../../tracking/delivery/bench.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/records/v1');
const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');

describe.each(['mlflow3', 'mlflow2'])('a receipt of version 1 (%s)', (folder) => {
  const answer = JSON.parse(readFileSync(join(FIXTURES, folder, 'answer.json'), 'utf8'));
  let bench: Bench;
  let service: TestService;
  beforeAll(async () => {
    const leftBehind = {
      spool: join(FIXTURES, folder, 'spool'),
      mlflow: join(FIXTURES, folder, 'mlflow.json'),
    };
    bench = await Bench.open({ leftBehind });
    service = await startTestService({ deliveries: bench.deliveries });
  });
  afterAll(async () => {
    await service.close();
    await bench[Symbol.asyncDispose]();
  });

  const post = (fields: object) =>
    request(service.server)
      .post('/train')
      .set('Idempotency-Key', answer.key)
      .field({ ...fields })
      .attach('train_file', DIABETES);

  it('answers its Idempotency-Key as version 1 did', async () => {
    const response = await post(answer.fields)
      .expect(200)
      .expect('Idempotency-Replayed', 'true')
      .expect('Run-Id', answer.runId);
    // Version 1 answered with a path. The address is now relative to that of the request.
    const { delivery } = answer.body.tracking;
    const tracking = {
      ...answer.body.tracking,
      delivery: { ...delivery, url: delivery.url.slice(1) },
      last_error: null,
    };
    // Version 1 did not name the experiment, and its records do not hold the experiment's address.
    const experiment = { id: answer.body.run.experiment_id, name: 'Version 1', url: null };
    expect(response.body).toEqual({ ...answer.body, experiment, tracking });
    const keys = Object.keys(response.body).filter((key) => key !== 'experiment');
    expect(keys).toEqual(Object.keys(answer.body));
  });

  it('knows another training by its fields', async () => {
    const response = await post({ ...answer.fields, tol: '2' }).expect(422);
    expect(response.body.code).toBe('idempotency_key_reused');
  });

  it('is shown as delivered, and the dead letter with its reason', async () => {
    const { id } = answer.body.tracking.delivery;
    const { body } = await request(service.server).get(`/deliveries/${id}`).expect(200);
    expect(body).toMatchObject({
      state: 'delivered',
      experiment: 'Version 1',
      run: answer.body.run,
      model: answer.body.model,
      attempts: 1,
      last_error: null,
    });
    const dead = await request(service.server).get('/deliveries?state=dead').expect(200);
    expect(dead.body.deliveries).toMatchObject([
      {
        state: 'dead',
        run: { id: expect.stringMatching(/^[\da-f]{32}$/), name: 'refused' },
        last_error: { code: 'mlflow_refused' },
      },
    ]);
  });
});

describe.each(['pending', 'dead', 'delivered'] as const)('a %s record of a later version', (state) => {
  const key = 'a key of a later version';
  let bench: Bench;
  let id: string;
  let service: TestService;
  beforeAll(async () => {
    const digest = createHash('sha256').update(key).digest('hex');
    [bench, id] = await Bench.withRecord({ tree: { version: 3 }, answer: {} }, state, digest);
    service = await startTestService({ deliveries: bench.deliveries });
  });
  afterAll(async () => {
    await service.close();
    await bench[Symbol.asyncDispose]();
  });
  const reason = { code: 'record_version', detail: expect.stringMatching(/version 3.*versions 1 and 2/) };

  it('is listed with the reason', async () => {
    const { body } = await request(service.server).get(`/deliveries?state=${state}`).expect(200);
    expect(body.deliveries).toMatchObject([
      { id, state, experiment: '', run: { id: null, name: '' }, model: null, last_error: reason },
    ]);
  });

  it('does not answer its Idempotency-Key, and nothing is trained', async () => {
    const response = await request(service.server)
      .post('/train')
      .set('Idempotency-Key', key)
      .attach('train_file', DIABETES)
      .expect(503);
    expect(response.body).toMatchObject(reason);
    expect(bench.spool.stats().pending).toBe(state === 'pending' ? 1 : 0);
  });

  it('is not retried', async () => {
    const response = await request(service.server).post(`/deliveries/${id}/retry`);
    if (state === 'dead') expect(response.body).toMatchObject({ status: 503, ...reason });
    else expect(response.body).toMatchObject({ status: 409, code: 'delivery_not_dead' });
  });
});
