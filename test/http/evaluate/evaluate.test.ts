import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { FieldError, TrackingRefusedError, UnavailableError } from '../../../src/errors.ts';
import type { ReadyModel } from '../../../src/models/port.ts';
import { createPredictor } from '../../../src/models/predictor.ts';
import { chosenOf, type Result } from '../../../src/values/result.ts';
import { descriptionOf } from '../../support/evaluation.ts';
import { planFor } from '../../support/plans.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const line = (i: number) => `${(i * 7) % 11},t${i % 3},${(i * 5) % 13 > 5 ? 1 : 0}`;
const csv = (from: number, to: number, header = 'a,b,y') =>
  `${header}\n${Array.from({ length: to - from }, (_, i) => `${line(from + i)}\n`).join('')}`;
const TRAIN = csv(0, 60);
const TEST = csv(60, 90);
const URI = 'models:/people@champion';

let loads: string[] = [];
/** As if MLflow did not answer, if a test sets it. */
let aliasAgeMs: number | undefined;
let trained: Result;
let service: TestService;
beforeAll(async () => {
  const plan = await planFor({});
  const bytes = (text: string) => new TextEncoder().encode(text);
  trained = await runCsv(bytes(TRAIN), { ...plan, evaluation: { holdout: { by: 'file' } } }, {}, bytes(TEST));
  const description = descriptionOf(trained);
  const predictor = createPredictor(description);
  const load = async (uri: string): Promise<ReadyModel> => {
    loads.push(uri);
    if (uri !== URI) {
      throw new FieldError('model_not_found', `MLflow has no model ${uri}.`, { field: 'model', value: uri });
    }
    const place = { uri, name: 'people', version: '3', runId: 'r', modelId: 'm-1' };
    return { model: { place, description }, predictor, ...(aliasAgeMs !== undefined && { aliasAgeMs }) };
  };
  service = await startTestService({ models: { load } });
});
afterAll(() => service.close());
beforeEach(() => {
  loads = [];
  aliasAgeMs = undefined;
  service.desk.reset();
});

const post = (fields: object = {}, file: string = TEST) =>
  request(service.server)
    .post('/evaluate')
    .field({ model: URI, ...fields })
    .attach('test_file', Buffer.from(file), 'later.csv');

async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => service.uploads()).toEqual([]);
  await expect.poll(() => service.engine.memory().promisedBytes).toBe(0);
}

