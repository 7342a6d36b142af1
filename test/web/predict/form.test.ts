import { describe, expect, it } from 'vitest';
import { fieldOf, isOutside, rowOf } from '../../../src/web/predict/form.ts';

const column = { name: 'x', required: true } as const;

describe('a field of the form for one row', () => {
  it.each([
    [
      { ...column, type: 'long', min: 0, max: 17 },
      { kind: 'number', placeholder: '9', help: 'Whole number, 0 to 17 in training.', choices: [] },
    ],
    [
      { ...column, type: 'double', min: 0.078, max: 2.42, required: false },
      { kind: 'number', placeholder: '1.25', help: 'Number, 0.078 to 2.42 in training. May be empty.' },
    ],
    [
      { ...column, type: 'double' },
      { kind: 'number', placeholder: '', help: 'Number.' },
    ],
    [
      { ...column, type: 'boolean' },
      { kind: 'choice', help: '', choices: ['true', 'false'] },
    ],
    [
      { ...column, type: 'string', categories: ['blue', 'red'] },
      { kind: 'choice', placeholder: 'blue', help: '', choices: ['blue', 'red'] },
    ],
    [
      { ...column, type: 'string', categories: ['a', 'b'], more_categories: 998, required: false },
      { kind: 'text', placeholder: 'a', help: '1,000 texts in training. May be empty.', choices: ['a', 'b'] },
    ],
    [
      { ...column, type: 'string' },
      { kind: 'text', placeholder: '', help: '', choices: [] },
    ],
  ] as const)('of %j', (of, field) => {
    expect(fieldOf(of)).toMatchObject({ name: 'x', ...field });
  });

  it('gives the row to the service as it was typed, and an empty field as a missing value', () => {
    const fields = [fieldOf({ ...column, type: 'long' }), fieldOf({ ...column, name: 'y', type: 'string' })];
    expect(rowOf(fields, { x: ' 1,5', y: '' })).toEqual({ x: ' 1,5', y: null });
    expect(rowOf(fields, { y: ' ' })).toEqual({ x: null, y: ' ' });
  });

  it.each([
    ['', false],
    ['0', false],
    ['17', false],
    ['17.5', true],
    ['-1', true],
    ['x', false],
  ])('knows whether %j is outside of the training rows', (value, isOut) => {
    expect(isOutside({ min: 0, max: 17 }, value)).toBe(isOut);
    expect(isOutside({}, value)).toBe(false);
  });
});
