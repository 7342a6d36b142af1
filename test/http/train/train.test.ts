import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BusyError, StorageError, TrackingRefusedError, UnavailableError } from '../../../src/errors.ts';
import { classifierOf } from '../../../src/tracking/modelFiles/onnx.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const SMALL = `a,b,Outcome\n${Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 11},${i % 3 === 0 ? 1 : 0}`).join('\n')}\n`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());
beforeEach(() => {
  service.desk.reset();
});

const post = () => request(service.server).post('/train');
const csv = (text: string | Buffer, fileName = 'data.csv') =>
  post().attach('train_file', Buffer.from(text), fileName);

describe("the original's call", () => {
  it("returns scikit-learn's four numbers, and where to find the run and the model", async () => {
    const response = await post()
      .attach('train_file', DIABETES)
      .field({ tol: '1.0', iterations: '100', exp_name: 'Diabetes' })
      .expect(200)
      .expect('Run-Id', 'run1');
    expect(response.body).toMatchObject({
      // The numbers of the reference, computed by scikit-learn 1.9.1.
      accuracy: 0.79,
      entropy: 0.48,
      precision: 0.81,
      recall: 0.59,
      run: { id: 'run1', experiment_id: '1' },
      model: { uri: 'runs:/run1/diabetes-model', version: '1' },
      data: { rows: 768, columns: 9, target: 'Outcome', train_rows: 537, test_rows: 231 },
      solver: { name: 'lbfgs', iterations: 9, converged: true },
      warnings: [],
    });
    expect(Object.keys(response.body).slice(0, 4)).toEqual(['accuracy', 'entropy', 'precision', 'recall']);
    expect(response.body.metrics.test.accuracy_score).toBeCloseTo(183 / 231, 12);
    expect(Object.keys(response.body.timing_ms)).toEqual([
      'upload',
      'parse',
      'split',
      'fit',
      'evaluate',
      'intervals',
      'log',
      'total',
    ]);
  });

  it('gives the names that the original gave', async () => {
    await post()
      .attach('train_file', DIABETES)
      .field({ tol: '1.0', iterations: '100', exp_name: 'Dia:betes/1' })
      .expect(200);
    const { run } = service.desk.entries[0]!;
    expect(run.experimentName).toBe('Dia:betes/1');
    expect(run.runName).toMatch(/^Train-Run-[A-Z][a-z]{2}-[A-Z][a-z]{2}-[-\d]\d-\d\d:\d\d:\d\d-\d{4}$/);
    expect(run.modelName).toBe('diabetes-model');
    expect(run.registeredModelName).toMatch(
      /^Dia\.betes\.1_Train-Run-.*\d\d\.\d\d\.\d\d-\d{4}_[A-Z].*\d{4}$/,
    );
  });

  it('accepts fields before and after the file', async () => {
    await post().field('tol', '1').attach('train_file', DIABETES).field('iterations', '5').expect(200);
    expect(classifierOf(service.desk.entries[0]!.pipeline.steps).params).toMatchObject({ C: 1, maxIter: 5 });
  });

  it('leaves nothing in the folder for uploads', async () => {
    await post().attach('train_file', DIABETES).expect(200);
    await csv('a,b\n1\n').expect(422);
    expect(service.uploads()).toEqual([]);
  });

  it('answers GET /test', async () => {
    await request(service.server).get('/test').expect(200, { response: 'Hello World' });
  });
});

