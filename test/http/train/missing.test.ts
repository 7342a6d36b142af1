import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trainTestSplit } from '../../../src/data/split.ts';
import { classifierOf } from '../../../src/tracking/modelFiles/onnx.ts';
import { pipelineParams } from '../../../src/tracking/params.ts';
import type { EstimatorState, PipelineState, StepState } from '../../../src/values/pipelineState.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const ROWS = 60;
const label = (i: number) => ((i * 7) % 11 > 5 ? 1 : 0);
/** Cells that pandas reads as missing. */
const GAPS = ['', 'NA', 'NaN', 'null', 'N/A'];
const gap = (i: number) => GAPS[i % GAPS.length]!;
/** Every fourth number and every fifth text is missing. */
const x = (i: number) => (i % 4 === 3 ? undefined : (i * i) % 23);
const town = (i: number) => (i % 5 === 4 ? undefined : ['Ulm', 'Jena', 'Ulm', 'Bonn'][(i * 3) % 4]);

const table = (header: string, line: (i: number) => string, rows = ROWS) =>
  `${header}\n${Array.from({ length: rows }, (_, i) => `${line(i)}\n`).join('')}`;
const NUMBERS = table('x,y,Outcome', (i) => `${x(i) ?? gap(i)},${(i * 5) % 13},${label(i)}`);
const MIXED = table('x,town,Outcome', (i) => `${x(i) ?? gap(i)},${town(i) ?? gap(i)},${label(i)}`);
const TEXTS = table('town,kind,Outcome', (i) => `${'abc'[i % 3]},${'uv'[(i >> 1) % 2]},${label(i)}`);

const { train } = trainTestSplit(ROWS, { testSize: 0.3, randomState: 123 });
const seen = [...train]
  .sort((a, b) => a - b)
  .map(x)
  .filter((value) => value !== undefined);
const sorted = seen.toSorted((a, b) => a - b);
const middle = sorted.length / 2;
const MEAN = seen.reduce((sum, value) => sum + value, 0) / seen.length;
const MEDIAN = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());
beforeEach(() => {
  service.desk.entries.length = 0;
});

const post = (text: string | Buffer, fields: Record<string, string> = {}, fileName = 'data.csv') =>
  request(service.server).post('/train').field(fields).attach('train_file', Buffer.from(text), fileName);
const logged = () => service.desk.entries.at(-1)!;

/** Names and classes of all steps, including steps within other steps. */
function outline(steps: readonly StepState[]): unknown[] {
  const inner = (state: EstimatorState): unknown[] => {
    if (state.estimator === 'Pipeline') return [outline(state.steps)];
    if (state.estimator !== 'ColumnTransformer') return [];
    return [state.transformers.map((one) => [one.name, one.columns, ...inner(one.transformer)])];
  };
  return steps.map(([name, state]) => [name, state.estimator, ...inner(state)]);
}

/** The fitted state of every estimator of a class, in the pipeline's order. */
function fittedOf(pipeline: PipelineState, estimator: EstimatorState['estimator']): unknown[] {
  const within = (state: EstimatorState): unknown[] => {
    if (state.estimator === 'Pipeline') return state.steps.flatMap(([, step]) => within(step));
    const found = state.estimator === estimator && 'fitted' in state ? [state.fitted] : [];
    if (state.estimator !== 'ColumnTransformer') return found;
    return [...found, ...state.transformers.flatMap(({ transformer }) => within(transformer))];
  };
  return pipeline.steps.flatMap(([, state]) => within(state));
}

const statistics = (pipeline: PipelineState) =>
  (fittedOf(pipeline, 'SimpleImputer') as { statistics: unknown[] }[]).map((fitted) => fitted.statistics);

