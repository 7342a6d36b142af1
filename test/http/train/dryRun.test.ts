import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/errors.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const ROWS = 60;
const table = (header: string, line: (i: number) => string, rows = ROWS) =>
  `${header}\n${Array.from({ length: rows }, (_, i) => `${line(i)}\n`).join('')}`;
const label = (i: number) => ((i * 7) % 11 > 5 ? 1 : 0);
/** A column of every kind that the report describes. */
const MIXED = table(
  'id,x,town,gap,same,leak,note,Outcome',
  (i) =>
    `${100 + ((i * 7) % ROWS)},${(i * 5) % 13},${['Ulm', 'Jena', ''][i % 3]},${i % 2 ? '' : i % 7},3,${label(i) * 10 + (i % 4)},n${i},${label(i)}`,
);

let service: TestService;
let withoutMlflow: TestService;
beforeAll(async () => {
  service = await startTestService();
  withoutMlflow = await startTestService();
  // A dry run must not ask for room.
  withoutMlflow.desk.roomError = new UnavailableError('mlflow_missing', 'There is no MLflow.');
});
afterAll(async () => {
  await service.close();
  await withoutMlflow.close();
});
beforeEach(() => {
  service.desk.entries.length = 0;
});

const dryRun = (text: string | Buffer, fields: object = {}, on = withoutMlflow) =>
  request(on.server)
    .post('/train')
    .field({ dry_run: 'true', ...fields })
    .attach('train_file', Buffer.from(text), 'data.csv');
const column = (body: { columns: { name: string }[] }, name: string) =>
  body.columns.find((one) => one.name === name);
const codes = (body: { warnings: { code: string; column?: string }[] }) =>
  body.warnings.map(({ code, column: name }) => [code, name]);

describe('a dry run of diabetes.csv', () => {
  it('reports what would be trained', async () => {
    const { body } = await dryRun(readFileSync(DIABETES)).expect(200);
    expect(body).toMatchObject({
      would_train: true,
      problem: null,
      warnings: [],
      data: { rows: 768, columns: 9, target: 'Outcome', digest: 'bf81d06e0c0512662862248241ab46d7' },
      // The rows of train_test_split(test_size=0.3, random_state=123).
      classes: [
        { label: 0, rows: 500, share: 0.651, train_rows: 357, test_rows: 143 },
        { label: 1, rows: 268, share: 0.349, train_rows: 180, test_rows: 88 },
      ],
      split: {
        test_size: 0.3,
        random_state: 123,
        stratify: false,
        train_rows: 537,
        test_rows: 231,
        dropped_rows: 0,
      },
      pipeline: [
        { name: 'scaler', estimator: 'MinMaxScaler' },
        { name: 'model', estimator: 'LogisticRegression' },
      ],
    });
    expect(Object.keys(body.timing_ms)).toEqual(['upload', 'parse', 'profile', 'total']);
    expect(body.columns).toHaveLength(9);
    // numpy.quantile, pandas' mean and std, and scikit-learn's roc_auc_score.
    expect(column(body, 'Glucose')).toEqual({
      name: 'Glucose',
      role: 'feature',
      type: 'long',
      missing: 0,
      distinct: 136,
      min: 0,
      p05: 79,
      p25: 99,
      p50: 117,
      p75: 140.25,
      p95: 181,
      max: 199,
      mean: 120.89453125,
      std: expect.closeTo(31.97261819513622, 10),
      bins: expect.any(Array),
      roc_auc: expect.closeTo(0.7881305970149254, 12),
      roc_auc_of: 1,
    });
    expect(column(body, 'Outcome')).toMatchObject({ role: 'target', type: 'long', distinct: 2 });
    expect(column(body, 'Outcome')).not.toHaveProperty('roc_auc');
  });

  it('trains and logs nothing, and leaves no upload', async () => {
    await dryRun(readFileSync(DIABETES), {}, service).expect(200);
    await dryRun('a,Outcome\n1\n', {}, service).expect(422);
    expect(service.desk.entries).toEqual([]);
    await expect.poll(() => [...service.uploads(), ...withoutMlflow.uploads()]).toEqual([]);
  });

  it('has no run in its response, and its rows in the log', async () => {
    service.lines.length = 0;
    const response = await dryRun(MIXED, {}, service).expect(200);
    expect(response.headers).not.toHaveProperty('run-id');
    await expect.poll(() => service.lines.length).toBe(1);
    expect(service.lines[0]).toMatchObject({ status: 200, rows: ROWS });
  });

  it.each([
    [{}, { total: 1, candidates: 1, cv: null, select: 'log_loss', threshold: null }],
    [{ threshold: '0.3' }, { total: 1, threshold: 0.3 }],
    [
      { tol: '1,2,3', solver: 'lbfgs,newton-cholesky' },
      { total: 6, candidates: 6, cv: null },
    ],
    [
      { tol: '1,2', cv: '4', select: 'max(roc_auc)' },
      { total: 10, candidates: 2, cv: 4, select: 'max(roc_auc)' },
    ],
    [
      { tol: '1,2', threshold: 'min(5*fn + fp)' },
      { total: 7, candidates: 2, threshold: 'min(5*fn + fp)' },
    ],
  ])('says what %j would fit', async (fields, expected) => {
    const { body } = await dryRun(readFileSync(DIABETES), fields).expect(200);
    expect(body).toMatchObject({ would_train: true, fits: expected });
  });

  it('may be requested before or after the file, and false means a training', async () => {
    const post = () => request(service.server).post('/train');
    const behind = await post().attach('train_file', DIABETES).field('dry_run', 'yes').expect(200);
    expect(behind.body).toMatchObject({ would_train: true });
    expect(service.desk.entries).toEqual([]);
    const trained = await post().attach('train_file', DIABETES).field('dry_run', 'false').expect(200);
    expect(trained.body).toMatchObject({ accuracy: 0.79 });
    expect(service.desk.entries).toHaveLength(1);
  });
});