describe('POST /evaluate', () => {
  it('gives the test metrics of the training, without training', async () => {
    const { body } = await post({ exp_name: 'E', run_name: 'R' }).expect(200).expect('Run-Id', 'run1');
    const { metrics, rows } = chosenOf(trained).test;
    expect(body).toMatchObject({
      metrics: { test: metrics },
      intervals: trained.intervals,
      accuracy: Math.round(metrics.accuracy_score * 100) / 100,
      model: { uri: URI, name: 'people', version: '3', run_id: 'r', id: 'm-1' },
      data: { rows, columns: 3, target: 'y', digest: trained.testData?.digest },
      experiment: { name: 'E' },
      run: { id: 'run1', name: 'R' },
      tracking: { state: 'finished', last_error: null },
    });
    expect(body.drift.map(({ column }: { column: string }) => column)).toEqual(['a', 'b']);
    expect(Object.keys(body.timing_ms)).toEqual([
      'upload',
      'parse',
      'drift',
      'evaluate',
      'intervals',
      'log',
      'total',
    ]);
    for (const key of ['solver', 'settings', 'cv', 'threshold']) expect(body).not.toHaveProperty(key);
    expect(body.metrics).not.toHaveProperty('train');
    await expectNothingLeft();
  });

  it('logs a run whose metrics belong to the model and the file', async () => {
    await post({
      tags: 'team=a',
      metrics: 'cost = 5*fn + fp',
      sep: ',',
      user: 'ann',
      git_commit: 'c0ffee',
    }).expect(200);
    const [{ run }] = service.desk.evaluations as [(typeof service.desk.evaluations)[0]];
    const { metrics, confusion } = chosenOf(trained).test;
    expect(run).toMatchObject({
      experimentName: 'Default',
      runName: expect.stringMatching(/^Evaluate-Run-\w{3}-/),
      tags: { team: 'a' },
      user: 'ann',
      gitCommit: 'c0ffee',
      params: {
        model_uri: URI,
        model_version: '3',
        target: 'y',
        positive: '1',
        metrics: 'cost = 5*fn + fp',
        sep: ',',
      },
      fileName: 'later.csv',
      modelId: 'm-1',
      data: { rows: 30, digest: trained.testData?.digest, target: 'y' },
    });
    expect(run.test).toEqual({ ...metrics, cost: 5 * confusion!.fn + confusion!.fp });
    expect(run.note).toContain(`The model \`${URI}\` (version 3) on \`later.csv\`: 30 rows`);
    expect(run.note).toContain('| a | ');
  });

  it.each([{}, { dry_run: 'true' }, { gate: 'recall > 1' }])(
    'says how old the alias is while MLflow is away: %j',
    async (fields) => {
      const header = async () => (await post(fields)).headers['trainpost-model-age'];
      expect(await header()).toBeUndefined();
      aliasAgeMs = 12_400;
      expect(await header()).toBe('12');
    },
  );

  it('logs nothing with dry_run, and needs no MLflow to log to', async () => {
    service.desk.roomError = new UnavailableError('spool_full', 'Full.');
    const { body } = await post({ dry_run: 'true' }).expect(200);
    expect(body.metrics.test).toEqual(chosenOf(trained).test.metrics);
    for (const key of ['run', 'experiment', 'tracking']) expect(body).not.toHaveProperty(key);
    expect(service.desk.evaluations).toEqual([]);
    await expectNothingLeft();
  });

  it('says which columns have drifted', async () => {
    const moved = TEST.replaceAll(/^(\d+),t/gm, (_, a) => `${Number(a) + 20},t`);
    const { body } = await post({}, moved).expect(200);
    expect(body.drift).toMatchObject([
      { column: 'a', warning: true },
      { column: 'b', warning: false },
    ]);
    expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'drifted_column', column: 'a' }));
    expect(service.desk.evaluations[0]?.run.warnings).toContain('drifted_column');
  });

  it.each([
    ['passed', 'accuracy >= 0 and low(accuracy) < 1', 200],
    ['failed', 'accuracy > 1', 422],
    ['passed', 'warn: cost < 0', 200],
  ] as const)('answers gates that have %s: %s', async (state, gate, status) => {
    const fields = { gate, metrics: 'cost = 5*fn + fp' };
    const { body } = await post(fields).expect(status).expect('X-Gate', state);
    expect(body).toMatchObject({ gate: { state, gates: [{ expression: gate }] }, run: { id: 'run1' } });
    expect(body.code).toBe(state === 'failed' ? 'gate_failed' : undefined);
    expect(body.metrics.test).toMatchObject(chosenOf(trained).test.metrics);
    const [{ run }] = service.desk.evaluations as [(typeof service.desk.evaluations)[0]];
    expect(run.gate).toBe(state);
    expect(run.warnings.includes('gate_warned')).toBe(gate.startsWith('warn:'));
    const dry = await post({ ...fields, dry_run: 'true' })
      .expect(status)
      .expect('X-Gate', state);
    expect(dry.body.gate).toEqual(body.gate);
    expect(service.desk.evaluations).toHaveLength(1);
  });

  it.each(['champion.recall > 0', 'not worse(recall)', 'train.recall > 0'])(
    'knows no champion and no training rows: %s',
    async (gate) => {
      const { body } = await post({ gate }).expect(422);
      expect(body).toMatchObject({ field: 'gate' });
      expect(body.code).not.toBe('gate_failed');
    },
  );

  it('takes the labels of another column, in a file with other columns', async () => {
    const renamed = csv(60, 90, 'a,b,label');
    const { body } = await post({ target: 'label' }, renamed).expect(200);
    expect(body.data.target).toBe('label');
    expect(body.metrics.test).toEqual(chosenOf(trained).test.metrics);
  });
});

