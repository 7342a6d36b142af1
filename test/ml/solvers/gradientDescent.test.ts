import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../../src/ml/logisticRegression.ts';
import { toMatrix } from '../../../src/ml/matrix.ts';
import { gradientDescent } from '../../../src/ml/solvers/gradientDescent.ts';

const X = toMatrix(Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]));
const noisy = (nClasses: number) =>
  Int32Array.from(X.columns[0]!, (x, i) =>
    Math.min(nClasses - 1, Math.max(0, Math.floor(((x + 1) / 2 + ((i % 7) - 3) / 9) * nClasses))),
  );

/** The same model with a negligible penalty. */
function unpenalised(codes: Int32Array): LogisticRegression {
  return new LogisticRegression({ C: 1e9, tol: 1e-8, maxIter: 1000 }).fit(X, codes);
}

describe('gradientDescent', () => {
  test('reaches the minimum of the unpenalised loss, intercept included', () => {
    const codes = noisy(2);
    const { w, converged } = gradientDescent(X, codes, { nClasses: 2, nSteps: 5000, gradientMax: 1e-6 });
    const expected = unpenalised(codes);
    expect(converged).toBe(true);
    [...expected.coef_[0]!, expected.intercept_[0]!].forEach((value, i) => {
      expect(w[i]).toBeCloseTo(value, 4);
    });
  });

  test('fits each of three classes against the rest', () => {
    const codes = noisy(3);
    const { w } = gradientDescent(X, codes, { nClasses: 3, nSteps: 5000, gradientMax: 1e-6 });
    expect(w).toHaveLength(9);
    for (let k = 0; k < 3; k++) {
      const expected = unpenalised(codes.map((code) => (code === k ? 1 : 0)));
      [...expected.coef_[0]!, expected.intercept_[0]!].forEach((value, i) => {
        expect(w[k * 3 + i]).toBeCloseTo(value, 4);
      });
    }
  });

  test('takes the given number of steps, from 0', () => {
    const codes = noisy(2);
    const steps = (nSteps: number) => gradientDescent(X, codes, { nClasses: 2, nSteps, gradientMax: 1e-6 });
    expect([...steps(0).w]).toEqual([0, 0, 0]);
    expect(steps(1).converged).toBe(false);
    expect([...steps(1).w]).not.toEqual([...steps(2).w]);
  });

  test('descends for columns of any scale', () => {
    const large = toMatrix(Array.from({ length: 60 }, (_, i) => [1e6 * Math.sin(i), i]));
    const codes = noisy(2);
    const model = (maxIter: number) =>
      new LogisticRegression({ solver: 'gradient-descent', maxIter }).fit(large, codes);
    const accuracies = [1, 100].map((maxIter) => model(maxIter).score(large, codes));
    expect(accuracies[1]).toBeGreaterThan(0.8);
    expect(model(100).coef_.flat().every(Number.isFinite)).toBe(true);
  });
});

describe('LogisticRegression by gradient-descent', () => {
  const codesOf = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);

  test('warns that C has no effect, and C has no effect', () => {
    const fitWith = (C: number) =>
      new LogisticRegression({ solver: 'gradient-descent', C, maxIter: 20 }).fit(X, noisy(2));
    expect(fitWith(1e-4).coef_).toEqual(fitWith(1e4).coef_);
    expect(codesOf(fitWith(1).fitWarnings_)).toEqual(['c_without_effect', 'not_converged']);
    expect(fitWith(1).nIter_).toBe(20);
  });

  test('warns that class weights have no effect, and how it fits more classes', () => {
    const model = new LogisticRegression({
      solver: 'gradient-descent',
      classWeight: 'balanced',
      maxIter: 3000,
      tol: 1e-3,
    });
    expect(codesOf(model.fit(X, noisy(3)).fitWarnings_)).toEqual([
      'c_without_effect',
      'class_weight_without_effect',
      'one_against_rest',
    ]);
    expect(model.score(X, noisy(3))).toBeGreaterThan(0.6);
  });
});
