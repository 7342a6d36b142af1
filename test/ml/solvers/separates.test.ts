import { describe, expect, test } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { LogisticRegression } from '../../../src/ml/logisticRegression.ts';
import { chosenOf } from '../../../src/values/result.ts';
import { planFor } from '../../support/plans.ts';

const ROWS = 60;
const X = Array.from({ length: ROWS }, (_, i) => [i / ROWS, ((i * 7) % 11) / 11]);
const binary = X.map(([a = 0]) => (a >= 0.5 ? 1 : 0));
const three = X.map(([a = 0]) => (a >= 0.66 ? 2 : a > 0.33 ? 1 : 0));
/** One row on the wrong side. */
const mixed = (y: readonly number[]) => y.map((label, row) => (row === 10 ? 1 - Math.min(label, 1) : label));

describe.each(['lbfgs', 'newton-cholesky'] as const)('%s', (solver) => {
  const outcomeOf = (y: readonly number[], C: number) => {
    const model = new LogisticRegression({ solver, C }).fit(X, [...y]);
    return { converged: model.converged_, codes: model.fitWarnings_.map(({ code }) => code) };
  };

  test.each([
    ['two classes', binary],
    ['three classes', three],
  ])('says without a penalty that %s are separated', (_name, y) => {
    expect(outcomeOf(y, Number.POSITIVE_INFINITY)).toEqual({
      converged: true,
      codes: ['complete_separation'],
    });
  });

  test.each([
    ['separated classes with a penalty', binary, 1e4],
    ['two classes that are not separated', mixed(binary), Number.POSITIVE_INFINITY],
    ['three classes that are not separated', mixed(three), Number.POSITIVE_INFINITY],
  ])('converges on %s', (_name, y, C) => {
    expect(outcomeOf(y, C)).toEqual({ converged: true, codes: [] });
  });
});

test.each([
  ['inf', false, ['complete_separation']],
  ['1', true, []],
])('a training of separated classes with C=%s: converged is %s', async (tol, converged, codes) => {
  const lines = X.map(([a, b], row) => `${a},${b},${binary[row]}\n`);
  const result = await runCsv(Buffer.from(`a,b,y\n${lines.join('')}`), await planFor({ tol }));
  const { solver, warnings } = chosenOf(result);
  expect([solver.converged, warnings.map(({ code }) => code)]).toEqual([converged, codes]);
});
