import { describe, expect, it } from 'vitest';
import { columnsToReadAsText, type Dataset, type Roles, toDataset } from '../../src/data/dataset.ts';
import { type ReadOptions, readTable } from '../../src/data/readTable.ts';
import { readNumbers } from '../../src/data/segments.ts';
import { TABLE_LIMITS, TEXTS_MAX } from '../../src/data/tableLimits.ts';
import { TrainpostError } from '../../src/errors.ts';
import { classesOf, labelsOf } from './targets.ts';

const CATEGORIES_MAX = TABLE_LIMITS.categories;
const DEFAULTS: Roles = { ignore: [], missing: 'error' };
const tableOf = (text: string, options?: ReadOptions) => readTable(new TextEncoder().encode(text), options);
const read = (text: string, roles: Partial<Roles> = {}) =>
  toDataset(tableOf(text), { ...DEFAULTS, ...roles });
const errorOf = (text: string, roles?: Partial<Roles>): TrainpostError => {
  try {
    read(text, roles);
  } catch (error) {
    if (error instanceof TrainpostError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
const namesOf = ({ features }: Dataset) => features.map(({ name }) => name);
const valuesOf = ({ table, features }: Dataset) =>
  features.map(({ index }) => [...readNumbers(table, index)]);
const rangeOf = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('toDataset', () => {
  it('reads decimal commas between semicolons, in features and target', () => {
    const dataset = read('a;t\n1,5;1,0\n-,5;0,0\n');
    expect(valuesOf(dataset)).toEqual([[1.5, -0.5]]);
    expect(dataset.target.dtype).toBe('float64');
    expect(labelsOf(dataset.target)).toEqual([1, 0]);
    expect(errorOf('a;t\n1,5;1\n1.5;0\n2,5;0\n')).toMatchObject({
      code: 'not_a_number',
      details: { row: 2, column: 'a', value: '1.5' },
    });
  });

  it('reads booleans as 0 and 1, and reports the type boolean', () => {
    const dataset = read('a,b,t\n1,True,false\n2,false,TRUE\n');
    expect(dataset.features[1]).toEqual({ name: 'b', type: 'boolean', index: 1 });
    expect(valuesOf(dataset)[1]).toEqual([1, 0]);
    expect(dataset.target).toMatchObject({ type: 'boolean', dtype: 'bool' });
    expect(labelsOf(dataset.target)).toEqual([0, 1]);
  });

  it('uses Outcome as the target at any position', () => {
    const dataset = read('Outcome,a,b\n1,2,3\n0,5,6\n');
    expect(dataset.target).toMatchObject({ name: 'Outcome', dtype: 'int64' });
    expect(dataset.features).toEqual([
      { name: 'a', type: 'long', index: 1 },
      { name: 'b', type: 'long', index: 2 },
    ]);
    expect(valuesOf(dataset)).toEqual([
      [2, 5],
      [3, 6],
    ]);
    expect(classesOf(dataset.target)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(dataset).toMatchObject({ rows: 2, dropped: undefined, warnings: [] });
  });

  it('uses the last column if there is no Outcome, and prefers a named target to both', () => {
    expect(read('a,b\n1,0\n2,1\n').target.name).toBe('b');
    expect(read('a,b,Outcome\n0,1,2\n1,4,5\n', { target: 'a' }).target.name).toBe('a');
  });

  it("takes Python's None for no value, unless the file has a column of this name", () => {
    const text = 'a,b,Outcome\n1,2,0\n2,3,1\n';
    expect(namesOf(read(text, { target: 'None', ignore: ['None'] }))).toEqual(['a', 'b']);
    const named = 'a,None,Outcome\n1,2,0\n2,3,1\n';
    expect(namesOf(read(named, { ignore: ['None'] }))).toEqual(['a']);
    expect(read('None,b\n0,2\n1,3\n', { target: 'None' }).target.name).toBe('None');
  });

  it.each(["['id', 'x']", '["id", "x"]', "('id', 'x')", 'id\nx', 'id\r\nx\r\n', 'id, x,'])(
    'ignores columns by a list of names: %j',
    (ignore) => {
      expect(namesOf(read('id,x,a,t\nq1,z,1,0\nq2,z,3,1\n', { ignore: [ignore] }))).toEqual(['a']);
    },
  );

  it('ignores no column by an empty list, and one by a tuple', () => {
    expect(namesOf(read('a,b,t\n1,2,0\n3,4,1\n', { ignore: ['[]'] }))).toEqual(['a', 'b']);
    expect(namesOf(read('a,b,t\n1,2,0\n3,4,1\n', { ignore: ["('a',)"] }))).toEqual(['b']);
    expect(namesOf(read('[a],b,t\n1,2,0\n3,4,1\n', { ignore: ['[a]'] }))).toEqual(['b']);
  });

  it('ignores columns, also text columns, by repeated names or with commas, also in a name', () => {
    const text = 'id,"x,y",a,b,t\nq1,z,1,2,no\nq2,z,3,4,yes\n';
    expect(namesOf(read(text, { ignore: ['id', 'x,y'] }))).toEqual(['a', 'b']);
    expect(namesOf(read(text, { ignore: ['id, a', 'x,y'] }))).toEqual(['b']);
  });

  it.each([
    ['int64', 'a,t\n1,1\n2,0\n', [0, 1]],
    ['float64', 'a,t\n1,1.0\n2,0\n', [0, 1]],
    ['object', 'a,t\n1,yes\n2,no\n', ['no', 'yes']],
    ['object', 'a,t\n1,B\n2,a\n3,\u{1F600}\n4,\uFF21\n', ['B', 'a', '\uFF21', '\u{1F600}']],
    ['object', 'a,t\n1,1\n2,x\n', ['1', 'x']],
  ])('reads classes as %s from %j', (dtype, text, labels) => {
    const { target } = read(text);
    expect(target.dtype).toBe(dtype);
    expect(target.classCounts.map(({ label }) => label)).toEqual(labels);
  });

  it.each<[string, Partial<Roles>, string, object]>([
    ['a,t\n1,0\nx,1\n', {}, 'not_a_number', { row: 2, column: 'a', value: 'x' }],
    ['a,t\nx,0\n,1\ny,1\n1,0\n2,1\n', {}, 'not_a_number', { row: 1, column: 'a', value: 'x' }],
    ['a,t\n1,0\n,1\n', {}, 'missing_value', { row: 2, column: 'a', value: '' }],
    ['a,t\n1,0\nNA,1\n', {}, 'missing_value', { row: 2, column: 'a', value: 'NA' }],
    ['a,t\n1,0\n-inf,1\n', {}, 'infinite_value', { row: 2, column: 'a', value: '-inf' }],
    ['a,t\nx,0\n,1\nNA,1\n', {}, 'missing_value', { row: 2, column: 'a', value: '', actual: 2 }],
    ['a,t\n,0\nNA,1\n', { missing: 'mean' }, 'empty_column', { column: 'a' }],
    ['a,t\n1,0\n,1\n2,\n', { missing: 'mean' }, 'missing_label', { row: 3, column: 't', value: '' }],
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
    ['a,b,t\n1,2,0\n2,3,1\n', { ignore: ['a', 'b'] }, 'no_features', { column: 't', field: 'ignore' }],
    ['a,t\n1,0\n2,1\n', { target: 'z' }, 'unknown_target', { field: 'target', value: 'z' }],
    ['a,t\n1,0\n2,1\n', { ignore: ['z'] }, 'unknown_ignore', { field: 'ignore', value: 'z' }],
    ['a,t\n1,0\n2,1\n', { ignore: ['t'] }, 'ignored_target', { field: 'ignore', value: 't' }],
  ])('rejects %j with %j: %s', (text, roles, code, details) => {
    expect(errorOf(text, roles)).toMatchObject({ code, details });
  });
});

it.each<[string, readonly string[], RegExp]>([
  ['t\n0\n1\n', [], /^No column is left .* with commas, semicolons, tabs or bars/],
  [
    'a,t\n1,0\n2,1\n',
    ['a'],
    /^ignore names every column besides the target "t", .*: ignore fewer columns\.$/,
  ],
])('explains why no feature is left in %j', (text, ignore, says) => {
  expect(errorOf(text, { ignore }).message).toMatch(says);
});

describe('a column whose numbers have the other decimal sign', () => {
  const textColumns = new Set(['a']);
  const readAsText = (cells: readonly string[], roles: Partial<Roles> = {}) => {
    const text = `a;b;c;t\n${cells.map((cell, row) => `${cell};${row},5;${row},5;${row % 2}\n`).join('')}`;
    return toDataset(tableOf(text, { textColumns }), { ...DEFAULTS, ...roles });
  };
  const warning = {
    code: 'mixed_decimal_signs',
    message: expect.stringContaining('Column "a" was read as text'),
    column: 'a',
  };

  it.each<[string, string[], Partial<Roles>, object[]]>([
    ['all of them', ['1.5', '2.5', '3.5'], {}, [warning]],
    ['some of them', ['1.5', '2.5', '3.5', '1,5', '7'], {}, [warning]],
    ['some of them, with as many other texts', ['1.5', '2.5', 'x', 'y'], {}, [warning]],
    ['fewer than other texts', ['1.5', '2.5', 'x', 'y', 'z'], {}, []],
    ['none of them', ['x', 'y', 'z'], {}, []],
    ['none of them, and other texts', ['1,5', '2', 'x', 'y', 'z'], {}, []],
    ['in a column that is left out', ['1.5', '2.5', '3.5'], { ignore: ['a'] }, []],
    ['in the target', ['1.5', '2.5', '1,5'], { target: 'a' }, [warning]],
    ['none of them, in a target of numbers and a text', ['1', '2', '3', 'x'], { target: 'a' }, []],
  ])('gives the right warnings: %s', (_name, cells, roles, warnings) => {
    expect(readAsText(cells, roles).warnings).toEqual(warnings);
  });

  it('names the expected sign in the message', () => {
    expect(readAsText(['1.5', '2.5', 'x']).warnings[0]?.message).toBe(
      'Column "a" was read as text because 2 of its 3 different texts are not numbers in this file, where the decimal sign is a comma: name the signs of the numbers in decimal and thousands, or write all numbers of the file the same way, or add the column to ignore.',
    );
    expect(errorOf('a;t\n1,5;1\n1.5;0\n2,5;0\n').message).toBe(
      'Row 2 (line 3) has "1.5" in column "a", which is not a number in this file because the decimal sign is a comma: correct it, name the signs of the numbers in decimal and thousands, or add the column to ignore.',
    );
    const many = rangeOf(CATEGORIES_MAX + 1).map((k) => `${k}.5`);
    expect(() => readAsText(many)).toThrow(
      'add the column to ignore, or, because 256 of its 256 different texts are not numbers in this file, where the decimal sign is a comma, name the signs of the numbers in decimal and thousands',
    );
    expect(() => readAsText(many.map((cell) => `t${cell}`))).toThrow(
      /because each becomes a feature: add the column to ignore\.$/,
    );
  });
});

describe('toDataset of columns', () => {
  it('reports their types, and text for ignored columns', () => {
    const dataset = read('id,a,b,c,d,t\n7,1,0.5,true,x,1\n8,,2,False,,0\n', {
      ignore: ['id'],
      missing: 'mean',
    });
    const features = [
      { name: 'a', type: 'double', missing: true },
      { name: 'b', type: 'double' },
      { name: 'c', type: 'boolean' },
      { name: 'd', type: 'string', missing: true },
    ];
    expect(dataset.columns).toEqual([
      { name: 'id', type: 'string' },
      ...features,
      { name: 't', type: 'long' },
    ]);
    expect(dataset.features).toEqual(features.map((info, place) => ({ ...info, index: place + 1 })));
  });

  it('treats a column as text if fewer than half of its cells are numbers', () => {
    expect(read('a,t\nx,0\n1,1\ny,0\n').features).toEqual([{ name: 'a', type: 'string', index: 0 }]);
    // Exactly half are numbers, so the column counts as numbers.
    expect(errorOf('a,t\n1,0\n,1\nx,0\n')).toMatchObject({
      code: 'not_a_number',
      details: { row: 3, column: 'a', value: 'x' },
    });
  });

  it('accepts the largest number of different texts, and no more', () => {
    const text = (texts: number) =>
      `a,t\n${rangeOf(2 * texts)
        .map((k) => `x${k % texts},${k % 2}\n`)
        .join('')}`;
    expect(CATEGORIES_MAX).toBe(255);
    expect(read(text(CATEGORIES_MAX)).features[0]?.type).toBe('string');
    expect(errorOf(text(CATEGORIES_MAX + 1))).toMatchObject({
      code: 'too_many_categories',
      details: { column: 'a', limit: CATEGORIES_MAX, actual: CATEGORIES_MAX + 1 },
    });
    expect(errorOf(text(TEXTS_MAX + 1)).message).toContain('more than 1000 different texts');
    expect(
      namesOf(
        read(
          text(TEXTS_MAX + 1)
            .replaceAll(',', ',1,')
            .replace('a,1,t', 'a,b,t'),
          { ignore: ['a'] },
        ),
      ),
    ).toEqual(['b']);
  });
});

describe('columns that look like numbers in the window and have texts after it', () => {
  const text = 'a,b,c,t\n1,1,1,0\n2,x,x,1\nNA,y,y,0\n3,z,2,1\n';
  const sniffBytes = 'a,b,c,t\n1,1,1,0\n'.length;
  const table = () => tableOf(text, { sniffBytes });

  it('must be read as text if most of their cells are not numbers', () => {
    expect([...columnsToReadAsText(table(), DEFAULTS)]).toEqual(['b']);
    expect([...columnsToReadAsText(table(), { ...DEFAULTS, ignore: ['b'] })]).toEqual([]);
    expect([...columnsToReadAsText(tableOf(text), DEFAULTS)]).toEqual([]);
  });

  it('must be read as text if a target has one cell that is not a number', () => {
    const longer = `${text}4,4,4,1\n5,5,5,yes\n`;
    expect([...columnsToReadAsText(tableOf(longer, { sniffBytes }), DEFAULTS)]).toEqual(['t']);
    const target = 'c';
    expect([...columnsToReadAsText(tableOf(longer, { sniffBytes }), { ...DEFAULTS, target })]).toEqual(['c']);
  });

  it('are rejected until they are read as text, and then are categories', () => {
    const roles: Roles = { ignore: ['a', 'c'], missing: 'error' };
    expect(() => toDataset(table(), roles)).toThrow(
      new RangeError('Read the table again with these columns: b as texts.'),
    );
    const again = tableOf(text, { sniffBytes, textColumns: columnsToReadAsText(table(), roles) });
    expect(toDataset(again, roles).features).toEqual([{ name: 'b', type: 'string', index: 1 }]);
    expect(again.columns[1]).toMatchObject({ texts: ['1', 'x', 'y', 'z'] });
  });

  it('are reported with the row to correct if half of their cells are numbers', () => {
    expect(() => toDataset(table(), { ignore: ['b'], missing: 'mean' })).toThrow(
      expect.objectContaining({
        code: 'not_a_number',
        details: { row: 2, line: 3, column: 'c', value: 'x' },
      }),
    );
  });

  it('are reported for columns that exist in the file', () => {
    const wrong = { ...DEFAULTS, target: 'z' };
    expect(() => columnsToReadAsText(table(), wrong)).toThrow(
      expect.objectContaining({ code: 'unknown_target' }),
    );
  });
});