describe('the answer is made from the record', () => {
  it('the same Idempotency-Key gets the same response, and one run', async () => {
    const first = await post({ exp_name: 'E' }).set('Idempotency-Key', 'k').expect(200);
    expect(loads).toHaveLength(1);
    const again = await post({ exp_name: 'E' })
      .set('Idempotency-Key', 'k')
      .expect(200)
      .expect('Idempotency-Replayed', 'true');
    expect(again.body).toEqual(first.body);
    expect(service.desk.evaluations).toHaveLength(1);
    expect(loads).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ['another field', { exp_name: 'F' }, TEST],
    ['another file', {}, csv(60, 89)],
  ])('the same key with %s is an error', async (_name, fields, file) => {
    await post().set('Idempotency-Key', 'k').expect(200);
    const { body } = await post(fields, file).set('Idempotency-Key', 'k').expect(422);
    expect(body.code).toBe('idempotency_key_reused');
  });

  it('the key of a training is not that of an evaluation', async () => {
    await post().set('Idempotency-Key', 'k').expect(200);
    const { body } = await request(service.server)
      .post('/train')
      .set('Idempotency-Key', 'k')
      .attach('train_file', Buffer.from(TEST), 'later.csv')
      .expect(422);
    expect(body.code).toBe('idempotency_key_reused');
  });

  it('is 202 while the run is pending, and can be followed', async () => {
    service.desk.isHeld = true;
    const { body, headers } = await post().set('Prefer', 'wait=0').expect(202);
    const [{ id }] = service.desk.evaluations as [(typeof service.desk.evaluations)[0]];
    expect(headers).toMatchObject({ location: `deliveries/${id}`, 'preference-applied': 'wait=0' });
    expect(body).toMatchObject({ run: { id: null }, tracking: { state: 'pending' } });
    service.desk.deliver(id);
    const delivery = await request(service.server).get(`/deliveries/${id}`).expect(200);
    expect(delivery.body).toMatchObject({ state: 'delivered', model: null, run: { id: 'run1' } });
  });

  it('is a problem with all metrics if MLflow refuses the run', async () => {
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'No.');
    const { body } = await post().expect(502);
    expect(body).toMatchObject({
      code: 'mlflow_refused',
      metrics: { test: chosenOf(trained).test.metrics },
    });
  });
});

