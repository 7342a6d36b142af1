import { describe, expect, it } from 'vitest';
import { cellReader, refusesMissing } from '../../src/data/featureCells.ts';
import type { ColumnInfo, ColumnType } from '../../src/values/dataset.ts';

const column = (type: ColumnType, missing = false): ColumnInfo => ({
  name: 'a',
  type,
  ...(missing && { missing }),
});

describe('cellReader', () => {
  it.each<[ColumnType, boolean, string, number | string | null | undefined]>([
    ['double', false, '1.5', 1.5],
    ['double', false, '12', 12],
    ['double', false, '-12', -12],
    ['double', false, '', Number.NaN],
    ['double', false, 'NA', Number.NaN],
    ['double', false, ' ', Number.NaN],
    ['double', false, 'abc', undefined],
    ['double', false, '1234567890', 1_234_567_890],
    ['long', false, '12', 12],
    ['long', false, '2.0', 2],
    ['long', false, '2.7', undefined],
    ['long', false, '', Number.NaN],
    ['long', true, '2.7', 2.7],
    ['boolean', false, 'true', 1],
    ['boolean', false, '0', 0],
    ['boolean', false, '2', undefined],
    ['boolean', false, '', Number.NaN],
    ['string', false, 'x', 'x'],
    ['string', false, 'NA', null],
    ['string', false, '', null],
  ])('reads for %s (missing in training: %s) the cell %j', (type, missing, cell, expected) => {
    expect(cellReader(column(type, missing), false)(cell)).toEqual(expected);
  });

  it('reads decimal commas', () => {
    expect(cellReader(column('double'), true)('1,5')).toBe(1.5);
  });

  it.each<[ColumnType, boolean, boolean]>([
    ['double', false, false],
    ['string', false, false],
    ['long', false, true],
    ['long', true, false],
    ['boolean', false, true],
  ])(
    'says whether a %s column (missing in training: %s) refuses missing values: %s',
    (type, missing, refuses) => {
      expect(refusesMissing(column(type, missing))).toBe(refuses);
    },
  );
});
