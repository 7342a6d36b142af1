import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/ml/errors.ts';
import type { Labels } from '../../src/ml/labels.ts';
import { LogisticRegression, type LogisticRegressionOptions } from '../../src/ml/logisticRegression.ts';

const X = [
  [0, 1],
  [1, 0],
  [2, 2],
  [3, 1],
  [4, 4],
  [5, 2],
];
const y = [0, 0, 1, 0, 1, 1];

const fitted = (labels: Labels, options?: LogisticRegressionOptions) =>
  new LogisticRegression(options).fit(X, labels);

describe('LogisticRegression', () => {
  test.each<[string, unknown, RegExp]>([
    ['C', 0, /'C' .* a number above 0, or Infinity. Got 0/],
    ['C', Number.NaN, /'C'/],
    ['C', Number.NEGATIVE_INFINITY, /'C'/],
    ['tol', -1e-9, /'tol' .* 0 or more/],
    ['maxIter', 1.5, /'maxIter' .* whole number/],
    ['maxIter', -1, /'maxIter'/],
    ['solver', 'saga', /'solver' .* one of lbfgs, newton-cholesky, gradient-descent. Got saga/],
    ['classWeight', 'even', /'classWeight' .* 'balanced' or null/],
  ])('fit rejects %s = %s', (option, value, message) => {
    const model = new LogisticRegression({ [option]: value });
    expect(() => model.fit(X, y)).toThrow(ValueError);
    expect(() => model.fit(X, y)).toThrow(message);
  });

  test.each<[string, Labels, RegExp]>([
    ['too few labels', [0, 1], /inconsistent numbers of samples: \[6, 2\]/],
    ['one class', [1, 1, 1, 1, 1, 1], /at least 2 classes .* only one class: 1/],
    ['a continuous target', [0.5, 1, 0.5, 1, 1, 0.5], /continuous/],
  ])('fit rejects %s', (_, labels, message) => {
    expect(() => fitted(labels)).toThrow(ValueError);
    expect(() => fitted(labels)).toThrow(message);
  });

  test('newton-cholesky rejects a fit that would take too much memory', () => {
    const wide = y.map((label) => new Array<number>(5000).fill(label));
    expect(() => new LogisticRegression({ solver: 'newton-cholesky' }).fit(wide, y)).toThrow(/at most 5000/);
  });

  test('predicts the given labels', () => {
    const text = y.map((label) => (label === 1 ? 'yes' : 'no'));
    const model = fitted(text);
    expect(model.classes_).toEqual(['no', 'yes']);
    expect(model.predict(X)).toEqual(
      fitted(y)
        .predict(X)
        .map((label) => (label === 1 ? 'yes' : 'no')),
    );
    expect(model.score(X, text)).toBe(fitted(y).score(X, y));
    expect(model.toState().fitted.classesDtype).toBe('object');
  });

  test('two classes have one score, whose sign is the prediction', () => {
    const model = fitted(y);
    const { nFeatures, columns } = model.decisionFunction(X);
    expect(nFeatures).toBe(1);
    expect(model.predict(X)).toEqual([...columns[0]!].map((score) => (score > 0 ? 1 : 0)));
    const [ofFirst, ofSecond] = model.predictProba(X).columns;
    ofSecond!.forEach((p, i) => {
      expect(p).toBeCloseTo(1 / (1 + Math.exp(-columns[0]![i]!)), 15);
      expect(ofFirst![i]).toBe(1 - p);
    });
  });

  test('three classes have one score each, the largest is the prediction', () => {
    const model = fitted([7, 7, 8, 8, 9, 9]);
    const { columns } = model.decisionFunction(X);
    const proba = model.predictProba(X).columns;
    expect(model.predict(X)).toEqual(
      X.map((_, i) => {
        const scores = columns.map((column) => column[i]!);
        return [7, 8, 9][scores.indexOf(Math.max(...scores))];
      }),
    );
    X.forEach((_, i) => {
      const exponentials = columns.map((column) => Math.exp(column[i]!));
      const sum = exponentials.reduce((a, b) => a + b);
      exponentials.forEach((e, k) => {
        expect(proba[k]![i]).toBeCloseTo(e / sum, 14);
      });
    });
  });

  test('probabilities stay numbers if scores are huge', () => {
    const state = fitted(y).toState();
    const steep = LogisticRegression.fromState({
      ...state,
      fitted: { ...state.fitted, coef: [[1e300, 0]], intercept: [0] },
    });
    expect(
      steep
        .predictProba([
          [1, 0],
          [-1, 0],
        ])
        .columns.map((column) => [...column]),
    ).toEqual([
      [0, 1],
      [1, 0],
    ]);
    const three = fitted([7, 7, 8, 8, 9, 9]).toState();
    const coef = [
      [1e300, 0],
      [0, 0],
      [-1e300, 0],
    ];
    const steepThree = LogisticRegression.fromState({ ...three, fitted: { ...three.fitted, coef } });
    expect(steepThree.predictProba([[1, 0]]).columns.map((column) => column[0])).toEqual([1, 0, 0]);
  });

  test('warns that it has not converged', () => {
    const model = fitted(y, { maxIter: 2 });
    expect(model.converged_).toBe(false);
    expect(model.nIter_).toBe(2);
    expect(model.fitWarnings_).toEqual([
      { code: 'not_converged', message: expect.stringContaining('used up its 2 iterations') },
    ]);
    expect(fitted(y).fitWarnings_).toEqual([]);
  });

  // scikit-learn 1.9.1: lbfgs takes a step before it checks its limit, and does not count this step.
  test.each([
    { solver: 'lbfgs', coef: [0.21590037796120595, 0.18505746682389085] },
    { solver: 'newton-cholesky', coef: [0, 0] },
  ] as const)('allows no iteration at all, by $solver', ({ solver, coef }) => {
    const model = fitted(y, { maxIter: 0, solver });
    expect(model.nIter_).toBe(0);
    expect(model.converged_).toBe(false);
    coef.forEach((expected, j) => {
      expect(model.coef_[0]![j]).toBeCloseTo(expected, 14);
    });
  });

  test('a score of 0 means the first class', () => {
    const state = fitted(y).toState();
    const even = { ...state.fitted, coef: [[0, 0]], intercept: [0] };
    expect(LogisticRegression.fromState({ ...state, fitted: even }).predict([[1, 1]])).toEqual([0]);
  });

  test('balanced weights count rows of the smaller class more often', () => {
    const rows = [[0], [1], [2], [3]];
    const labels = [0, 1, 0, 1];
    const twice = new LogisticRegression({ C: 3, tol: 1e-10 }).fit([...rows, [0], [2]], [...labels, 0, 0]);
    // Four rows of class 0 and two of class 1 weigh 6/8 and 6/4: the sum of weights stays 6.
    const weighted = new LogisticRegression({ C: 3, tol: 1e-10, classWeight: 'balanced' });
    const repeated = new LogisticRegression({ C: 3 * 0.75, tol: 1e-10 });
    const balanced = weighted.fit([...rows, [0], [2]], [...labels, 0, 0]);
    const counted = repeated.fit([...rows, [0], [2], [1], [3]], [...labels, 0, 0, 1, 1]);
    expect(balanced.coef_[0]![0]).toBeCloseTo(counted.coef_[0]![0]!, 8);
    expect(balanced.intercept_[0]).toBeCloseTo(counted.intercept_[0]!, 8);
    expect(Math.abs(balanced.intercept_[0]! - twice.intercept_[0]!)).toBeGreaterThan(0.1);
  });

  test('the caller can declare whole labels as floats', () => {
    const model = new LogisticRegression().fit(X, y, { classesDtype: 'float64' });
    expect(model.toState().fitted.classesDtype).toBe('float64');
    expect(fitted(y).toState().fitted.classesDtype).toBe('int64');
  });
});
