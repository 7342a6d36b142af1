import { describe, expect, it } from 'vitest';
import { fieldOf, isOutside, rowOf } from '../../../src/web/predict/form.ts';

const input = { name: 'x', fills_missing: false, range: null, categories: null } as const;

describe('a field of the form for one row', () => {
  it.each([
    [
      { ...input, type: 'long', range: { min: 0, max: 17 } },
      { kind: 'number', placeholder: '9', help: 'Whole number, 0 to 17 in training.', choices: [] },
    ],
    [
      { ...input, type: 'double', range: { min: 0.078, max: 2.42 }, fills_missing: true },
      { kind: 'number', placeholder: '1.25', help: 'Number, 0.078 to 2.42 in training. May be empty.' },
    ],
    [
      { ...input, type: 'double' },
      { kind: 'number', placeholder: '', help: 'Number.' },
    ],
    [
      { ...input, type: 'boolean' },
      { kind: 'choice', help: '', choices: ['true', 'false'] },
    ],
    [
      { ...input, type: 'string', categories: ['blue', 'red'] },
      {
        kind: 'choice',
        placeholder: 'blue',
        help: '2 texts in the training rows.',
        choices: ['blue', 'red'],
      },
    ],
  ] as const)('of %j', (of, field) => {
    expect(fieldOf(of)).toMatchObject({ name: 'x', ...field });
  });

  it('gives the row to the service as it was typed, and an empty field as a missing value', () => {
    const fields = [fieldOf({ ...input, type: 'long' }), fieldOf({ ...input, name: 'y', type: 'string' })];
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
    expect(isOutside({ range: { min: 0, max: 17 } }, value)).toBe(isOut);
  });
});