describe('fields', () => {
  it('reach the fit and the run', async () => {
    const response = await csv(`id,${SMALL.replaceAll('\n', '\nx,').slice(0, -2)}`)
      .field({
        C: '0.5',
        max_iter: '7',
        target: 'Outcome',
        positive: '0',
        ignore: 'id',
        test_size: '10',
        random_state: '7',
        stratify: 'true',
        solver: 'newton-cholesky',
        class_weight: 'balanced',
        run_name: 'my run',
        model_name: 'm',
        registered_model: 'R',
        alias: 'champion',
        tags: 'team=core',
      })
      .expect(200);
    const { pipeline, run } = service.desk.entries[0]!;
    expect(classifierOf(pipeline.steps).params).toMatchObject({
      C: 0.5,
      maxIter: 7,
      solver: 'newton-cholesky',
      classWeight: 'balanced',
    });
    expect(run).toMatchObject({
      runName: 'my run',
      modelName: 'm',
      registeredModelName: 'R',
      alias: 'champion',
      tags: { team: 'core' },
    });
    expect(run.dataset.features.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(response.body.data).toMatchObject({ train_rows: 30, test_rows: 10 });
  });

  it('trains on more than two classes and on text classes', async () => {
    const text = `a,b,kind\n${Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 13},${['low', 'mid', 'high'][Math.floor(i / 20)]}`).join('\n')}`;
    const response = await csv(text).expect(200);
    expect(response.body.data.target).toBe('kind');
    expect(classifierOf(service.desk.entries[0]!.pipeline.steps).fitted).toMatchObject({
      classes: ['high', 'low', 'mid'],
    });
  });

  it('warns that C has no effect on gradient descent', async () => {
    const response = await csv(SMALL).field({ solver: 'gradient-descent', iterations: '50' }).expect(200);
    expect(response.body.warnings.map(({ code }: { code: string }) => code)).toContain('c_without_effect');
  });

  it('warns if the solver does not converge, and of constant columns', async () => {
    const constant = SMALL.replace('a,b', 'a,b,c').replaceAll(/,(\d)\n/g, ',5,$1\n');
    const response = await csv(constant).field({ iterations: '1' }).expect(200);
    const codes = response.body.warnings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['not_converged', 'constant_column']));
    expect(response.body.solver.converged).toBe(false);
  });

  it('warns of a column that is text because of its decimal signs, as a dry run does', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${i % 9}.5;${i},5;${(i * 7) % 11},5;${i % 3 === 0 ? 1 : 0}`,
    );
    const text = `a;b;c;Outcome\n${rows.join('\n')}\n`;
    const message = expect.stringContaining('"a" was read as text');
    const warning = { code: 'mixed_decimal_signs', message, column: 'a' };
    const trained = await csv(text).expect(200);
    expect(trained.body.warnings).toContainEqual(warning);
    const dry = await csv(text).field('dry_run', 'true').expect(200);
    expect(dry.body.warnings).toContainEqual(warning);
  });

  it('keeps a file name in UTF-8, and makes the model name from its stem', async () => {
    await csv(SMALL, 'Größe "α".v2.csv').expect(200);
    const { run } = service.desk.entries[0]!;
    expect(run.fileName).toBe('Größe "α".v2.csv');
    expect(run.modelName).toBe('Größe-α-v2-model');
  });
});