describe('a request that cannot be answered', () => {
  const named = (name: string, file: string) =>
    request(service.server).post('/evaluate').field({ model: URI }).attach(name, Buffer.from(file), 'x.csv');

  it.each<[string, () => request.Test, number, object]>([
    [
      'without a model',
      () => request(service.server).post('/evaluate').attach('test_file', Buffer.from(TEST), 'x.csv'),
      422,
      { code: 'missing_model', field: 'model' },
    ],
    [
      'without a file',
      () => request(service.server).post('/evaluate').field({ model: URI }),
      422,
      { code: 'missing_file', field: 'test_file' },
    ],
    ['with the file in another field', () => named('train_file', TEST), 422, { code: 'unexpected_file' }],
    ['with an empty file', () => named('test_file', ''), 422, { code: 'empty_file', field: 'test_file' }],
    [
      'with a field of trainings only',
      () => post({ iterations: '100' }),
      422,
      { code: 'unknown_field', field: 'iterations' },
    ],
    ['with a bad metric', () => post({ metrics: 'cost' }), 422, { code: 'invalid_metric', field: 'metrics' }],
    [
      'with a model that MLflow does not have',
      () => post({ model: 'models:/x/1' }),
      422,
      { code: 'model_not_found', field: 'model', value: 'models:/x/1' },
    ],
    [
      'with an unknown positive label',
      () => post({ positive: '7' }),
      422,
      { code: 'unknown_positive', field: 'positive' },
    ],
    [
      'with an unknown class',
      () => post({}, TEST.replace(/1\n/, '5\n')),
      422,
      { code: 'unknown_class', file: 'test_file', row: 2, line: 3, column: 'y', value: '5' },
    ],
    [
      'without a feature',
      () => post({}, TEST.replace('a,', 'other,')),
      422,
      { code: 'missing_column', file: 'test_file', column: 'a' },
    ],
    [
      'with a file that is no table',
      () => post({}, '<!DOCTYPE html><html><body>No</body></html>'),
      415,
      { file: 'test_file' },
    ],
    [
      'as JSON',
      () => request(service.server).post('/evaluate').send({ model: URI }),
      415,
      { code: 'not_multipart', detail: expect.stringContaining('test_file=@data.csv') },
    ],
    [
      'with a query',
      () => request(service.server).post('/evaluate?model=x'),
      422,
      { code: 'unknown_parameter', field: 'model' },
    ],
    ['by GET', () => request(service.server).get('/evaluate'), 405, { code: 'method_not_allowed' }],
  ])('%s', async (_name, send, status, problem) => {
    const { body, status: actual } = await send();
    expect(body).toMatchObject(problem);
    expect(actual).toBe(status);
    expect(service.desk.evaluations).toEqual([]);
    await expectNothingLeft();
  });

  it('is refused before the model is loaded if nothing can be kept', async () => {
    service.desk.roomError = new UnavailableError('spool_full', 'Full.');
    const { body } = await post().expect(503);
    expect(body.code).toBe('spool_full');
    expect(loads).toEqual([]);
  });
});

describe('a promotion', () => {
  const fields = { registered_model: 'people', alias: 'best' };

  it('moves the alias to the version that was measured', async () => {
    const { body } = await post({ ...fields, gate: 'f1 >= 0' }).expect(200);
    expect(body.promotion).toEqual({
      name: 'people',
      alias: 'best',
      version: '3',
      url: 'http://mlflow/#/models/people/versions/3',
    });
    expect(service.desk.evaluations[0]?.run.promotion).toEqual({
      registeredModelName: 'people',
      alias: 'best',
      version: '3',
      runId: 'r',
      modelId: 'm-1',
    });
  });

  it('leaves the version open for another registered model', async () => {
    await post({ ...fields, registered_model: 'others', gate: 'warn: f1 > 1' }).expect(200);
    const promotion = service.desk.evaluations[0]?.run.promotion;
    expect(promotion).toEqual({ registeredModelName: 'others', alias: 'best', runId: 'r', modelId: 'm-1' });
  });

  it('has no version while MLflow is away', async () => {
    service.desk.isHeld = true;
    const asked = post({ ...fields, gate: 'f1 >= 0' }).set('Prefer', 'wait=0');
    const { body } = await asked.expect(202);
    expect(body.promotion).toMatchObject({ version: null, url: null });
  });

  it('moves nothing if a gate fails, or in a dry run', async () => {
    const nothing = { name: 'people', alias: 'best', version: null, url: null };
    const failed = await post({ ...fields, gate: 'f1 > 1' }).expect(422);
    expect(failed.body).toMatchObject({ code: 'gate_failed', promotion: nothing });
    expect(failed.body.detail).toContain('no alias moves');
    expect(service.desk.evaluations[0]?.run).not.toHaveProperty('promotion');
    const dry = await post({ ...fields, gate: 'f1 >= 0', dry_run: 'true' }).expect(200);
    expect(dry.body.promotion).toEqual(nothing);
    expect(service.desk.evaluations).toHaveLength(1);
  });

  it('is not in an answer without alias', async () => {
    const { body } = await post({ gate: 'f1 >= 0' }).expect(200);
    expect(body).not.toHaveProperty('promotion');
  });
});
