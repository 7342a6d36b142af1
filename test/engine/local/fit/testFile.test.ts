import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { TrainpostError } from '../../../../src/errors.ts';
import { type FormBody, parseFields } from '../../../../src/training/fields/parse.ts';
import { planOf } from '../../../../src/training/fields/use.ts';
import { chosenOf, type Result } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

type Row = Readonly<Record<string, string | number>>;

const csv = (rows: readonly Row[], columns: readonly string[]) =>
  Buffer.from(
    `${[columns, ...rows.map((row) => columns.map((name) => row[name]))].map(String).join('\n')}\n`,
  );

async function runFiles(train: Buffer, test: Buffer, fields: FormBody = {}): Promise<Result> {
  const plan = await planOf(parseFields(fields, true), 200);
  return await runCsv(train, plan, {}, test);
}

async function refusalOf(train: string, test: string, fields: FormBody = {}): Promise<TrainpostError> {
  const error = await runFiles(Buffer.from(train), Buffer.from(test), fields).catch(
    (cause: unknown) => cause,
  );
  if (!(error instanceof TrainpostError)) throw new Error('no refusal', { cause: error });
  return error;
}

const hash = (row: number, salt: number) => ((row + 1) * 2_654_435_761 * (salt + 1)) % 4_294_967_291;
const numbers = (row: number): Row => ({
  a: hash(row, 1) % 101,
  b: (hash(row, 2) % 8_900) / 100,
  c: (hash(row, 3) % 1_000_003) / 7,
  y: (hash(row, 1) % 101) + (hash(row, 4) % 60) > 80 ? 1 : 0,
});
const gap = (row: number, salt: number, value: string | number) => (hash(row, salt) % 9 === 0 ? '' : value);

/** Rows of each kind of table, by the place in the table; the test rows come behind `trainRows`. */
const TABLES: readonly (readonly [name: string, row: (row: number) => Row, fields?: FormBody])[] = [
  ['numbers', numbers],
  [
    'numbers of other widths in the test rows',
    (row) => ({ ...numbers(row), d: row < 90 ? row % 5 : row * 70_001 + 0.25 }),
  ],
  [
    'text, of which the test rows have a new one',
    (row) => ({ ...numbers(row), d: row > 95 && row % 3 === 0 ? `new${row % 2}` : `t${hash(row, 5) % 4}` }),
  ],
  [
    'text in another order of first appearance, with gaps',
    (row) => ({ ...numbers(row), d: gap(row, 6, `t${(hash(row, 5) + (row > 90 ? 3 : 0)) % 6}`) }),
    { missing: 'most_frequent' },
  ],
  [
    'numbers with gaps that are filled with means',
    (row) => ({ ...numbers(row), a: gap(row, 7, hash(row, 1) % 101), c: gap(row, 8, row / 3) }),
    { missing: 'mean' },
  ],
  [
    'numbers with gaps that are filled with medians',
    (row) => ({ ...numbers(row), a: gap(row, 7, hash(row, 1) % 101) }),
    { missing: 'median' },
  ],
  [
    'gaps, and labels too, that are dropped',
    (row) => ({ ...numbers(row), b: gap(row, 7, row % 13), y: gap(row, 9, numbers(row)['y']!) }),
    { missing: 'drop' },
  ],
  ['booleans', (row) => ({ ...numbers(row), d: hash(row, 5) % 3 === 0 ? 'True' : 'False' })],
  ['a target of truth values', (row) => ({ ...numbers(row), y: numbers(row)['y'] === 1 ? 'True' : 'False' })],
  ['three classes of text', (row) => ({ ...numbers(row), y: ['low', 'mid', 'high'][hash(row, 5) % 3]! })],
  ['labels far apart', (row) => ({ ...numbers(row), y: numbers(row)['y'] === 1 ? 70_000 : -5 })],
  ['folds and a sweep', numbers, { cv: '3', tol: '0.1,1' }],
  [
    'folds, a sweep, a metric and a threshold',
    numbers,
    {
      cv: '3',
      tol: '0.1,1',
      metrics: 'cost = 5*fn + fp',
      select: 'min(cost)',
      threshold: 'min(5*fn + fp)',
    },
  ],
  ['a best candidate by the test rows, and estimates', numbers, { tol: '0.01,1', inference: 'true' }],
  [
    'numbers with signs of thousands, and a text for missing',
    (row) => ({
      ...numbers(row),
      c: hash(row, 7) % 9 === 0 ? '?' : row / 3,
      d: `${1 + (row % 9)}'${100 + (hash(row, 5) % 900)}`,
    }),
    { missing: 'mean', thousands: "'", na_values: '?' },
  ],
];

