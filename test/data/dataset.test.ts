import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toNumeric } from '../../src/data/column.ts';
import { parseCsv } from '../../src/data/csv.ts';
import { type Roles, toDataset } from '../../src/data/dataset.ts';
import { profile } from '../../src/data/profile.ts';
import type { TrainpostError } from '../../src/errors.ts';

const read = (text: string, roles: Partial<Roles> = {}) =>
  toDataset(parseCsv(new TextEncoder().encode(text)), { ignore: [], ...roles });
const errorOf = (text: string, roles?: Partial<Roles>): TrainpostError => {
  try {
    read(text, roles);
  } catch (error) {
    return error as TrainpostError;
  }
  throw new Error('nothing was thrown');
};

describe('toNumeric', () => {
  it.each([
    ['1', 1],
    ['-1.5', -1.5],
    ['+.5', 0.5],
    ['5.', 5],
    [' 7\t', 7],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['0.1', 0.1],
    ['123456789.123456789', 123456789.12345679],
  ])('reads %j as %d', (cell, value) => {
    expect(toNumeric([cell])).toMatchObject({ numbers: 1, values: new Float64Array([value]) });
  });

  it.each(['0x10', '0b1', '1_000', '1,5', '1e', '.', '-', '1 2', '١', 'True ', 'yes', '12a'])(
    'takes %j for text',
    (cell) => {
      expect(toNumeric([cell])).toMatchObject({ numbers: 0, missing: 0, firstText: 0 });
    },
  );

  it.each(['', ' ', 'NA', 'NaN', 'nan', 'null', 'N/A', '<NA>', 'None'])('takes %j for missing', (cell) => {
    expect(toNumeric(['1', cell])).toMatchObject({ missing: 1, firstMissing: 1, firstText: -1 });
  });

  it.each([
    [['1', '2'], 'long'],
    [['1', '2.0'], 'double'],
    [['1', ''], 'double'],
    [['9007199254740993', '1'], 'double'],
    [['True', 'FALSE', 'true'], 'boolean'],
    [['True', ''], 'double'],
  ])('%j are of type %s', (cells, type) => {
    expect(toNumeric(cells).type).toBe(type);
  });
});

describe('toNumeric of booleans', () => {
  it('gives 0 and 1, where every cell is one', () => {
    const cells = ['True', 'TRUE', 'true', 'False', 'FALSE', 'false'];
    expect(toNumeric(cells)).toMatchObject({ numbers: 6, firstText: -1 });
    expect(toNumeric(cells).values).toEqual(new Float64Array([1, 1, 1, 0, 0, 0]));
    expect(toNumeric([...cells, '1'])).toMatchObject({ numbers: 1, firstText: 0 });
    expect(toNumeric([...cells, 'NA'])).toMatchObject({ missing: 1, firstText: 0 });
  });
});

describe('toNumeric with a decimal comma', () => {
  it.each([
    ['1,5', 1.5],
    ['-,5e1', -5],
    ['5,', 5],
    ['7', 7],
  ])('reads %j as %d', (cell, value) => {
    expect(toNumeric([cell], true).values).toEqual(new Float64Array([value]));
  });

  it.each(['1.5', '1.234,5', '1,2,3'])('takes %j for text', (cell) => {
    expect(toNumeric([cell], true)).toMatchObject({ numbers: 0, firstText: 0 });
  });
});

