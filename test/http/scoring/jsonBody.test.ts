import { describe, expect, it } from 'vitest';
import { BodyError } from '../../../src/errors.ts';
import { jsonBody } from '../../../src/http/scoring/jsonBody.ts';

const AB = { rows: 2, columns: { a: [1, 3], b: ['x', 'y'] } };

const flat = (body: unknown) => {
  const { rows, columns } = jsonBody(body).input;
  return { rows, columns: Object.fromEntries(columns) };
};

describe('jsonBody', () => {
  it.each<[string, unknown, unknown]>([
    [
      'split',
      {
        dataframe_split: {
          columns: ['a', 'b'],
          data: [
            [1, 'x'],
            [3, 'y'],
          ],
        },
      },
      AB,
    ],
    [
      'split with an index',
      {
        dataframe_split: {
          index: [7, 8],
          columns: ['a', 'b'],
          data: [
            [1, 'x'],
            [3, 'y'],
          ],
        },
      },
      AB,
    ],
    [
      'split with null for columns',
      { dataframe_split: { columns: null, data: [[1]] } },
      { rows: 1, columns: { 0: [1] } },
    ],
    [
      'split without columns',
      {
        dataframe_split: {
          data: [
            [1, 'x'],
            [3, 'y'],
          ],
        },
      },
      { rows: 2, columns: { 0: [1, 3], 1: ['x', 'y'] } },
    ],
    [
      'split of scalars',
      { dataframe_split: { columns: ['a'], data: [1, 2] } },
      { rows: 2, columns: { a: [1, 2] } },
    ],
    [
      'split of objects',
      { dataframe_split: { columns: ['b', 'c'], data: [{ a: 1, b: 2 }] } },
      { rows: 1, columns: { b: [2], c: [null] } },
    ],
    [
      'split with a short row',
      { dataframe_split: { columns: ['a', 'b'], data: [[1, 'x'], [3]] } },
      { rows: 2, columns: { a: [1, 3], b: ['x', null] } },
    ],
    [
      'split without rows',
      { dataframe_split: { columns: ['a', 'b'], data: [] } },
      { rows: 0, columns: { a: [], b: [] } },
    ],
    [
      'split with numbers for names',
      { dataframe_split: { columns: [1], data: [[5]] } },
      { rows: 1, columns: { 1: [5] } },
    ],
    [
      'records',
      {
        dataframe_records: [
          { a: 1, b: 'x' },
          { b: 'y', a: 3 },
        ],
      },
      AB,
    ],
    [
      'records with gaps',
      { dataframe_records: [{ a: 1 }, { b: 'y' }] },
      { rows: 2, columns: { a: [1, null], b: [null, 'y'] } },
    ],
    ['no records', { dataframe_records: [] }, { rows: 0, columns: {} }],
    [
      'instances',
      {
        instances: [
          { a: 1, b: 'x' },
          { a: 3, b: 'y' },
        ],
      },
      AB,
    ],
    ['instances that are lists', { instances: [[1, 'x']] }, { rows: 1, columns: { 0: [1], 1: ['x'] } }],
    ['inputs of lists', { inputs: { a: [1, 3], b: ['x', 'y'] } }, AB],
    ['inputs of scalars', { inputs: { a: 1, b: 'x' } }, { rows: 1, columns: { a: [1], b: ['x'] } }],
    ['inputs of both', { inputs: { a: [1, 3], b: 'x' } }, { rows: 2, columns: { a: [1, 3], b: ['x', 'x'] } }],
    [
      'inputs that are records',
      {
        inputs: [
          { a: 1, b: 'x' },
          { a: 3, b: 'y' },
        ],
      },
      AB,
    ],
    [
      'other keys beside',
      { instances: [{ a: 1 }], messages: 1, prompt: 2, signature_name: 3 },
      { rows: 1, columns: { a: [1] } },
    ],
    [
      'names of Object',
      { instances: [{ constructor: 1, toString: 2 }] },
      { rows: 1, columns: { constructor: [1], toString: [2] } },
    ],
  ])('reads %s', (_name, body, expected) => {
    expect(flat(body)).toEqual(expected);
  });

  it('marks the holes of instances, which are errors, and not those of records', () => {
    const rows = [{ a: 1 }, { b: 'y' }];
    expect(jsonBody({ instances: rows }).input.columns.get('a')).toEqual([1, undefined]);
    expect(jsonBody({ inputs: rows }).input.columns.get('a')).toEqual([1, null]);
  });

  it('reads a column with the name of the prototype', () => {
    const body = JSON.parse('{"instances":[{"__proto__":1}]}');
    expect([...jsonBody(body).input.columns]).toEqual([['__proto__', [1]]]);
  });

  it.each<[unknown, boolean]>([
    [undefined, false],
    [null, false],
    [{}, false],
    [{ other: 1 }, false],
    [{ predict_method: 'predict' }, false],
    [{ predict_method: 'predict_proba' }, true],
  ])('reads the params %j', (params, proba) => {
    expect(jsonBody({ inputs: { a: 1 }, params }).proba).toBe(proba);
  });

  it.each<[unknown]>([
    [null],
    [[]],
    [1],
    ['a'],
    [{}],
    [{ data: [] }],
    [{ inputs: { a: 1 }, instances: [] }],
    [{ dataframe_split: [] }],
    [{ dataframe_split: { columns: ['a'] } }],
    [{ dataframe_split: { data: {} } }],
    [{ dataframe_split: { data: [], dtype: 1 } }],
    [{ dataframe_split: { columns: 'a', data: [[1]] } }],
    [{ dataframe_split: { columns: ['a'], data: [[1, 2]] } }],
    [{ dataframe_split: { columns: ['a', 'b'], data: [[1]] } }],
    [{ dataframe_split: { columns: ['a'], data: [[1], 2] } }],
    [{ dataframe_split: { index: [1], columns: ['a'], data: [[1], [2]] } }],
    [{ dataframe_records: {} }],
    [{ dataframe_records: [{ a: 1 }, 2] }],
    [{ instances: 1 }],
    [{ inputs: 1 }],
    [{ inputs: { a: [1], b: [1, 2] } }],
    [{ inputs: { a: 1 }, params: { predict_method: 'score' } }],
  ])('rejects %j', (body) => {
    expect(() => jsonBody(body)).toThrow(BodyError);
  });
});
