import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, headOf, multipart, open, type Part, requestOf } from '../../support/rawUpload.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const line = (i: number) => `${(i * 7) % 11},t${i % 3},${(i * 5) % 13 > 5 ? 1 : 0}`;
const lines = (from: number, to: number, end = '') =>
  Array.from({ length: to - from }, (_, i) => `${line(from + i)}${end}\n`).join('');
const TRAIN = `a,b,y\n${lines(0, 60)}`;
const TEST = `a,b,y\n${lines(60, 90)}`;
/** The same rows in one file. */
const ONE = `a,b,y,part\n${lines(0, 60, ',train')}${lines(60, 90, ',test')}`;

const train: Part = { name: 'train_file', fileName: 'people.csv', value: TRAIN };
const test: Part = { name: 'test_file', fileName: 'later.csv', value: TEST };

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

async function post(parts: readonly Part[], on = service) {
  const socket = await open(on.url);
  try {
    socket.write(requestOf(multipart(parts)));
    return await answerOf(socket);
  } finally {
    socket.destroy();
  }
}

const fields = (given: Readonly<Record<string, string>>): Part[] =>
  Object.entries(given).map(([name, value]) => ({ name, value }));

/** MLflow's digest of a data set is the beginning of the file's. */
const digestOf = ({ value }: Part) => createHash('sha256').update(value).digest('hex').slice(0, 32);

async function expectNothingLeft(on = service): Promise<void> {
  await expect.poll(() => on.uploads()).toEqual([]);
  await expect.poll(() => on.engine.memory().promisedBytes).toBe(0);
}

