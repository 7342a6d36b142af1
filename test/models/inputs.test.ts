import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../src/models/inputs.ts';
import { readyModel } from '../http/scoring/model.ts';

const inputs = (name?: string) => inputsOf(readyModel(name).model.description);

describe('the inputs of a model', () => {
  it('have the numbers and the texts of the training rows', () => {
    const [age, city, income, plan] = inputs();
    expect(age).toMatchObject({ name: 'age', type: 'long', fillsMissing: true, range: { min: -2, max: 6 } });
    expect(income?.range?.min).toBeGreaterThan(-3);
    expect(income?.range?.max).toBeLessThan(997);
    expect([age?.categories, city?.range]).toEqual([undefined, undefined]);
    expect(city?.categories).toContain('Łódź');
    expect(plan).toEqual({
      name: 'plan',
      type: 'string',
      fillsMissing: true,
      categories: ['basic', 'plus', 'pro'],
    });
  });

  it.each([
    ['numbers and text, nothing missing', ['income', 'city', 'age'], false],
    ['text alone, imputed', ['city'], true],
    ['numbers imputed by median', ['age', 'income', 'visits'], true],
  ])('of %s say whether a value may be missing', (name, names, fillsMissing) => {
    const found = inputs(name);
    expect(found.map((one) => one.name)).toEqual(names);
    expect(new Set(found.map((one) => one.fillsMissing))).toEqual(new Set([fillsMissing]));
    for (const { range, categories } of found) {
      expect([range, categories].filter((one) => one !== undefined)).toHaveLength(1);
    }
  });
});