describe('missing numbers', () => {
  it('are an error with the row and their number', async () => {
    const { body } = await post(NUMBERS).expect(422);
    expect(body).toMatchObject({ code: 'missing_value', row: 4, column: 'x', value: 'null', actual: 15 });
    expect(body.detail).toContain('15 of 60 rows');
    expect(service.desk.entries).toEqual([]);
  });

  it.each([
    ['mean', MEAN],
    ['median', MEDIAN],
  ])('are filled with the %s of the training rows', async (missing, value) => {
    const { body } = await post(NUMBERS, { missing }).expect(200);
    expect(body).toMatchObject({ data: { rows: 60, train_rows: 42, test_rows: 18 }, warnings: [] });
    const { pipeline } = logged();
    expect(outline(pipeline.steps)).toEqual([
      ['imputer', 'SimpleImputer'],
      ['scaler', 'MinMaxScaler'],
      ['model', 'LogisticRegression'],
    ]);
    const [[ofX]] = statistics(pipeline) as [[number]];
    expect(ofX).toBeCloseTo(value, 12);
    expect(pipelineParams(pipeline)).toMatchObject({ imputer__strategy: missing });
  });

  it('are filled with the most frequent value, or the smallest of several', async () => {
    const text = table('x,Outcome', (i) => `${i % 4 === 3 ? '' : i % 3 === 0 ? 9 : 2},${label(i)}`);
    await post(text, { missing: 'most_frequent' }).expect(200);
    expect(statistics(logged().pipeline)).toEqual([[2]]);
  });

  it('are dropped with their rows before the split', async () => {
    const { body } = await post(NUMBERS, { missing: 'drop' }).expect(200);
    expect(body.data).toMatchObject({ rows: 45, train_rows: 31, test_rows: 14 });
    const dropped = logged();
    expect(outline(dropped.pipeline.steps)).toEqual([
      ['scaler', 'MinMaxScaler'],
      ['model', 'LogisticRegression'],
    ]);
    expect(dropped.run.inputExample.data.flat()).not.toContain(null);

    // The result is the same as if these rows had never been in the file.
    const lines = NUMBERS.split('\n').filter((_, line) => line === 0 || x(line - 1) !== undefined);
    const whole = await post(lines.slice(0, 46).join('\n'), { missing: 'drop' }).expect(200);
    expect(logged().pipeline).toEqual(dropped.pipeline);
    expect(whole.body.metrics).toEqual(body.metrics);
  });

  it('of an ignored column have no effect', async () => {
    const { body } = await post(NUMBERS, { ignore: 'x' }).expect(200);
    expect(body.data).toMatchObject({ rows: 60 });
    await post(NUMBERS, { ignore: 'x', missing: 'drop' }).expect(200, /"rows":60/);
  });

  it('are noted at the features that have them', async () => {
    await post(NUMBERS, { missing: 'mean' }).expect(200);
    expect(logged().run.dataset.features).toEqual([
      { name: 'x', type: 'double', missing: true },
      { name: 'y', type: 'long' },
    ]);
    expect(logged().run.dataset.columns).toEqual([
      { name: 'x', type: 'double', missing: true },
      { name: 'y', type: 'long' },
      { name: 'Outcome', type: 'long' },
    ]);
    expect(logged().run.inputExample.data[3]).toEqual([null, 2]);
  });

  it('need not exist: the imputers also fit without them', async () => {
    await post(TEXTS.replaceAll(/^[abc],/gm, '1,'), { missing: 'mean', ignore: 'kind' }).expect(200);
    expect(outline(logged().pipeline.steps)[0]).toEqual(['imputer', 'SimpleImputer']);
  });
});

describe('missing labels', () => {
  const text = table('x,y,Outcome', (i) => `${i},${(i * 5) % 13},${i === 6 ? 'NA' : label(i)}`);

  it.each(['error', 'mean', 'median', 'most_frequent'])('are an error with missing=%s', async (missing) => {
    const { body } = await post(text, { missing }).expect(422);
    expect(body).toMatchObject({ code: 'missing_label', row: 7, column: 'Outcome', value: 'NA' });
  });

  it('are dropped with their rows', async () => {
    const { body } = await post(text, { missing: 'drop' }).expect(200);
    expect(body.data.rows).toBe(59);
  });
});

