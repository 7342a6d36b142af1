import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stratifiedFolds } from '../../src/data/folds.ts';

interface Case {
  readonly codes: readonly number[];
  readonly k: number;
  readonly folds: readonly number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/folds/folds.json', import.meta.url), 'utf8'),
) as { cases: readonly Case[] };

const foldsOf = (codes: readonly number[], k: number) => [
  ...stratifiedFolds(codes, Math.max(...codes) + 1, k, (code) => `"${code}"`),
];

describe('stratifiedFolds', () => {
  it.each(cases.map((one, i) => [i, one.codes.length, one.k, one] as const))(
    "case %i: %i rows in %i folds are scikit-learn's",
    (_i, _n, k, { codes, folds }) => {
      expect(foldsOf(codes, k)).toEqual(folds);
    },
  );

  it('refuses a class of fewer rows than folds, and says how many', () => {
    expect(() => foldsOf([0, 0, 0, 1, 1, 0], 3)).toThrow(
      expect.objectContaining({
        code: 'cv_class_too_small',
        details: { field: 'cv', value: '"1"', limit: 3, actual: 2 },
      }),
    );
    expect(() => foldsOf([0, 0, 0, 1, 1, 0], 2)).not.toThrow();
  });
});