describe('problems', () => {
  const two = (rows: string) => `a,Outcome\n${rows}`;
  it.each<[string, () => request.Test, number, string, object]>([
    ['no file', () => post().field('tol', '1'), 422, 'missing_file', { field: 'train_file' }],
    ['an empty file', () => csv(''), 422, 'empty_file', { field: 'train_file' }],
    [
      'no .csv',
      () => csv(SMALL, 'data.xlsx'),
      415,
      'not_a_csv_name',
      { field: 'train_file', value: 'data.xlsx' },
    ],
    ['a picture', () => csv(Buffer.from('89504e470d0a1a0a0000', 'hex')), 415, 'not_a_table', {}],
    ['no rows', () => csv('a,Outcome\n'), 422, 'no_rows', {}],
    ['a ragged row', () => csv(two('1,0\n2\n')), 422, 'ragged_row', { row: 2 }],
    ['one class', () => csv(two('1,0\n2,0\n')), 422, 'one_class', { column: 'Outcome' }],
    [
      'one class among the training rows',
      () => csv(two('1,0\n2,0\n3,0\n4,0\n5,1\n')).field('random_state', '0').field('test_size', '4'),
      422,
      'one_class_in_training',
      {},
    ],
    [
      'a missing value',
      () => csv(two('1,0\n,1\n')),
      422,
      'missing_value',
      { row: 2, column: 'a', value: '' },
    ],
    [
      'text in a numeric column',
      () => csv(two('1,0\nx,1\n')),
      422,
      'not_a_number',
      { row: 2, column: 'a', value: 'x' },
    ],
    ['a continuous target', () => csv(two('1,0.5\n2,1\n')), 422, 'continuous_target', { column: 'Outcome' }],
    ['too few rows to split', () => csv(two('1,0\n')), 422, 'one_class', {}],
    [
      'a test part that leaves no rows',
      () => csv(two('1,0\n2,1\n')).field('test_size', '2'),
      422,
      'test_size_too_large',
      {},
    ],
    [
      'an unknown target',
      () => csv(SMALL).field('target', 'z'),
      422,
      'unknown_target',
      { field: 'target', value: 'z' },
    ],
    [
      'an unknown label',
      () => csv(SMALL).field('positive', '7'),
      422,
      'unknown_positive',
      { field: 'positive', allowed: ['0', '1'] },
    ],
    ['a wrong tol', () => csv(SMALL).field('tol', 'abc'), 422, 'invalid_tol', { field: 'tol', value: 'abc' }],
    [
      'wrong iterations',
      () => csv(SMALL).field('iterations', '0'),
      422,
      'invalid_iterations',
      { field: 'iterations' },
    ],
    ['an unknown field', () => csv(SMALL).field('folds', '5'), 422, 'unknown_field', { field: 'folds' }],
    [
      'a field in the query',
      () => request(service.server).post('/train?tol=1').attach('train_file', DIABETES),
      422,
      'unknown_parameter',
      { field: 'tol' },
    ],
    [
      'two files',
      () => csv(SMALL).attach('train_file', Buffer.from(SMALL), 'b.csv'),
      422,
      'unexpected_file',
      { field: 'train_file' },
    ],
    [
      'a file in another field',
      () => post().attach('other', Buffer.from(SMALL), 'b.csv'),
      422,
      'unexpected_file',
      { field: 'other' },
    ],
    [
      'a value that is too long',
      () => csv(SMALL).field('exp_name', 'x'.repeat(5000)),
      400,
      'field_value_too_long',
      {},
    ],
    ['a nested field name', () => csv(SMALL).field('tags[a][b]', 'x'), 400, 'malformed_multipart', {}],
    ['a urlencoded form', () => post().type('form').send({ tol: 1 }), 415, 'not_multipart', {}],
    ['a bare body', () => post().type('text/csv').send(SMALL), 415, 'not_multipart', {}],
    ['no body', () => post(), 415, 'not_multipart', {}],
    [
      'an incomplete form',
      () =>
        post()
          .type('multipart/form-data; boundary=x')
          .send('--x\r\nContent-Disposition: form-data; name="tol"\r\n\r\n1'),
      400,
      'malformed_multipart',
      {},
    ],
    [
      'a form without a boundary',
      () => post().set('Content-Type', 'multipart/form-data').send('x'),
      400,
      'malformed_multipart',
      {},
    ],
    ['an unknown route', () => request(service.server).get('/nothing'), 404, 'no_such_route', {}],
    [
      'GET /train',
      () => request(service.server).get('/train'),
      405,
      'method_not_allowed',
      { allowed: ['POST'] },
    ],
    [
      'POST /test',
      () => request(service.server).post('/test'),
      405,
      'method_not_allowed',
      { allowed: ['GET', 'HEAD'] },
    ],
  ])('%s', async (_name, call, status, code, details) => {
    const response = await call();
    expect(response.body).toMatchObject({ status, code, ...details });
    expect(response.status).toBe(status);
    expect(response.type).toBe('application/problem+json');
    expect(Object.keys(response.body)).toEqual(
      expect.arrayContaining(['type', 'title', 'detail', 'instance']),
    );
    expect(response.body.detail).not.toMatch(/\/tmp|node_modules|at .*\.ts/);
    expect(service.desk.entries).toEqual([]);
    expect(service.uploads()).toEqual([]);
  });

  it.each<[string, () => request.Test, string]>([
    ['a field', () => csv(SMALL).field('tol', 'x'.repeat(4_000)), 'tol'],
    ['a cell', () => csv(`a,Outcome\n1,0\n${'x'.repeat(60_000)},1\n2,1\n`), 'Row 2'],
  ])('repeat only the beginning of a long value: %s', async (_name, call, says) => {
    const { body } = await call();
    expect(body.value).toBe(`${'x'.repeat(200)}…`);
    expect(body.detail).toContain(says);
    const dry = await call().field('dry_run', 'true');
    expect(dry.body.problem?.value ?? dry.body.value).toBe(body.value);
  });

  it.each<[TrackingRefusedError, number, Record<string, string>]>([
    [new TrackingRefusedError('mlflow_refused', 'MLflow said no.', { runId: 'r9' }), 502, { 'run-id': 'r9' }],
    [new TrackingRefusedError('experiment_deleted', 'It is deleted.', { field: 'exp_name' }), 422, {}],
  ])("MLflow's %s gets %d and the delivery that keeps the training", async (error, status, headers) => {
    service.desk.refuseWith = error;
    const response = await csv(SMALL);
    const { id } = service.desk.entries[0]!;
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({
      code: error.code,
      detail: error.message,
      delivery: { id, url: `deliveries/${id}` },
      // Everything that was computed.
      accuracy: expect.any(Number),
      metrics: { test: { log_loss: expect.any(Number) } },
      solver: { converged: true },
      tracking: { state: 'dead', last_error: { code: error.code, detail: error.message } },
    });
    expect(response.body.run_id).toBe(error.details.runId);
    expect(response.headers).toMatchObject(headers);
  });

  it.each([
    ['experiment_deleted', 422],
    ['artifacts_not_proxied', 422],
  ])(
    'an experiment that takes no runs is reported before the training computes: %s',
    async (code, status) => {
      service.desk.experimentError = new TrackingRefusedError(code, 'No.', { field: 'exp_name' });
      const before = service.engine.counts();
      const response = await csv(SMALL);
      expect([response.status, response.body.code, response.body.field]).toEqual([status, code, 'exp_name']);
      expect(response.body).not.toHaveProperty('delivery');
      expect(service.engine.counts()).toEqual(before);
      expect(service.desk.entries).toEqual([]);
    },
  );

  it.each<[Error, number, string, Record<string, string>]>([
    [
      new UnavailableError('spool_full', 'Too many.', { retryAfterS: 5 }),
      503,
      'spool_full',
      { 'retry-after': '5' },
    ],
    [new StorageError('disk_full', 'No room.'), 507, 'disk_full', {}],
    [new StorageError('record_damaged', 'This record is damaged.'), 500, 'record_damaged', {}],
    [new BusyError('queue_full', 'Busy.', { retryAfterS: 1 }), 429, 'queue_full', { 'retry-after': '1' }],
    [new Error('secret detail'), 500, 'internal_error', {}],
  ])('%s gets %d', async (error, status, code, headers) => {
    service.desk.failWith = error;
    const response = await csv(SMALL);
    expect(response.status).toBe(status);
    expect(response.body.code).toBe(code);
    expect(response.headers).toMatchObject(headers);
    expect(JSON.stringify(response.body)).not.toContain('secret');
    expect(service.uploads()).toEqual([]);
  });

  it('answers 405 with the allowed methods', async () => {
    await request(service.server).delete('/train').expect(405).expect('Allow', 'POST');
  });
});