describe('text columns', () => {
  it('are encoded, alone and next to numbers', async () => {
    await post(TEXTS).expect(200);
    expect(outline(logged().pipeline.steps)).toEqual([
      ['columns', 'ColumnTransformer', [['categorical', [0, 1], [['encoder', 'OneHotEncoder']]]]],
      ['model', 'LogisticRegression'],
    ]);
    expect(fittedOf(logged().pipeline, 'OneHotEncoder')).toEqual([
      {
        nFeaturesIn: 2,
        categories: [
          ['a', 'b', 'c'],
          ['u', 'v'],
        ],
      },
    ]);
    expect(logged().run.dataset.features).toEqual([
      { name: 'town', type: 'string' },
      { name: 'kind', type: 'string' },
    ]);
    expect(classifierOf(logged().pipeline.steps).fitted.coef[0]).toHaveLength(5);
  });

  it('with missing texts are filled with the most frequent text, and numbers as the field says', async () => {
    const { body } = await post(MIXED, { missing: 'median' }).expect(200);
    expect(body).toMatchObject({ data: { rows: 60 }, warnings: [] });
    const { pipeline, run } = logged();
    expect(outline(pipeline.steps)).toEqual([
      [
        'columns',
        'ColumnTransformer',
        [
          [
            'numeric',
            [0],
            [
              ['imputer', 'SimpleImputer'],
              ['scaler', 'MinMaxScaler'],
            ],
          ],
          [
            'categorical',
            [1],
            [
              ['imputer', 'SimpleImputer'],
              ['imputer_none', 'SimpleImputer'],
              ['imputer_empty', 'SimpleImputer'],
              ['encoder', 'OneHotEncoder'],
            ],
          ],
        ],
      ],
      ['model', 'LogisticRegression'],
    ]);
    expect(statistics(pipeline)).toEqual([[MEDIAN], ['Ulm'], ['Ulm'], ['Ulm']]);
    expect(pipelineParams(pipeline)).toMatchObject({
      columns__numeric__imputer__strategy: 'median',
      columns__categorical__imputer__strategy: 'most_frequent',
      columns__categorical__encoder__handle_unknown: 'ignore',
    });
    expect(run.dataset.features).toEqual([
      { name: 'x', type: 'double', missing: true },
      { name: 'town', type: 'string', missing: true },
    ]);
    expect(run.inputExample.data).toEqual([
      [0, 'Ulm'],
      [1, 'Bonn'],
      [4, 'Ulm'],
      [null, 'Jena'],
      [16, null],
    ]);
  });

  it('with missing texts lose their rows', async () => {
    const { body } = await post(MIXED, { missing: 'drop' }).expect(200);
    const kept = Array.from({ length: ROWS }, (_, i) => i).filter(
      (i) => x(i) !== undefined && town(i) !== undefined,
    );
    expect(body.data.rows).toBe(kept.length);
    expect(fittedOf(logged().pipeline, 'SimpleImputer')).toEqual([]);
  });

  it('with missing texts are an error with the row', async () => {
    const { body } = await post(MIXED, { ignore: 'x' }).expect(422);
    expect(body).toMatchObject({ code: 'missing_value', row: 5, column: 'town', value: 'N/A', actual: 12 });
  });

  it('may have texts in the test rows that the training rows lack', async () => {
    const alone = Array.from({ length: ROWS }, (_, i) => i).find((i) => !train.includes(i)) as number;
    const text = table('x,town,Outcome', (i) => `${i},${i === alone ? 'Rom' : 'ab'[i % 2]},${label(i)}`);
    await post(text).expect(200);
    expect(fittedOf(logged().pipeline, 'OneHotEncoder')).toMatchObject([{ categories: [['a', 'b']] }]);
  });

  it.each([
    [255, 200, undefined],
    [256, 422, 'too_many_categories'],
    [1_500, 422, 'too_many_categories'],
  ])('of %i different texts get %i', async (many, status, code) => {
    const text = table('x,town,Outcome', (i) => `${i},t${i % many},${label(i)}`, 2_000);
    const { body } = await post(text).expect(status);
    expect(body.code).toBe(code);
    if (code !== undefined) expect(body).toMatchObject({ column: 'town', limit: 255 });
  });

  it('with one text only cause a warning', async () => {
    const text = table('x,town,Outcome', (i) => `${(i * 5) % 13},Ulm,${label(i)}`);
    const { body } = await post(text).expect(200);
    expect(body.warnings).toEqual([
      expect.objectContaining({ code: 'constant_column', message: expect.stringContaining('"town"') }),
    ]);
  });

  it('may be the target next to text features', async () => {
    const text = table('x,town,kind', (i) => `${i},${'ab'[i % 2]},${['low', 'high'][label(i)]}`);
    const { body } = await post(text).expect(200);
    expect(body.data.target).toBe('kind');
    expect(classifierOf(logged().pipeline.steps).fitted.classes).toEqual(['high', 'low']);
  });
});

