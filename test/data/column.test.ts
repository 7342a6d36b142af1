import { describe, expect, it } from 'vitest';
import {
  isLarge,
  isMissing,
  isWhole,
  MissingTexts,
  numberOf,
  truthValue,
  withoutGroups,
} from '../../src/data/column.ts';

const withPoint = (cell: string) => numberOf(cell, false);

describe('withoutGroups', () => {
  it.each([
    ['1,234', '1234'],
    ['-12,34,567.5', '-1234567.5'],
    ['1,,234', '1234'],
    ['1,,234.5', '1,,234.5'],
    ['1.5,000', '1.5,000'],
    ['a,1', 'a,1'],
  ])('reads %j as %j', (cell, text) => {
    expect(withoutGroups(cell, ',')).toBe(text);
  });
});

describe('numberOf', () => {
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
    expect(withPoint(cell)).toBe(value);
  });

  it.each(['0x10', '0b1', '1_000', '1,5', '1e', '.', '-', '1 2', '١', 'True ', 'yes', '12a'])(
    'treats %j as text',
    (cell) => {
      expect(withPoint(cell)).toBeNaN();
      expect(isMissing(cell)).toBe(false);
    },
  );

  it.each(['', 'NA', 'NaN', 'nan', 'null', 'N/A', '<NA>', 'None', '\\N'])('treats %j as missing', (cell) => {
    expect(withPoint(cell)).toBeNaN();
    expect(isMissing(cell)).toBe(true);
  });

  it.each([' ', '\t', ' NA\t', 'NULL '])('treats %j as missing in columns of numbers alone', (cell) => {
    expect(withPoint(cell)).toBeNaN();
    expect(isMissing(cell)).toBe(false);
    expect(new MissingTexts().hasPadded(cell)).toBe(true);
  });

  it.each(['\u00a07', '7\u202f', '\u30007\u2009'])('reads %j as a number, as Python does', (cell) => {
    expect(withPoint(cell)).toBe(7);
  });

  it.each([
    ['1,5', 1.5],
    ['-,5e1', -5],
    ['5,', 5],
    ['7', 7],
  ])('reads %j with a decimal comma as %d', (cell, value) => {
    expect(numberOf(cell, true)).toBe(value);
  });

  it.each(['1.5', '1.234,5', '1,2,3'])('treats %j as text if the decimal sign is a comma', (cell) => {
    expect(numberOf(cell, true)).toBeNaN();
    expect(isMissing(cell)).toBe(false);
  });
});

it.each([
  ['2', true],
  [' -2\t', true],
  ['2.0', false],
  ['2e0', false],
  ['9007199254740991', true],
  ['9007199254740993', false],
])('isWhole of %j is %s', (cell, expected) => {
  expect(isWhole(cell, withPoint(cell))).toBe(expected);
});

it.each([
  ['True', 1],
  ['TRUE', 1],
  ['true', 1],
  ['False', 0],
  ['FALSE', 0],
  ['false', 0],
  ['1', undefined],
  ['true ', undefined],
  ['yes', undefined],
])('truthValue of %j is %s', (cell, expected) => {
  expect(truthValue(cell)).toBe(expected);
});

it.each([
  ['9007199254740993', true],
  ['-99999999999999999999 ', true],
  ['9007199254740991', false],
  ['9007199254740993.0', false],
  ['1e20', false],
])('isLarge of %j is %s', (cell, expected) => {
  expect(isLarge(cell, withPoint(cell))).toBe(expected);
});

describe('MissingTexts', () => {
  it.each<[string, string[], number[]]>([
    ['?', ['?'], []],
    ['-999', ['-999', '-999.0'], [-999]],
    ['-999.0', ['-999', '-999.0'], [-999]],
    ['1e3', ['1e3', '1000', '1000.0'], [1000]],
    [' ?', [' ?'], []],
    ['x,y', ['x,y'], []],
  ])('adds %j as pandas does', (given, texts, numbers) => {
    const missing = new MissingTexts([given]);
    for (const text of [...texts, 'NA', '']) expect(missing.has(text), text).toBe(true);
    for (const text of ['??', '-9990', 'x', '? ']) expect(missing.has(text), text).toBe(false);
    expect(missing.numbers).toEqual(numbers);
  });
});
