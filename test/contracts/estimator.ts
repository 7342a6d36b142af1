import { describe, expect, test } from 'vitest';
import { NotFittedError, ValueError } from '../../src/ml/errors.ts';
import type { Classifier, Labels, Params, Transformer } from '../../src/ml/estimator.ts';
import type { MatrixLike } from '../../src/ml/matrix.ts';

type AnyEstimator = Transformer | Classifier;

/** How one estimator is made and written down. */
export interface EstimatorSubject<E extends AnyEstimator> {
  readonly make: (params?: Params) => E;
  /** Options other than the defaults, all of them. */
  readonly params: Params;
  /** Options that `fit` refuses. */
  readonly wrongParams: Params;
  /** Fitted attributes, which throw before the fit. */
  readonly attributes: readonly (keyof E & string)[];
  readonly toState: (estimator: E) => unknown;
  readonly fromState: (state: never) => E;
}

const X: readonly number[][] = Array.from({ length: 30 }, (_, i) => [Math.sin(i), i / 30, Math.cos(2 * i)]);
const y = X.map(([x = 0], i) => (x + Math.sin(7 * i) > 0 ? 1 : 0));
const otherX = X.map(([a = 0, b = 0]) => [b - 2, 3 * a]);
const otherY = y.map((label, i) => (i % 3 === 0 ? 'a' : `b${label}`));

/** What it does, as plain values. */
function outcome(estimator: AnyEstimator, rows: MatrixLike): unknown {
  if ('transform' in estimator) return estimator.transform(rows);
  return {
    predicted: estimator.predict(rows),
    proba: estimator.predictProba(rows),
    classes: estimator.classes_,
  };
}

/** Overwrites every number of a state, wherever it stands. */
function eraseNumbers(state: unknown): void {
  for (const [key, value] of Object.entries(state as Record<string, unknown>)) {
    if (typeof value === 'number') (state as Record<string, unknown>)[key] = -1;
    else if (typeof value === 'object' && value !== null) eraseNumbers(value);
  }
}

/** What scikit-learn asks of every estimator, and what this project adds: plain state that crosses threads. */
export function estimatorContract<E extends AnyEstimator>(name: string, subject: EstimatorSubject<E>): void {
  const { make, params, wrongParams, attributes } = subject;
  const fitted = (estimator: E, rows: MatrixLike, labels: Labels): E => {
    estimator.fit(rows, labels);
    return estimator;
  };

  describe(`${name} as an estimator`, () => {
    test('the constructor stores options and checks nothing, fit checks', () => {
      expect(make(wrongParams).getParams()).toEqual(wrongParams);
      expect(() => make(wrongParams).fit(X, y)).toThrow(ValueError);
    });

    test('getParams gives every option, and makes the same estimator again', () => {
      const defaults = make().getParams();
      expect(Object.keys(defaults).sort()).toEqual(Object.keys(params).sort());
      expect(make({}).getParams()).toEqual(defaults);
      for (const [option, value] of Object.entries(params)) expect(value).not.toEqual(defaults[option]);
      const estimator = fitted(make(params), X, y);
      expect(estimator.getParams()).toEqual(params);
      expect(outcome(fitted(make(estimator.getParams()), X, y), X)).toEqual(outcome(estimator, X));
    });

    test('before fit nothing is answered', () => {
      const estimator = make();
      expect(() => outcome(estimator, X)).toThrow(NotFittedError);
      expect(() => subject.toState(estimator)).toThrow(NotFittedError);
      for (const attribute of attributes)
        expect(() => estimator[attribute], attribute).toThrow(NotFittedError);
    });

    test('fit returns the estimator, and fills its attributes', () => {
      const estimator = make();
      expect(estimator.fit(X, y)).toBe(estimator);
      for (const attribute of attributes) expect(estimator[attribute], attribute).toBeDefined();
    });

    test('a second fit forgets the first', () => {
      const twice = fitted(fitted(make(), X, y), otherX, otherY);
      const once = fitted(make(), otherX, otherY);
      expect(subject.toState(twice)).toEqual(subject.toState(once));
      expect(outcome(twice, otherX)).toEqual(outcome(once, otherX));
    });

    test('a fit that fails leaves the first one as it was', () => {
      const estimator = fitted(make(), X, y);
      const before = subject.toState(estimator);
      expect(() => estimator.fit([[1], [Number.NaN]], [0, 1])).toThrow(ValueError);
      expect(subject.toState(estimator)).toEqual(before);
    });

    test('the same data gives the same fit, to the last bit', () => {
      expect(subject.toState(fitted(make(), X, y))).toEqual(subject.toState(fitted(make(), X, y)));
    });

    test("the caller's arrays are neither changed nor kept", () => {
      const rows = structuredClone(X) as number[][];
      const labels = [...y];
      const columns = [0, 1, 2].map((j) => Float64Array.from(rows, (row) => row[j]!));
      const matrix = { nSamples: rows.length, nFeatures: 3, columns };
      const columnsBefore = structuredClone(columns);
      const estimator = fitted(make(), rows, labels);
      const expected = outcome(estimator, matrix);
      const byMatrix = fitted(make(), matrix, labels);
      expect([rows, labels, columns]).toEqual([X, y, columnsBefore]);

      for (const column of columns) column.fill(0);
      for (const row of rows) row.fill(0);
      labels.fill(0);
      expect(outcome(estimator, X)).toEqual(expected);
      expect(outcome(byMatrix, X)).toEqual(expected);
    });

    test('other columns than the fit had are refused', () => {
      const estimator = fitted(make(), X, y);
      expect(() => outcome(estimator, otherX)).toThrow(/X has 2 features, but \w+ is expecting 3/);
    });

    test('its state crosses to another thread and back', () => {
      const estimator = fitted(make(params), X, y);
      const state = subject.toState(estimator);
      const crossed = structuredClone(state);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      const again = subject.fromState(crossed as never);
      expect(again.getParams()).toEqual(params);
      expect(outcome(again, X)).toEqual(outcome(estimator, X));
      expect(subject.toState(again)).toEqual(state);

      eraseNumbers(crossed);
      eraseNumbers(subject.toState(again));
      expect(subject.toState(again)).toEqual(state);
    });
  });
}