describe('columns of numbers and text', () => {
  const some = (isText: (i: number) => boolean) =>
    table('x,y,Outcome', (i) => `${isText(i) ? 'abc'[i % 3] : i % 7},${(i * 5) % 13},${label(i)}`);

  it('are numbers with a wrong cell if half of the cells are numbers', async () => {
    const { body } = await post(some((i) => i % 2 === 1)).expect(422);
    expect(body).toMatchObject({ code: 'not_a_number', row: 2, column: 'x', value: 'b' });
  });

  it('are text if fewer cells are numbers', async () => {
    await post(some((i) => i % 2 === 1 || i === 0)).expect(200);
    expect(fittedOf(logged().pipeline, 'OneHotEncoder')).toMatchObject([
      { categories: [expect.arrayContaining(['a', 'b', 'c', '2', '4'])] },
    ]);
  });

  it('do not count missing cells', async () => {
    const text = table('x,y,Outcome', (i) => `${['', '', 'a', '7'][i % 4]},${i},${label(i)}`);
    const { body } = await post(text, { missing: 'mean' }).expect(422);
    expect(body).toMatchObject({ code: 'not_a_number', row: 3, column: 'x', value: 'a' });
  });

  describe('that turn out to be text after the first 64 kB', () => {
    const rows = 20_000;
    const late = (first: number) =>
      table('n,late,Outcome', (i) => `${i % 1000},${i < first ? i % 4 : 'abc'[i % 3]},${label(i)}`, rows);

    it.each([
      ['plain', (text: string) => Buffer.from(text), 'data.csv'],
      ['gzip', (text: string) => gzipSync(text), 'data.csv.gz'],
    ])('are read again as text: %s', async (_name, written, fileName) => {
      const { body } = await post(written(late(9_000)), {}, fileName).expect(200);
      expect(body.data).toMatchObject({ rows, columns: 3 });
      expect(fittedOf(logged().pipeline, 'OneHotEncoder')).toEqual([
        { nFeaturesIn: 1, categories: [['0', '1', '2', '3', 'a', 'b', 'c']] },
      ]);
      await expect.poll(() => service.uploads()).toEqual([]);
    });

    it('are numbers with a wrong cell if most cells are numbers', async () => {
      const { body } = await post(late(10_000)).expect(422);
      expect(body).toMatchObject({ code: 'not_a_number', row: 10_001, column: 'late', value: 'b' });
    });

    it('are classes if they are the target', async () => {
      await post(late(15_000), { target: 'late' }).expect(200);
      expect(classifierOf(logged().pipeline.steps).fitted.classes).toEqual([
        '0',
        '1',
        '2',
        '3',
        'a',
        'b',
        'c',
      ]);
    });
  });
});

describe('columns and rows with nothing left', () => {
  const empty = table('x,y,Outcome', (i) => `${i},${gap(i)},${label(i)}`);
  const outside = table('x,y,Outcome', (i) => `${i},${train.includes(i) ? '' : 'u'},${label(i)}`);

  it.each([
    ['an empty column', 'mean', empty, 'empty_column', { column: 'y' }],
    ['an empty column', 'most_frequent', empty, 'empty_column', { column: 'y' }],
    ['a column that is empty in the training rows', 'median', outside, 'empty_column', { column: 'y' }],
    ['no row', 'drop', empty, 'all_rows_dropped', { field: 'missing' }],
    [
      'one class of labels',
      'drop',
      table('x,Outcome', (i) => `${label(i) ? '' : i},${label(i)}`),
      'one_class',
      {},
    ],
  ])('are rejected: %s with missing=%s', async (_name, missing, text, code, details) => {
    const { body } = await post(text, { missing }).expect(422);
    expect(body).toMatchObject({ code, ...details });
    expect(service.desk.entries).toEqual([]);
    expect(service.uploads()).toEqual([]);
  });

  it('can be ignored', async () => {
    await post(empty, { missing: 'drop', ignore: 'y' }).expect(200);
  });

  it('are reported by a dry run, too', async () => {
    const { body } = await post(outside, { missing: 'median', dry_run: 'true' }).expect(200);
    expect(body).toMatchObject({ would_train: false, problem: { code: 'empty_column', column: 'y' } });
  });
});

it('rejects another word in missing', async () => {
  const { body } = await post(NUMBERS, { missing: 'zero' }).expect(422);
  expect(body).toMatchObject({ code: 'invalid_missing', field: 'missing', value: 'zero' });
});
