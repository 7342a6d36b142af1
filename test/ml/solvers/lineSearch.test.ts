import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LineSearch } from '../../../src/ml/solvers/lineSearch.ts';

/** The steps that SciPy's search tried and the values it received. See test/fixtures/parity/make_parity.py. */
interface SearchCase {
  readonly slope0: number;
  readonly steps: readonly number[];
  readonly values: readonly (readonly [f: number, slope: number])[];
  /** Whether the search ended at the last of the values. */
  readonly done: boolean;
}

const path = new URL('../../fixtures/parity/line_search.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly SearchCase[] };

describe('LineSearch', () => {
  test('the fixture has many searches, some of them long', () => {
    expect(cases.length).toBeGreaterThan(300);
    expect(cases.filter(({ steps }) => steps.length > 5).length).toBeGreaterThan(50);
  });

  test.each(cases.map((one, i) => [i, one] as const))('tries the steps of SciPy: search %i', (_, one) => {
    const search = new LineSearch(1, one.slope0, one.steps[0]!);
    const steps: number[] = [];
    const done = one.values.map(([f, slope]) => {
      steps.push(search.step);
      return search.accept(f, slope);
    });
    if (!one.done) steps.push(search.step);
    steps.forEach((step, i) => {
      const expected = one.steps[i]!;
      const delta = Math.abs(step - expected);
      expect(delta, `step ${i} is ${step}, expected ${expected}`).toBeLessThanOrEqual(1e-12 * expected);
    });
    expect(steps).toHaveLength(one.steps.length);
    expect(done).toEqual(one.values.map((_value, i) => one.done && i === one.values.length - 1));
  });

  test('ends the search or returns to 0 after an overflow', () => {
    const search = new LineSearch(1, -1, 1);
    for (let i = 0; i < 50 && !search.accept(Number.NaN, Number.NaN); i++) {
      expect(search.step).toBeGreaterThanOrEqual(0);
    }
    expect(Number.isNaN(search.step)).toBe(false);
  });
});
