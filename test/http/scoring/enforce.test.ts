import { describe, expect, it } from 'vitest';
import { featureColumns } from '../../../src/http/scoring/enforce.ts';
import type { ColumnInfo, ColumnType } from '../../../src/values/dataset.ts';

const column = (type: ColumnType, missing = false): ColumnInfo => ({
  name: 'a',
  type,
  ...(missing && { missing }),
});
const one = (info: ColumnInfo, value: unknown) =>
  featureColumns({ rows: 1, columns: new Map([['a', [value]]]) }, [info])[0]?.[0];

describe('featureColumns', () => {
  it.each<[ColumnType, boolean, unknown, number | string | null]>([
    ['double', false, 1.5, 1.5],
    ['double', false, 2, 2],
    ['double', false, '1.5', 1.5],
    ['double', false, ' 1e3 ', 1000],
    ['double', false, 'inf', Number.POSITIVE_INFINITY],
    ['double', false, 'nan', Number.NaN],
    ['double', false, null, Number.NaN],
    ['double', false, true, 1],
    ['long', false, 3, 3],
    ['long', false, -0, -0],
    ['long', false, '3', 3],
    ['long', false, true, 1],
    ['long', true, null, Number.NaN],
    ['long', true, 2.7, 2.7],
    ['boolean', false, true, 1],
    ['boolean', false, false, 0],
    ['boolean', false, 1, 1],
    ['boolean', false, 'False', 0],
    ['boolean', true, null, Number.NaN],
    ['string', false, 'x', 'x'],
    ['string', false, '', ''],
    ['string', false, null, null],
    ['string', false, 3, '3'],
    ['string', false, 3.5, '3.5'],
    ['string', false, true, 'True'],
  ])('reads for %s (missing in training: %s) the value %j', (type, missing, value, expected) => {
    expect(one(column(type, missing), value)).toEqual(expected);
  });

  it.each<[ColumnType, boolean, unknown, string]>([
    ['double', false, 'abc', 'wrong_value'],
    ['double', false, '', 'wrong_value'],
    ['double', false, [1], 'wrong_value'],
    ['double', false, {}, 'wrong_value'],
    ['long', false, 2.7, 'wrong_value'],
    ['long', false, '2.7', 'wrong_value'],
    ['long', false, 'abc', 'wrong_value'],
    ['long', false, null, 'missing_value'],
    ['long', false, Number.POSITIVE_INFINITY, 'wrong_value'],
    ['boolean', false, 2, 'wrong_value'],
    ['boolean', false, 'yes', 'wrong_value'],
    ['boolean', false, null, 'missing_value'],
    ['double', false, undefined, 'missing_value'],
    ['string', false, undefined, 'missing_value'],
    ['string', false, ['x'], 'wrong_value'],
    ['string', false, { x: 1 }, 'wrong_value'],
  ])('rejects for %s (missing in training: %s) the value %j', (type, missing, value, code) => {
    expect(() => one(column(type, missing), value)).toThrow(
      expect.objectContaining({ code, details: { row: 1, column: 'a' } }),
    );
  });

  it('restores the order of the columns, and leaves out others', () => {
    const columns = new Map<string, unknown[]>([
      ['c', [9]],
      ['b', ['x']],
      ['a', [1]],
    ]);
    const features: ColumnInfo[] = [column('double'), { name: 'b', type: 'string' }];
    expect(featureColumns({ rows: 1, columns }, features)).toEqual([Float64Array.of(1), ['x']]);
  });

  it('names the missing column', () => {
    expect(() => featureColumns({ rows: 1, columns: new Map() }, [column('double')])).toThrow(
      expect.objectContaining({ code: 'missing_columns', details: { column: 'a', allowed: ['a'] } }),
    );
  });

  it('repeats no value in a message', () => {
    expect(() => one(column('double'), 'secret')).toThrow(/^(?!.*secret)/);
  });
});