describe('a dry run of a table of many kinds', () => {
  it('describes each column', async () => {
    const { body } = await dryRun(MIXED, { missing: 'median', ignore: 'note' }).expect(200);
    expect(body).toMatchObject({ would_train: true, split: { train_rows: 42, test_rows: 18 } });
    expect(codes(body)).toEqual([
      ['id_like_column', 'id'],
      ['many_missing', 'town'],
      ['many_missing', 'gap'],
      ['constant_column', 'same'],
      ['target_given_away', 'leak'],
    ]);
    expect(column(body, 'id')).toMatchObject({ all_distinct: true, min: 100, max: 159 });
    expect(column(body, 'town')).toMatchObject({
      type: 'string',
      missing: 20,
      distinct: 2,
      most_frequent: [
        { value: 'Ulm', rows: 20 },
        { value: 'Jena', rows: 20 },
      ],
      cramers_v: expect.any(Number),
    });
    expect(column(body, 'gap')).toMatchObject({ missing: 30, min: 0, max: 6 });
    expect(column(body, 'leak')).toMatchObject({ roc_auc: 1, roc_auc_of: 1 });
    expect(column(body, 'note')).toMatchObject({ role: 'ignored', distinct: 60 });
    expect(column(body, 'note')).not.toHaveProperty('cramers_v');
    expect(body.pipeline).toEqual([
      {
        name: 'columns',
        estimator: 'ColumnTransformer',
        steps: [
          {
            name: 'numeric',
            estimator: 'Pipeline',
            columns: ['id', 'x', 'gap', 'same', 'leak'],
            steps: [
              { name: 'imputer', estimator: 'SimpleImputer' },
              { name: 'scaler', estimator: 'MinMaxScaler' },
            ],
          },
          {
            name: 'categorical',
            estimator: 'Pipeline',
            columns: ['town'],
            steps: [
              { name: 'imputer', estimator: 'SimpleImputer' },
              { name: 'imputer_none', estimator: 'SimpleImputer' },
              { name: 'imputer_empty', estimator: 'SimpleImputer' },
              { name: 'encoder', estimator: 'OneHotEncoder' },
            ],
          },
        ],
      },
      { name: 'model', estimator: 'LogisticRegression' },
    ]);
  });

  it('counts the rows that missing=drop drops, and the classes of all rows', async () => {
    const { body } = await dryRun(MIXED, { missing: 'drop', ignore: 'note,town' }).expect(200);
    expect(body.split).toMatchObject({ train_rows: 21, test_rows: 9, dropped_rows: 30 });
    const ones = Array.from({ length: ROWS }, (_, i) => i).filter((i) => label(i) === 1).length;
    expect(body.classes.map(({ rows }: { rows: number }) => rows)).toEqual([ROWS - ones, ones]);
    for (const part of ['train_rows', 'test_rows']) {
      const inPart = body.classes.map((one: Record<string, number>) => one[part]);
      expect(inPart[0] + inPart[1]).toBe(body.split[part]);
    }
  });

  it('shows booleans as a training does, and the ROC AUC of the positive class', async () => {
    const text = table('x,t', (i) => `${(i * 5) % 13},${i % 2 ? 'TRUE' : 'false'}`);
    const [larger, smaller] = [await dryRun(text), await dryRun(text, { positive: 'false' })].map(
      ({ body }) => body,
    );
    expect(larger.classes.map(({ label: shown }: { label: unknown }) => shown)).toEqual(['False', 'True']);
    expect(column(larger, 'x')).toMatchObject({ roc_auc_of: 'True' });
    expect(column(smaller, 'x')).toMatchObject({ roc_auc_of: 'False' });
  });

  it('reads a file again if a column turns out to be text after the first 64 kB', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${i < 9_000 ? 1 : 'abc'[i % 3]},${label(i)}`);
    const { body } = await dryRun(`a,late,Outcome\n${rows.join('\n')}\n`).expect(200);
    expect(body.would_train).toBe(true);
    expect(column(body, 'late')).toMatchObject({ type: 'string', distinct: 4 });
  });
});

/** A problem without times: names have the second of the request, and the two requests may come in different seconds. */
function withoutTime(problem: object): object {
  return JSON.parse(JSON.stringify(problem).replaceAll(/\d\d\.\d\d\.\d\d/g, 'time'));
}

describe('a dry run of a training that would fail', () => {
  it('warns of the wrong cell, not of text, if a column is mostly numbers', async () => {
    const lines = Array.from({ length: 80 }, (_, i) => `${i === 70 ? 'n/k' : i},${i % 3},${label(i)}`);
    const { body } = await dryRun(`a,b,Outcome\n${lines.join('\n')}\n`).expect(200);
    expect(body.problem).toMatchObject({ code: 'not_a_number', row: 71, column: 'a', value: 'n/k' });
    expect(
      body.warnings.map(({ code, column: of }: { code: string; column?: string }) => [code, of]),
    ).toEqual(expect.arrayContaining([['not_a_number', 'a']]));
    expect(JSON.stringify(body.warnings)).not.toContain('too_many_categories');
  });

  const small = table('a,b,Outcome', (i) => `${i},${(i * 3) % 7},${label(i)}`);
  it.each<[string, string, object, object]>([
    ['a missing value', MIXED, {}, { code: 'missing_value', row: 3, column: 'town', value: '' }],
    [
      'a missing label',
      small.replace(/,1\n/, ',\n'),
      {},
      { code: 'missing_label', row: 2, column: 'Outcome' },
    ],
    [
      'text among numbers',
      small.replace('\n7,', '\nseven,'),
      {},
      { code: 'not_a_number', row: 8, column: 'a', value: 'seven' },
    ],
    [
      'an infinite value',
      small.replace('\n7,', '\ninf,'),
      {},
      { code: 'infinite_value', row: 8, column: 'a' },
    ],
    ['a continuous target', small, { target: 'a' }, { code: 'continuous_target', column: 'a' }],
    ['an unknown target', small, { target: 'c' }, { code: 'unknown_target', field: 'target', value: 'c' }],
    ['an unknown column to ignore', small, { ignore: 'c' }, { code: 'unknown_ignore', field: 'ignore' }],
    ['no feature', small, { ignore: 'a,b' }, { code: 'no_features', field: 'ignore', column: 'Outcome' }],
    [
      'labels too large for a double',
      table('a,Outcome', (i) => `${i},900719925474099${label(i) + 2}`),
      {},
      { code: 'label_too_large', row: 1, column: 'Outcome' },
    ],
    ['an unknown label', small, { positive: '7' }, { code: 'unknown_positive', allowed: ['0', '1'] }],
    ['too large a test part', small, { test_size: '60' }, { code: 'test_size_too_large' }],
    [
      'all rows dropped',
      table('a,b,Outcome', (i) => `${i},,${label(i)}`),
      { missing: 'drop' },
      { code: 'all_rows_dropped', field: 'missing' },
    ],
    [
      'an empty column',
      table('a,b,Outcome', (i) => `${i},,${label(i)}`),
      { missing: 'mean' },
      { code: 'empty_column', column: 'b' },
    ],
    [
      'too many categories',
      table('a,b,Outcome', (i) => `${i},t${i % 256},${label(i)}`, 300),
      {},
      { code: 'too_many_categories', column: 'b', limit: 255, actual: 256 },
    ],
    [
      "too long a registered model's name",
      small,
      { exp_name: 'e'.repeat(240) },
      { code: 'registered_model_too_long', field: 'registered_model' },
    ],
    [
      "a registered model's name that MLflow treats as a path",
      small,
      { exp_name: '..' },
      { code: 'registered_model_like_path', field: 'registered_model' },
    ],
  ])('reports the error that a training would get: %s', async (_name, text, fields, problem) => {
    const { body } = await dryRun(text, fields).expect(200);
    expect(body.would_train).toBe(false);
    expect(body.problem).toMatchObject(problem);
    const trained = await request(service.server)
      .post('/train')
      .field(fields as Record<string, string>)
      .attach('train_file', Buffer.from(text), 'data.csv')
      .expect(422);
    const { type, title, status, instance, ...same } = trained.body;
    expect(withoutTime(body.problem)).toEqual(withoutTime(same));
    expect(service.desk.entries).toEqual([]);
  });

  it('has the classes even if a feature is at fault', async () => {
    const { body } = await dryRun(MIXED).expect(200);
    expect(body.classes).toHaveLength(2);
    expect(body).toMatchObject({ data: { target: 'Outcome' }, split: null, pipeline: null });
    expect(column(body, 'leak')).toMatchObject({ roc_auc: 1 });
  });

  it('has the classes of the rows with a label if other labels are missing', async () => {
    const { body } = await dryRun(small.replaceAll(/,1\n/g, (_, at) => (at % 2 ? ',\n' : ',1\n'))).expect(
      200,
    );
    const { missing } = column(body, 'Outcome') as unknown as { missing: number };
    expect(missing).toBeGreaterThan(0);
    expect(body.classes[0].rows + body.classes[1].rows).toBe(ROWS - missing);
  });

  it('has no target if its name is unknown, and has one if only a name in ignore is unknown', async () => {
    const unknown = (await dryRun(small, { target: 'c' })).body;
    expect(unknown).toMatchObject({ data: { target: null }, classes: [] });
    expect(unknown.columns).toHaveLength(3);
    const known = (await dryRun(small, { ignore: 'c' })).body;
    expect(known).toMatchObject({ data: { target: 'Outcome' }, classes: [{ label: 0 }, { label: 1 }] });
  });

  it.each<[string, string | Buffer, object, number, string]>([
    ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), {}, 415, 'not_a_table'],
    ['a ragged row', 'a,Outcome\n1,0\n2\n', {}, 422, 'ragged_row'],
    ['no rows', 'a,Outcome\n', {}, 422, 'no_rows'],
    ['a wrong field', small, { tol: 'x' }, 422, 'invalid_tol'],
    ['a dry_run that is not a flag', small, { dry_run: 'maybe' }, 422, 'invalid_dry_run'],
  ])('gets the error of a training for %s', async (_name, text, fields, status, code) => {
    const response = await dryRun(text, fields);
    expect(response.status).toBe(status);
    expect(response.type).toBe('application/problem+json');
    expect(response.body).toMatchObject({ status, code });
    expect(withoutMlflow.uploads()).toEqual([]);
  });
});
