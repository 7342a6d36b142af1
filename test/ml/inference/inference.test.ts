import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/ml/frame.ts';
import { imputedFrame } from '../../../src/ml/inference/imputedFrame.ts';
import { inference } from '../../../src/ml/inference/inference.ts';
import { TrainingPipeline } from '../../../src/ml/trainingPipeline.ts';
import type { Inference, TermEstimate } from '../../../src/values/inference.ts';
import { frameOf, numbers, texts } from '../frames.ts';
import { frameOfCase, type InferenceCase, readInferenceFixture } from './inferenceFixture.ts';

const { numbers: NAMES, cases } = readInferenceFixture();
/** Relative to the size of each number. */
const TOLERANCE = 1e-8;

function estimatesOf(one: InferenceCase): Inference {
  const frame = frameOfCase(one);
  const pipeline = TrainingPipeline.forColumns(frame.columns, { missing: one.missing });
  const state = pipeline.fit(frame, one.classes, { featureNames: Object.keys(one.columns) }).toState();
  return inference(imputedFrame(frame, state), Uint8Array.from(one.classes), Object.keys(one.columns));
}

/** The numbers that are further from the expected numbers than the tolerance. */
function farNumbers(
  terms: readonly TermEstimate[],
  expected: InferenceCase['exact'],
  tolerance: number,
): string[] {
  return terms.flatMap((term, i) =>
    NAMES.flatMap((name, j) => {
      const [got, right] = [term[name] as number, expected[i]![j]!];
      const off = Math.abs(got - right) / Math.max(Math.abs(right), Number.MIN_VALUE);
      return off <= tolerance || got === right
        ? []
        : [`${term.term} ${name}: ${got} instead of ${right}, off by ${off}`];
    }),
  );
}

describe('inference on data sets of all kinds', () => {
  test('there are enough of them, with texts and with imputed cells', () => {
    expect(cases.filter(({ statsmodels }) => statsmodels !== null).length).toBeGreaterThanOrEqual(25);
    expect(
      cases.filter(({ terms }) => terms.some((term) => term.includes('='))).length,
    ).toBeGreaterThanOrEqual(4);
    expect(cases.filter(({ missing }) => missing !== 'error').length).toBeGreaterThanOrEqual(4);
  });

  test.each(cases.map((one) => [`${one.name}, missing=${one.missing}`, one] as const))('%s', (_name, one) => {
    const { terms, warnings } = estimatesOf(one);
    expect(terms.map(({ term }) => term)).toEqual(one.terms);
    expect(farNumbers(terms, one.exact, TOLERANCE)).toEqual([]);
    if (one.statsmodels !== null) expect(farNumbers(terms, one.statsmodels, TOLERANCE)).toEqual([]);
    // An odds ratio that no double holds is null.
    for (const { estimate, odds_ratio } of terms) expect(odds_ratio ?? Infinity).toBe(Math.exp(estimate!));
    expect(warnings.map(({ code }) => code).filter((code) => code !== 'few_rows_per_term')).toEqual([]);
  });
});

describe('inference', () => {
  const X = frameOf(numbers(1, 2, 3, 4, 5, 6, 7, 8));
  const y = Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 1);

  test.each<[string, Frame, Uint8Array, RegExp]>([
    ['three classes', X, Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1), /two classes, but there are more/],
    ['one class', X, new Uint8Array(8), /all rows are of one class/],
    ['the other class alone', X, new Uint8Array(8).fill(1), /all rows are of one class/],
    ['a missing number', frameOf(numbers(1, 2, 3, 4, 5, 6, 7, null)), y, /contains NaN/],
    ['an infinite number', frameOf(numbers(1, 2, 3, 4, 5, 6, 7, Infinity)), y, /finite/],
    ['a text that all rows have', frameOf(texts(...'aaaaaaaa')), y, /no column to estimate from/],
  ])('rejects %s', (_name, frame, codes, message) => {
    expect(() => inference(frame, codes, ['x'])).toThrow(message);
  });

  test('has no estimates for more terms than it can hold', () => {
    const columns = Array.from({ length: 1001 }, () => numbers(1, 2, 3, 4, 5, 6, 7, 8));
    const names = columns.map((_, j) => `x${j}`);
    const { terms, warnings } = inference(frameOf(...columns), y, names);
    expect(terms.map(({ term }) => term)).toEqual(['(intercept)', ...names]);
    expect(new Set(terms.map(({ estimate }) => estimate))).toEqual(new Set([null]));
    expect(warnings).toEqual([{ code: 'too_many_terms', message: expect.stringContaining('1001 terms') }]);
  });

  test.each([
    [19, 2, true],
    [20, 2, false],
    [10, 1, false],
    [9, 1, true],
  ])('with %i rows of the rarer class for %i terms', (rarer, nTerms, isWarned) => {
    const rows = 100;
    const columns = Array.from({ length: nTerms }, (_, j) =>
      numbers(...Array.from({ length: rows }, (_, i) => Math.sin(i * (j + 1.7)))),
    );
    const codes = Uint8Array.from({ length: rows }, (_, i) => ((i * 37) % rows < rarer ? 1 : 0));
    for (const labels of [codes, codes.map((code) => 1 - code)]) {
      const { warnings } = inference(frameOf(...columns), labels, ['a', 'b']);
      expect(warnings.map(({ code }) => code)).toEqual(isWarned ? ['few_rows_per_term'] : []);
    }
  });
});