describe('a file over the limit', () => {
  it('is 413', async () => {
    const small = await startTestService({ fileBytesMax: 1000 });
    try {
      const response = await request(small.server).post('/train').attach('train_file', DIABETES);
      expect(response.body).toMatchObject({ status: 413, code: 'file_too_large', limit: 1000 });
      expect(small.uploads()).toEqual([]);
    } finally {
      await small.close();
    }
  });
});

describe('a training that could not be kept', () => {
  it('is rejected before it computes, and leaves no upload', async () => {
    service.desk.roomError = new UnavailableError('spool_full', 'Too many wait.', { retryAfterS: 5 });
    // The file has a fault, which a fit would find.
    const response = await csv('a,Outcome\n1,0.5\n2,1\n').expect(503).expect('Retry-After', '5');
    expect(response.body.code).toBe('spool_full');
    expect(service.uploads()).toEqual([]);
    await request(service.server).get('/test').expect(200);
  });
});

describe('a client that asks before it sends (Expect: 100-continue)', () => {
  const raw = async (contentType: string, length: number): Promise<string> => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write(
      `POST /train HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n`,
    );
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return chunk.toString().split('\r\n', 1)[0]!;
  };

  it('gets 100 Continue, or an error before it has sent its body', async () => {
    expect(await raw('multipart/form-data; boundary=x', 100)).toBe('HTTP/1.1 100 Continue');
    expect(await raw('multipart/form-data; boundary=x', 1_000_000_000)).toBe(
      'HTTP/1.1 413 Payload Too Large',
    );
    expect(await raw('text/csv', 100)).toBe('HTTP/1.1 415 Unsupported Media Type');
  });
});

describe('a client that disconnects in the middle of its upload', () => {
  it('leaves no file', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /train HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n' +
        '--x\r\nContent-Disposition: form-data; name="train_file"; filename="a.csv"\r\n\r\na,Outcome\n1,0\n',
    );
    await expect.poll(() => service.uploads().length).toBe(1);
    socket.destroy();
    await expect.poll(() => service.uploads()).toEqual([]);
  });
});

describe('the log', () => {
  it('has one line for each request, with id, duration, rows and run id, and without content', async () => {
    service.lines.length = 0;
    const response = await csv(SMALL).field('exp_name', 'topsecret').expect(200);
    await expect.poll(() => service.lines.length).toBe(1);
    const line = service.lines[0]!;
    expect(line).toMatchObject({
      method: 'POST',
      path: '/train',
      status: 200,
      rows: 40,
      run_id: 'run1',
      id: response.headers['request-id'],
    });
    expect(line['ms']).toBeTypeOf('number');
    expect(JSON.stringify(line)).not.toMatch(/topsecret|data\.csv/);
  });

  it('has the cause of an internal error, which the response does not have', async () => {
    service.lines.length = 0;
    service.desk.failWith = new Error('what really happened');
    await csv(SMALL).expect(500);
    await expect.poll(() => service.lines.length).toBe(1);
    expect(service.lines[0]).toMatchObject({ status: 500, code: 'internal_error', level: 50 });
    expect(service.lines[0]?.['cause']).toContain('what really happened');
  });
});