describe('toDataset', () => {
  it('reads decimal commas between semicolons, in features and target', () => {
    const dataset = read('a;t\n1,5;1,0\n-,5;0,0\n');
    expect(dataset.X.columns).toEqual([new Float64Array([1.5, -0.5])]);
    expect(dataset.y).toMatchObject({ dtype: 'float64', labels: new Float64Array([1, 0]) });
    expect(errorOf('a;t\n1,5;1\n1.5;0\n2,5;0\n')).toMatchObject({
      code: 'not_a_number',
      details: { row: 2, column: 'a', value: '1.5' },
    });
  });

  it('reads booleans as 0 and 1, and says so', () => {
    const dataset = read('a,b,t\n1,True,false\n2,false,TRUE\n');
    expect(dataset.features[1]).toEqual({ name: 'b', type: 'boolean' });
    expect(dataset.X.columns[1]).toEqual(new Float64Array([1, 0]));
    expect(dataset.y).toMatchObject({ type: 'boolean', dtype: 'bool', labels: new Float64Array([0, 1]) });
  });

  it('takes Outcome for the target, wherever it stands', () => {
    const dataset = read('Outcome,a,b\n1,2,3\n0,5,6\n');
    expect(dataset.targetName).toBe('Outcome');
    expect(dataset.features).toEqual([
      { name: 'a', type: 'long' },
      { name: 'b', type: 'long' },
    ]);
    expect(dataset.X.columns).toEqual([new Float64Array([2, 5]), new Float64Array([3, 6])]);
    expect(dataset.y).toMatchObject({
      dtype: 'int64',
      classCounts: [
        { label: 0, count: 1 },
        { label: 1, count: 1 },
      ],
    });
  });

  it('takes the last column where there is no Outcome, and the named one before both', () => {
    expect(read('a,b\n1,0\n2,1\n').targetName).toBe('b');
    expect(read('a,b,Outcome\n0,1,2\n1,4,5\n', { target: 'a' }).targetName).toBe('a');
  });

  it('leaves columns out, text columns too, by repeated names or with commas, also in a name', () => {
    const text = 'id,"x,y",a,b,t\nq1,z,1,2,no\nq2,z,3,4,yes\n';
    expect(read(text, { ignore: ['id', 'x,y'] }).features.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(read(text, { ignore: ['id, a', 'x,y'] }).features.map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    ['int64', 'a,t\n1,1\n2,0\n', [0, 1]],
    ['float64', 'a,t\n1,1.0\n2,0\n', [0, 1]],
    ['object', 'a,t\n1,yes\n2,no\n', ['no', 'yes']],
    ['object', 'a,t\n1,B\n2,a\n3,\u{1F600}\n4,\uFF21\n', ['B', 'a', '\uFF21', '\u{1F600}']],
    ['object', 'a,t\n1,1\n2,x\n', ['1', 'x']],
  ])('reads classes as %s from %j', (dtype, text, labels) => {
    const { y } = read(text);
    expect(y.dtype).toBe(dtype);
    expect(y.classCounts.map(({ label }) => label)).toEqual(labels);
  });

  it.each([
    ['a,t\n1,0\nx,1\n', {}, 'not_a_number', { row: 2, column: 'a', value: 'x' }],
    ['a,t\n1,0\n,1\n', {}, 'missing_value', { row: 2, column: 'a', value: '' }],
    ['a,t\n1,0\nNA,1\n', {}, 'missing_value', { row: 2, column: 'a', value: 'NA' }],
    ['a,t\n1,0\n-inf,1\n', {}, 'infinite_value', { row: 2, column: 'a', value: '-inf' }],
    ['a,t\n1,0\n2,\n', {}, 'missing_label', { row: 2, column: 't' }],
    ['a,t\n1,yes\n2,\n', {}, 'missing_label', { row: 2, column: 't' }],
    ['a,t\n1,0\n2,0\n', {}, 'one_class', { column: 't', value: '0' }],
    ['a,t\n1,true\n2,TRUE\n', {}, 'one_class', { column: 't', value: 'True' }],
    ['a,t\n1,0.5\n2,1\n', {}, 'continuous_target', { row: 1, column: 't', value: '0.5' }],
    [
      `a,t\n${Array.from({ length: 30 }, (_, i) => `1,${i}`).join('\n')}`,
      {},
      'continuous_target',
      { actual: 30 },
    ],
    ['t\n0\n1\n', {}, 'no_features', { column: 't' }],
    ['a,t\n1,0\n2,1\n', { target: 'z' }, 'unknown_target', { field: 'target', value: 'z' }],
    ['a,t\n1,0\n2,1\n', { ignore: ['z'] }, 'unknown_ignore', { field: 'ignore', value: 'z' }],
    ['a,t\n1,0\n2,1\n', { ignore: ['t'] }, 'ignored_target', { field: 'ignore', value: 't' }],
  ])('refuses %j with %j: %s', (text, roles, code, details) => {
    expect(errorOf(text, roles)).toMatchObject({ code, details });
  });
});

describe('profile', () => {
  it("gives pandas' describe() of the diabetes data", () => {
    const bytes = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
    const summary = profile(toDataset(parseCsv(bytes), { ignore: [] }));
    // pandas 3.1.1: read_csv('diabetes.csv').describe()
    const glucose = summary[1]!;
    expect(glucose).toMatchObject({ name: 'Glucose', min: 0, max: 199, quartiles: [99, 117, 140.25] });
    expect(glucose.mean).toBeCloseTo(120.89453125, 12);
    expect(glucose.std).toBeCloseTo(31.97261819513622, 12);
  });
});