describe('a training with test_file', () => {
  it.each<[string, readonly Part[]]>([
    ['behind train_file', [train, test]],
    [
      'before train_file, with fields around',
      [...fields({ tol: '1' }), test, ...fields({ iterations: '100' }), train],
    ],
    ['without a name', [{ name: 'test_file', value: TEST }, train]],
  ])('%s has the metrics of one file whose column splits', async (_name, parts) => {
    const { status, body } = await post(parts);
    const one = await post([{ ...train, value: ONE }, ...fields({ split: 'column:part', target: 'y' })]);
    expect([status, one.status]).toEqual([200, 200]);
    expect(body['metrics']).toEqual(one.body['metrics']);
    expect(body['data']).toMatchObject({
      rows: 60,
      columns: 3,
      train_rows: 60,
      test_rows: 30,
      test_file: { rows: 30, columns: 3, digest: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(one.body['data']).not.toHaveProperty('test_file');
    await expectNothingLeft();
  });

  it('is tracked with both files, and without params that mean nothing', async () => {
    await post([test, train]);
    const [{ run }] = service.desk.entries as [(typeof service.desk.entries)[0]];
    expect(run).toMatchObject({
      fileName: 'people.csv',
      dataset: { rows: 60 },
      parts: [
        { context: 'train', rows: 60 },
        { context: 'test', rows: 30, digest: digestOf(test), file: { fileName: 'later.csv', rows: 30 } },
      ],
      note: expect.stringContaining('60 rows to train on, 30 to test on (from `later.csv`)'),
    });
    expect(run.parts[0]).not.toHaveProperty('file');
    expect(run.extraParams).not.toHaveProperty('test_size');
    expect(run.extraParams).not.toHaveProperty('random_state');
    await post([train]);
    expect(service.desk.entries[1]?.run.parts.map((part) => 'file' in part)).toEqual([false, false]);
  });

  it('takes an empty part for no test file, as a browser sends it', async () => {
    const { status, body } = await post([train, { name: 'test_file', fileName: '', value: '' }]);
    expect(status).toBe(200);
    expect(body['data']).toMatchObject({ train_rows: 42, test_rows: 18 });
  });
});

describe('a dry run with test_file', () => {
  const dryRun = (parts: readonly Part[]) => post([...fields({ dry_run: 'true', cv: '3' }), ...parts]);

  it('shows both parts', async () => {
    const { status, body } = await dryRun([test, train]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      would_train: true,
      data: { rows: 60, columns: 3, test_file: { rows: 30, columns: 3 } },
      split: { by: 'file', train_rows: 60, test_rows: 30, dropped_rows: 0 },
    });
    const one = await post([
      { ...train, value: ONE },
      ...fields({ dry_run: 'true', split: 'column:part', target: 'y' }),
    ]);
    const parts = ({ classes }: Record<string, unknown>) =>
      (classes as Record<string, number>[]).map(({ label, train_rows, test_rows }) => ({
        label,
        train_rows,
        test_rows,
      }));
    expect(parts(body)).toEqual(parts(one.body));
    await expectNothingLeft();
  });

  it('counts dropped rows of both files', async () => {
    const gaps = { ...test, value: `${TEST},x,1\n3,,0\n1,t1,\n` };
    const { body } = await dryRun([
      ...fields({ missing: 'drop' }),
      { ...train, value: `${TRAIN},t0,7\n` },
      gaps,
    ]);
    expect(body['split']).toMatchObject({ train_rows: 60, test_rows: 30, dropped_rows: 4 });
    expect(body['data']).toMatchObject({ rows: 61, test_file: { rows: 33 } });
    const counts = (body['classes'] as Record<string, number>[]).map((one) => one['test_rows']!);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  it('says what is wrong with the test file', async () => {
    const { status, body } = await dryRun([train, { ...test, value: 'a,y\n1,0\n' }]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      would_train: false,
      problem: { code: 'missing_column', file: 'test_file', row: 0, column: 'b' },
      split: null,
    });
  });
});

describe('test_file is rejected', () => {
  it.each<[string, readonly Part[], number, object]>([
    ['without train_file', [test], 422, { code: 'missing_file', field: 'train_file' }],
    [
      'without bytes',
      [train, { ...test, value: '' }],
      422,
      { code: 'empty_file', field: 'test_file', value: 'later.csv' },
    ],
    [
      'as the name of a file',
      [train, { name: 'test_file', value: 'later.csv' }],
      422,
      { code: 'missing_file', field: 'test_file', value: 'later.csv' },
    ],
    [
      'with the name of a workbook',
      [train, { ...test, fileName: 'later.xlsx' }],
      415,
      { code: 'not_a_csv_name', field: 'test_file' },
    ],
    [
      'if it is no table',
      [{ ...test, value: '%PDF-1.7\n' }, train],
      415,
      { code: 'not_a_table', file: 'test_file' },
    ],
    [
      'with a ragged row',
      [{ ...test, value: `${TEST}1\n` }, train],
      422,
      { code: 'ragged_row', file: 'test_file', row: 31 },
    ],
    [
      'with an unknown class',
      [train, { ...test, value: `${TEST}1,t1,7\n` }],
      422,
      { code: 'class_only_in_test', file: 'test_file', row: 31, column: 'y', value: '7' },
    ],
    [
      'with text for a number',
      [train, { ...test, value: `${TEST}n,t1,1\n` }],
      422,
      { code: 'not_a_number', file: 'test_file', row: 31, column: 'a', value: 'n' },
    ],
    [
      'beside test_size',
      [train, test, ...fields({ test_size: '0.3' })],
      422,
      { code: 'idle_field', field: 'test_size' },
    ],
    [
      'beside stratify',
      [train, test, ...fields({ stratify: 'true' })],
      422,
      { code: 'idle_field', field: 'stratify' },
    ],
    [
      'beside split',
      [train, test, ...fields({ split: 'random' })],
      422,
      { code: 'idle_field', field: 'split' },
    ],
    [
      'beside random_state',
      [train, test, ...fields({ random_state: '1' })],
      422,
      { code: 'idle_field', field: 'random_state' },
    ],
  ])('%s', async (_name, parts, status, problem) => {
    const answer = await post(parts);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(problem);
    await expectNothingLeft();
  });

  it('beside a train_file that is wrong, whose fault comes first', async () => {
    const { body } = await post([
      { ...test, value: 'a\n' },
      { ...train, value: 'a,b,y\n1\n' },
    ]);
    expect(body).toMatchObject({ code: 'ragged_row', row: 1 });
    expect(body).not.toHaveProperty('file');
    await expectNothingLeft();
  });
});

describe('an Idempotency-Key', () => {
  const withKey = (key: string, csv?: string) => {
    const call = request(service.server).post('/train').set('Idempotency-Key', key);
    const one = call.attach('train_file', Buffer.from(TRAIN), 'a.csv');
    return csv === undefined ? one : one.attach('test_file', Buffer.from(csv), 'b.csv');
  };

  it('stands for the test file too', async () => {
    await withKey('k', TEST).expect(200);
    await withKey('k', TEST).expect(200).expect('Idempotency-Replayed', 'true');
    for (const other of [`${TEST}1,t1,1\n`, undefined]) {
      const { body } = await withKey('k', other).expect(422);
      expect(body).toMatchObject({ code: 'idempotency_key_reused' });
    }
    await withKey('alone').expect(200);
    await withKey('alone', TEST).expect(422);
  });
});

describe('the limits of an upload hold for each file', () => {
  let small: TestService;
  const sockets: Socket[] = [];
  const start = async (options: Parameters<typeof startTestService>[0]) => {
    small = await startTestService(options);
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await small.close();
  });

  it('its bytes', async () => {
    await start({ fileBytesMax: TRAIN.length });
    expect((await post([train, test], small)).status).toBe(200);
    for (const parts of [
      [train, { ...test, value: TEST.repeat(4) }],
      [{ ...test, value: TEST.repeat(4) }, train],
    ]) {
      const { status, body } = await post(parts, small);
      expect([status, body['code'], body['field']]).toEqual([413, 'file_too_large', 'test_file']);
      await expectNothingLeft(small);
    }
  });

  it('its rows', async () => {
    await start({ table: { rows: 60 } });
    expect((await post([train, test], small)).status).toBe(200);
    const { body } = await post([train, { ...test, value: TEST + lines(0, 40) }], small);
    expect(body).toMatchObject({ code: 'too_many_rows', file: 'test_file', limit: 60 });
  });

  it('and both files have one slot', async () => {
    await start({ upload: { atOnceMax: 1, bytesPerSMin: 0 } });
    for (let i = 0; i < 2; i++) expect((await post([train, test], small)).status).toBe(200);
  });

  it('its memory: without room for the second table, 429, and the first table has let go', async () => {
    // A training with one file fits. Two tables of three columns that have only begun do not.
    await start({ engine: { memoryBytesMax: 6_500_000 } });
    expect((await post([train], small)).status).toBe(200);
    const { status, body } = await post([train, test], small);
    expect([status, body['code']]).toEqual([429, 'memory_promised']);
    await expectNothingLeft(small);
    expect((await post([train], small)).status).toBe(200);
  });

  it.each([
    ['train_file first', [train, test]],
    ['test_file first', [test, train]],
  ])('and a client that breaks off in the second file leaves nothing, %s', async (_name, parts) => {
    await start({});
    const form = multipart(parts);
    const socket = await open(small.url);
    sockets.push(socket);
    socket.write(headOf({ 'Content-Length': form.length }));
    socket.write(form.subarray(0, form.length - 200));
    await expect.poll(() => small.uploads().length).toBe(2);
    await expect.poll(() => small.engine.memory().promisedBytes).toBeGreaterThan(65_536);
    socket.destroy();
    await expectNothingLeft(small);
  });
});
