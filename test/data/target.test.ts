import { describe, expect, it } from 'vitest';
import { type ReadOptions, readTable } from '../../src/data/readTable.ts';
import { segmentsOf } from '../../src/data/segments.ts';
import { TEXTS_MAX } from '../../src/data/table.ts';
import { CLASSES_MAX, labelText, NO_CLASS, readTarget, type Target } from '../../src/data/target.ts';
import type { ClassLabel } from '../../src/values/dataset.ts';
import { classesOf, labelsOf, verdictOf } from './targets.ts';

const tableOf = (cells: readonly string[], options?: ReadOptions) =>
  readTable(Buffer.from(`t,a\n${cells.map((cell) => `${cell},1\n`).join('')}`), options);
const read = (cells: readonly string[], dropped?: readonly number[]) =>
  readTarget(tableOf(cells), 0, dropped && Uint8Array.from(dropped));
const rangeOf = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('readTarget', () => {
  it.each<[string, string[], Pick<Target, 'type' | 'dtype'>, [ClassLabel, number][], number[]]>([
    [
      'whole numbers',
      ['3', '-1', '+3', '300'],
      { type: 'long', dtype: 'int64' },
      [
        [-1, 1],
        [3, 2],
        [300, 1],
      ],
      [1, 0, 1, 2],
    ],
    [
      'numbers with decimals',
      ['1.0', '0.0', '1.00', '-2.'],
      { type: 'double', dtype: 'float64' },
      [
        [-2, 1],
        [0, 1],
        [1, 2],
      ],
      [2, 1, 2, 0],
    ],
    [
      'numbers stored as doubles, including both zeros',
      ['-0', '1e10', '0', '1e10'],
      { type: 'double', dtype: 'float64' },
      [
        [0, 2],
        [1e10, 2],
      ],
      [0, 1, 0, 1],
    ],
    [
      'truth values',
      ['True', 'false', 'TRUE'],
      { type: 'boolean', dtype: 'bool' },
      [
        [0, 1],
        [1, 2],
      ],
      [1, 0, 1],
    ],
    [
      'texts',
      ['yes', 'no', '1', 'yes'],
      { type: 'string', dtype: 'object' },
      [
        ['1', 1],
        ['no', 1],
        ['yes', 2],
      ],
      [2, 1, 0, 2],
    ],
    [
      'texts, by code point and not by UTF-16 unit',
      ['B', 'a', '\u{1F600}', '\uFF21'],
      { type: 'string', dtype: 'object' },
      [
        ['B', 1],
        ['a', 1],
        ['\uFF21', 1],
        ['\u{1F600}', 1],
      ],
      [0, 1, 3, 2],
    ],
  ])('reads %s', (_name, cells, types, classes, codes) => {
    const target = read(cells);
    expect(target).toMatchObject({ name: 't', ...types });
    expect(classesOf(target)).toEqual(classes);
    expect([...target.codes]).toEqual(codes);
  });

  it('recognises the same number in blocks of different kinds', () => {
    // 8,192 rows a block: 8 bits, 8 bits with a decimal, 16 bits, 32 bits, doubles, and 8 bits again.
    const firstCells = ['1', '0.5', '300', '70000', '1e300', '1'];
    const cells = firstCells.flatMap((first) =>
      [first, ...Array(8_191).fill('2'), ...['1', '-5']].slice(0, 8_192),
    );
    const last = ['-5', '2', '1'];
    const table = tableOf([...cells, ...last]);
    expect([...segmentsOf(table, 0)].map((block) => [block.cells.BYTES_PER_ELEMENT, block.decimals])).toEqual(
      [
        [1, 0],
        [1, 1],
        [2, 0],
        [4, 0],
        [8, 0],
        [1, 0],
        [1, 0],
      ],
    );
    const dropped = Uint8Array.from([...cells, ...last], (cell) =>
      ['0.5', '300', '70000', '1e300'].includes(cell) ? 1 : 0,
    );
    const target = readTarget(table, 0, dropped);
    expect(classesOf(target)).toEqual([
      [-5, 1],
      [1, 3],
      [2, 6 * 8_191 + 1],
    ]);
    expect(labelsOf(target)).toEqual(
      [...cells, ...last].map((cell, row) => (dropped[row] === 1 ? undefined : Number(cell))),
    );
  });

  it('has no class in dropped rows, and no class that only they have', () => {
    const target = read(['b', 'a', '', 'c', 'a'], [0, 0, 1, 1, 0]);
    expect(classesOf(target)).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect([...target.codes]).toEqual([1, 0, NO_CLASS, NO_CLASS, 0]);
  });

  it.each<[string, string[], number[] | undefined, string, object]>([
    ['a missing label', ['1', '0', 'nan'], undefined, 'missing_label', { row: 3, column: 't', value: 'nan' }],
    ['a missing text', ['x', '', 'y'], undefined, 'missing_label', { row: 2, column: 't', value: '' }],
    ['one number only', ['3', '3'], undefined, 'one_class', { column: 't', value: '3' }],
    ['one truth value only', ['false', 'False'], undefined, 'one_class', { column: 't', value: 'False' }],
    ['one class in the remaining rows', ['1', '0', '1'], [0, 1, 0], 'one_class', { column: 't', value: '1' }],
    ['no remaining row', ['1', '0'], [1, 1], 'all_rows_dropped', { field: 'missing', actual: 0 }],
    [
      'a fraction',
      ['1', '0', '0.5', '1.5'],
      undefined,
      'continuous_target',
      { row: 3, column: 't', value: '0.5' },
    ],
    [
      'a fraction after a dropped one',
      ['1', '0.5', '0', '-1.5'],
      [0, 1, 0, 0],
      'continuous_target',
      { row: 4, value: '-1.5' },
    ],
    [
      'an infinite label',
      ['1', '0', '-inf'],
      undefined,
      'continuous_target',
      { row: 3, column: 't', value: '-inf' },
    ],
    [
      'a label that is infinite as a double, with its text from the file',
      ['1', '0', '1e400'],
      undefined,
      'continuous_target',
      { row: 3, column: 't', value: '1e400' },
    ],
    [
      'whole numbers that are the same double',
      ['9007199254740992', '9007199254740993'],
      undefined,
      'label_too_large',
      { row: 1, column: 't', limit: 2 ** 53 - 1 },
    ],
    [
      'such numbers after others, and below 0',
      ['1', '0', '-9007199254740993'],
      undefined,
      'label_too_large',
      { row: 3 },
    ],
    [
      'such numbers in remaining rows',
      ['1e16', '0', '10000000000000001', '1'],
      [1, 0, 0, 0],
      'label_too_large',
      { row: 3 },
    ],
  ])('rejects %s', (_name, cells, dropped, code, details) => {
    expect(verdictOf(() => read(cells, dropped))).toMatchObject({ name: 'DataError', code, details });
  });

  it('accepts the largest unambiguous whole numbers, and larger ones as text', () => {
    const target = read(['9007199254740991', '-9007199254740991', '9007199254740990']);
    expect(classesOf(target)).toEqual([
      [-(2 ** 53 - 1), 1],
      [2 ** 53 - 2, 1],
      [2 ** 53 - 1, 1],
    ]);
    const texts = readTarget(
      tableOf(['9007199254740992', '9007199254740993'], { textColumns: new Set(['t']) }),
      0,
    );
    expect(classesOf(texts)).toEqual([
      ['9007199254740992', 1],
      ['9007199254740993', 1],
    ]);
  });

  it.each<[string, (k: number) => string]>([
    ['numbers', (k) => String(k)],
    ['numbers stored as doubles', (k) => `${k}e10`],
    ['texts', (k) => `t${k}`],
  ])('accepts the largest number of classes and no more, of %s', (_name, cellOf) => {
    const cells = (classes: number) => rangeOf(3 * classes).map((k) => cellOf(k % classes));
    expect(verdictOf(() => read(cells(CLASSES_MAX)))).toEqual({ classes: CLASSES_MAX });
    expect(verdictOf(() => read(cells(CLASSES_MAX + 1)))).toMatchObject({
      code: 'continuous_target',
      message: expect.stringContaining('more than 200 different values'),
      details: { column: 't', limit: CLASSES_MAX, actual: CLASSES_MAX + 1 },
    });
  });

  it('rejects a class for each remaining row, if there are at least twenty', () => {
    const cells = (rows: number, classes: number) => rangeOf(rows).map((k) => String(k % classes));
    expect(verdictOf(() => read(cells(19, 19)))).toEqual({ classes: 19 });
    expect(verdictOf(() => read(cells(30, 16)))).toEqual({ classes: 16 });
    expect(verdictOf(() => read(cells(30, 29)))).toEqual({ classes: 29 });
    expect(verdictOf(() => read(cells(30, 16).map((cell) => `t${cell}`)))).toEqual({ classes: 16 });
    const many = (actual: number) => ({ code: 'continuous_target', details: { column: 't', actual } });
    expect(verdictOf(() => read(cells(20, 20)))).toMatchObject(many(20));
    const dropped = (staying: number) => rangeOf(40).map((row) => (row < staying ? 0 : 1));
    expect(verdictOf(() => read(cells(40, 30), dropped(31)))).toEqual({ classes: 30 });
    expect(verdictOf(() => read(cells(40, 30), dropped(30)))).toMatchObject(many(30));
  });

  it('rejects a column with more texts than are kept, although few remain', () => {
    const texts = rangeOf(TEXTS_MAX + 1).map((k) => `t${k}`);
    const dropped = texts.map((_, row) => (row === 0 || row >= TEXTS_MAX - 1 ? 0 : 1));
    expect(verdictOf(() => read(texts, dropped))).toMatchObject({
      code: 'continuous_target',
      details: { column: 't', limit: CLASSES_MAX },
    });
    expect(verdictOf(() => read(texts.slice(0, -1), dropped.slice(0, -1)))).toEqual({ classes: 2 });
  });
});

it.each<[ClassLabel, Target['dtype'], string]>([
  [1, 'bool', 'True'],
  [0, 'bool', 'False'],
  [1, 'int64', '1'],
  [-2, 'float64', '-2'],
  ['yes', 'object', 'yes'],
])('labelText of %j as %s is %s', (label, dtype, text) => {
  expect(labelText(label, dtype)).toBe(text);
});