/** Rows of the two parts; a block of these tables has 8192 rows. */
const SIZES = [
  [90, 31],
  [8_192, 40],
  [8_190, 8_200],
  [9_000, 17_000],
] as const;

describe('a test file comes to what a column that splits comes to, to the last bit', () => {
  const cases = TABLES.flatMap(([name, row, fields]) =>
    SIZES.map(([nTrain, nTest], size) => ({ name, row, fields, nTrain, nTest, size })),
  ).filter(
    ({ size, name }) => size < 2 || name === 'numbers' || name.startsWith('text') || name.includes('gaps'),
  );

  it.each(cases)('$name, $nTrain and $nTest rows', async ({ row, fields, nTrain, nTest }) => {
    const rows = Array.from({ length: nTrain + nTest }, (_, i) => ({
      ...row(i),
      part: i < nTrain ? 'train' : 'test',
      extra: `x${i}`,
    }));
    const columns = Object.keys(row(0)).filter((name) => name !== 'y');
    const one = await runCsv(
      csv(rows, [...columns, 'part', 'y']),
      await planFor({ ...fields, split: 'column:part', target: 'y' }),
    );
    const test = csv(rows.slice(nTrain), ['y', 'extra', ...columns.toReversed()]);
    const two = await runFiles(csv(rows.slice(0, nTrain), [...columns, 'y']), test, {
      ...fields,
      target: 'y',
    });
    expect(two.candidates).toEqual(one.candidates);
    expect(two.split).toEqual(one.split);
    expect(two.chosen).toBe(one.chosen);
    expect(two.threshold).toEqual(one.threshold);
    expect(two.inference).toEqual(one.inference);
    expect(two.testData?.columns.map(({ name }) => name)).toEqual(['y', 'extra', ...columns.toReversed()]);
  });

  it('and describes the training file as without a test file', async () => {
    const rows = Array.from({ length: 130 }, (_, i) => ({ ...numbers(i), d: gap(i, 3, `t${i % 3}`) }));
    const columns = ['a', 'b', 'c', 'd', 'y'];
    const train = csv(rows.slice(0, 90), columns);
    const fields = { missing: 'mean', target: 'y' };
    const both = await runFiles(train, csv(rows.slice(90), columns), fields);
    const alone = await runCsv(train, await planFor({ ...fields, split: 'last' }));
    expect(both.data).toEqual(alone.data);
    expect(both.example).toEqual(alone.example);
    expect(both.split).toEqual({ train: 90, test: 40 });
    expect(both.testData).toMatchObject({ rows: 40, digest: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(both.testData?.columns).toEqual([
      { name: 'a', type: 'long' },
      { name: 'b', type: 'double' },
      { name: 'c', type: 'double' },
      { name: 'd', type: 'string', missing: true },
      { name: 'y', type: 'long' },
    ]);
  });

  it('and reads a test file in a format of its own', async () => {
    const rows = Array.from({ length: 130 }, (_, i) => numbers(i));
    const train = csv(rows.slice(0, 90), ['a', 'b', 'y']);
    const test = csv(rows.slice(90), ['a', 'b', 'y']);
    const german = Buffer.from(test.toString().replaceAll(',', ';').replaceAll('.', ','));
    const [plain, other] = [await runFiles(train, test), await runFiles(train, german)];
    expect(other.candidates).toEqual(plain.candidates);
  });
});

describe('a test file as scikit-learn measures it', () => {
  interface Case {
    readonly name: string;
    readonly train: string;
    readonly test: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly metrics: Readonly<Record<string, number>>;
  }
  const { cases } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../fixtures/testFile/test_file.json'), 'utf8'),
  ) as { cases: readonly Case[] };

  it.each(cases.map((one) => [one.name, one] as const))(
    '%s',
    async (_name, { train, test, fields, metrics }) => {
      const { metrics: ours } = chosenOf(await runFiles(Buffer.from(train), Buffer.from(test), fields)).test;
      for (const [name, value] of Object.entries(metrics))
        expect(Math.abs(ours[name as keyof typeof ours] - value), name).toBeLessThan(1e-9);
    },
  );
});

describe('a test file is rejected', () => {
  const TRAIN = 'a,b,y\n1,x,0\n2,z,1\n3,x,0\n4,z,1\n';
  const FLAGS = 'a,b,y\n1,True,0\n2,False,1\n3,True,0\n4,False,1\n';
  const gaps = 'a,b,y\n1,x,0\n2,,1\n,x,0\n4,z,1\n3,x,1\n';
  const many = Array.from({ length: 1_001 }, (_, i) => `1,t${i},0\n`).join('');

  it.each<[string, string, string, string, object, FormBody?]>([
    ['without a feature', TRAIN, 'a,y\n1,0\n', 'missing_column', { row: 0, column: 'b' }],
    ['without the target', TRAIN, 'a,b\n1,x\n', 'missing_column', { row: 0, column: 'y' }],
    [
      'with text for a number',
      TRAIN,
      'a,b,y\n1,x,0\nn,x,0\n',
      'not_a_number',
      { row: 2, column: 'a', value: 'n' },
    ],
    ['with only text for numbers', TRAIN, 'a,b,y\nm,x,0\nn,x,0\n', 'not_a_number', { row: 1, value: 'm' }],
    ['with truth values for numbers', TRAIN, 'a,b,y\nTRUE,x,0\n', 'not_a_number', { row: 1, value: 'TRUE' }],
    [
      'with numbers for truth values',
      FLAGS,
      'a,b,y\n1,True,0\n1,1.0,0\n',
      'not_a_boolean',
      { row: 2, column: 'b', value: '1.0' },
    ],
    ['with only numbers for truth values', FLAGS, 'a,b,y\n1,0,0\n', 'not_a_boolean', { row: 1, value: '0' }],
    ['with text for truth values', FLAGS, 'a,b,y\n1,yes,0\n', 'not_a_boolean', { row: 1, value: 'yes' }],
    ['with a gap', TRAIN, 'a,b,y\n1,x,0\n2,NA,0\n', 'missing_value', { row: 2, column: 'b', value: 'NA' }],
    [
      'with an infinite number',
      TRAIN,
      'a,b,y\ninf,x,0\n',
      'infinite_value',
      { row: 1, column: 'a', value: 'inf' },
    ],
    [
      'with a gap in the target',
      gaps,
      'a,b,y\n1,x,\n2,x,0\n',
      'missing_label',
      { row: 1, column: 'y' },
      { missing: 'mean' },
    ],
    [
      'with gaps in all rows',
      gaps,
      'a,b,y\n1,x,\n,x,0\n',
      'all_rows_dropped',
      { field: 'missing' },
      { missing: 'drop' },
    ],
    [
      'with an unknown number as label',
      TRAIN,
      'a,b,y\n1,x,0\n1,x,2\n',
      'class_only_in_test',
      { row: 2, column: 'y', value: '2' },
    ],
    [
      'with text for labels of numbers',
      TRAIN,
      'a,b,y\n1,x,0\n1,x,no\n',
      'class_only_in_test',
      { row: 2, value: 'no' },
    ],
    [
      'with truth values for labels of numbers',
      TRAIN,
      'a,b,y\n1,x,False\n',
      'class_only_in_test',
      { row: 1, value: 'False' },
    ],
    [
      'with an unknown text as label',
      TRAIN.replaceAll(/,0$/gm, ',no').replaceAll(/,1$/gm, ',yes'),
      'a,b,y\n1,x,no\n1,x,1\n',
      'class_only_in_test',
      { row: 2, value: '1' },
    ],
    [
      'with a label of dropped rows only',
      gaps.replace('2,,1', '2,,5'),
      'a,b,y\n1,x,5\n',
      'class_only_in_test',
      { value: '5' },
      { missing: 'drop' },
    ],
    ['with too many texts', TRAIN, `a,b,y\n${many}`, 'too_many_categories', { column: 'b', limit: 1_000 }],
    ['with a ragged row', TRAIN, 'a,b,y\n1,x,0\n1,x\n', 'ragged_row', { row: 2 }],
    ['that is no table', TRAIN, '%PDF-1.7\n', 'not_a_table', {}],
    ['without rows', TRAIN, 'a,b,y\n', 'no_rows', {}],
  ])('%s', async (_name, train, test, code, details, fields = {}) => {
    const error = await refusalOf(train, test, fields);
    expect(error).toMatchObject({ code, details: { ...details, file: 'test_file' } });
    expect(error.message).toMatch(/^test_file: .*[^.]\.$/s);
    const { row } = error.details;
    if (row !== undefined) expect(error.details.line).toBe(row + 1);
  });

  it('on the line of the file, which a blank line or a line end in quotes moves', async () => {
    const test = '\na,b,y\n1,"x\nx",0\n\n2,x,0\nn,x,0\n';
    const error = await refusalOf(TRAIN, test);
    expect(error).toMatchObject({ code: 'not_a_number', details: { row: 3, line: 7, file: 'test_file' } });
    expect(error.message).toMatch(/^test_file: Row 3 \(line 7\) has "n"/);
  });

  it('if nothing says what the sign of a number is', async () => {
    const train = 'a;y\n1;0\n2;1\n3;0\n4;1\n';
    const error = await refusalOf(train, 'a;y\n1,234;0\n');
    expect(error).toMatchObject({
      code: 'ambiguous_number',
      details: { row: 1, line: 2, file: 'test_file' },
    });
  });

  it('and errors of the training file name no file', async () => {
    const error = await refusalOf('a,b,y\n1,x,0\n1,x\n', TRAIN);
    expect(error.details).not.toHaveProperty('file');
    expect(await refusalOf(TRAIN, TRAIN, { target: 'z' })).toMatchObject({ code: 'unknown_target' });
  });
});

describe('a test file is taken', () => {
  it('with rows of one class', async () => {
    const { split, candidates } = await runFiles(
      Buffer.from('a,y\n1,0\n2,1\n3,0\n4,1\n'),
      Buffer.from('a,y\n1,1.0\n2,1\n'),
    );
    expect(split).toEqual({ train: 4, test: 2 });
    expect(candidates[0]).toMatchObject({ test: { metrics: { roc_auc: Number.NaN } } });
  });

  it('without columns that are ignored, and with text of truth values and numbers for text', async () => {
    const train = Buffer.from(`a,b,id,y\n${'1,True,q,0\n2,1,w,1\n3,no,e,0\n4,no,r,1\n'.repeat(3)}`);
    const { testData } = await runFiles(train, Buffer.from('a,b,y\n1,True,0\n2,True,1\n'), { ignore: 'id' });
    expect(testData?.columns).toMatchObject([
      { type: 'long' },
      { name: 'b', type: 'string' },
      { type: 'long' },
    ]);
  });

  it('with a column that is empty and is filled', async () => {
    const train = 'a,b,y\n1,True,0\n2,False,1\n3,True,0\n4,,1\n';
    const { split } = await runFiles(Buffer.from(train), Buffer.from('b,a,y\n,1,0\n,2,1\n'), {
      missing: 'mean',
    });
    expect(split.test).toBe(2);
  });

  it('with a warning that says of which file it is', async () => {
    const train = Buffer.from('a,b,y\n1,x,0\n2,z,1\n3,x,0\n4,z,1\n');
    const { warnings } = await runFiles(train, Buffer.from('a,b,y\n1,\xe9,0\n', 'latin1'));
    expect(warnings).toMatchObject([
      { code: 'assumed_cp1252', message: expect.stringMatching(/^test_file: /) },
    ]);
  });

  const NUMBERS = 'a,b,y\n1.5,2,0\n2,3,1\n3,4,0\n4,5,1\n';
  const TEXTS = 'a,b,y\n1,x,0\n2,z,1\n3,x,0\n4,z,1\n';

  it.each<[string, string, string, string, FormBody?]>([
    ['with a blank name around blanks', NUMBERS, ' a,b ,y\n1,2,0\n2,3,1\n', 'a,b,y\n1,2,0\n2,3,1\n'],
    [
      'with numbers behind a row without values',
      NUMBERS,
      'a,b,y\n,,\n1,2,0\n2,3,1\n',
      'a,b,y\n1,2,0\n2,3,1\n',
    ],
    [
      'with blanks for missing numbers',
      NUMBERS,
      'a,b,y\n ,2,0\n2,3,1\n',
      'a,b,y\n,2,0\n2,3,1\n',
      { missing: 'mean' },
    ],
    [
      'with a text in a row that is dropped',
      NUMBERS,
      'a,b,y\nn,,0\n2,3,1\n1,2,0\n',
      'a,b,y\n2,3,1\n1,2,0\n',
      { missing: 'drop' },
    ],
    [
      'with the decimal sign of the training file, if its own rows prove none',
      NUMBERS.replaceAll(',', ';').replaceAll('.', ','),
      'a;b;y\n1,234;2;0\n2,5;3;1\n',
      'a;b;y\n1,2340;2;0\n2,5;3;1\n',
    ],
    [
      'with the decimal sign that the client names',
      NUMBERS.replaceAll(',', ';'),
      'a;b;y\n1.234;2;0\n2;3;1\n',
      'a;b;y\n1.2340;2;0\n2;3;1\n',
      { decimal: '.' },
    ],
    [
      'with truth values in a column of texts',
      TEXTS,
      'a,b,y\n1,True,0\n2,False,1\n',
      'a,b,y\n1,new,0\n2,new,1\n',
    ],
  ])('%s', async (_name, train, test, plain, fields = {}) => {
    const [one, two] = [
      await runFiles(Buffer.from(train), Buffer.from(test), fields),
      await runFiles(Buffer.from(train), Buffer.from(plain), fields),
    ];
    expect(one.candidates).toEqual(two.candidates);
    expect(one.split).toEqual(two.split);
  });

  it('with a warning about rows without values', async () => {
    const { warnings } = await runFiles(Buffer.from(NUMBERS), Buffer.from('a,b,y\n1,2,0\n,,\n2,3,1\n'));
    expect(warnings).toMatchObject([
      {
        code: 'empty_rows',
        message: 'test_file: Row 2 (line 3) has no value in any column and was left out.',
      },
    ]);
  });
});
