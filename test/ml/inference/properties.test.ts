import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inference } from '../../../src/ml/inference/inference.ts';
import type { TermEstimate } from '../../../src/values/inference.ts';
import { frameOf, numbers } from '../frames.ts';

const TOLERANCE = 1e-9;
const NAMES = ['a', 'b'];

interface Problem {
  readonly columns: readonly (readonly number[])[];
  readonly codes: readonly number[];
}

/** Two columns, and classes that overlap: each row occurs with both classes. */
const problems: fc.Arbitrary<Problem> = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9, max: 9 }), fc.nat(4)), {
    minLength: 6,
    maxLength: 30,
  })
  .filter((rows) => rows.some(([a, b]) => a * rows[0]![1] !== b * rows[0]![0]))
  .map((rows) => {
    const all = rows.flatMap(
      ([a, b, extra]) => [...new Array(extra + 1).fill([a, b, 1]), [a, b, 0]] as number[][],
    );
    return { columns: [0, 1].map((j) => all.map((row) => row[j]!)), codes: all.map((row) => row[2]!) };
  });

function termsOf({ columns, codes }: Problem, names = NAMES): readonly TermEstimate[] {
  const frame = frameOf(...columns.map((column) => numbers(...column)));
  return inference(frame, Uint8Array.from(codes), names).terms;
}

const isWhole = (terms: readonly TermEstimate[]) => terms.every(({ estimate }) => estimate !== null);

function expectClose(got: number | null, expected: number, size = Math.abs(expected)): void {
  expect(Math.abs(got! - expected)).toBeLessThanOrEqual(TOLERANCE * Math.max(size, 1e-9));
}

/** Calls `check` with problems that have all estimates: columns must not depend on each other. */
function forAll(check: (problem: Problem, terms: readonly TermEstimate[]) => void): void {
  fc.assert(
    fc.property(problems, (problem) => {
      const terms = termsOf(problem);
      fc.pre(isWhole(terms));
      check(problem, terms);
    }),
  );
}

describe('estimates', () => {
  test('make the likelihood largest: the residuals are orthogonal to all columns', () => {
    forAll(({ columns, codes }, terms) => {
      const [intercept, ...slopes] = terms.map(({ estimate }) => estimate!);
      const residuals = codes.map((code, i) => {
        const score = slopes.reduce((sum, slope, j) => sum + slope * columns[j]![i]!, intercept!);
        return code - 1 / (1 + Math.exp(-score));
      });
      for (const column of [...columns, codes.map(() => 1)]) {
        const sum = residuals.reduce((total, residual, i) => total + residual * column[i]!, 0);
        expect(Math.abs(sum)).toBeLessThan(1e-9 * 50 * codes.length);
      }
    });
  });

  test('change their signs if the classes change places', () => {
    forAll(({ columns, codes }, terms) => {
      const others = termsOf({ columns, codes: codes.map((code) => 1 - code) });
      terms.forEach(({ estimate, std_error, ci_low, ci_high }, i) => {
        expectClose(others[i]!.estimate, -estimate!, std_error!);
        expectClose(others[i]!.std_error, std_error!);
        expectClose(others[i]!.ci_low, -ci_high!, std_error!);
        expectClose(others[i]!.ci_high, -ci_low!, std_error!);
      });
    });
  });

  test('are in the units of the file', () => {
    const factors = [1e-7, -3];
    forAll(({ columns, codes }, terms) => {
      const others = termsOf({
        columns: columns.map((x, j) => x.map((value) => value * factors[j]!)),
        codes,
      });
      [1, ...factors].forEach((factor, i) => {
        const { estimate, std_error, p_value } = terms[i]!;
        expectClose(others[i]!.estimate! * factor, estimate!, std_error!);
        expectClose(others[i]!.std_error! * Math.abs(factor), std_error!);
        expectClose(others[i]!.p_value, p_value!, 1);
      });
    });
  });

  test('of columns do not change with an offset, and that of the intercept is where all columns are 0', () => {
    forAll(({ columns, codes }, terms) => {
      const offset = 1000;
      const others = termsOf({ columns: columns.map((x) => x.map((value) => value + offset)), codes });
      const [intercept, ...slopes] = terms;
      slopes.forEach(({ estimate, std_error }, j) => {
        expectClose(others[j + 1]!.estimate, estimate!, std_error!);
        expectClose(others[j + 1]!.std_error, std_error!);
      });
      const expected = slopes.reduce((sum, { estimate }) => sum - offset * estimate!, intercept!.estimate!);
      expectClose(others[0]!.estimate, expected, others[0]!.std_error!);
    });
  });

  test('do not depend on the order of rows and columns', () => {
    forAll(({ columns, codes }, terms) => {
      const backwards = {
        columns: [...columns].reverse().map((column) => [...column].reverse()),
        codes: [...codes].reverse(),
      };
      const others = new Map(termsOf(backwards, [...NAMES].reverse()).map((one) => [one.term, one]));
      for (const { term, estimate, std_error } of terms) {
        expectClose(others.get(term)!.estimate, estimate!, std_error!);
        expectClose(others.get(term)!.std_error, std_error!);
      }
    });
  });

  test('are as certain as twice the rows make them', () => {
    forAll(({ columns, codes }, terms) => {
      const others = termsOf({ columns: columns.map((x) => [...x, ...x]), codes: [...codes, ...codes] });
      terms.forEach(({ estimate, std_error }, i) => {
        expectClose(others[i]!.estimate, estimate!, std_error!);
        expectClose(others[i]!.std_error, std_error! / Math.SQRT2);
      });
    });
  });
});
