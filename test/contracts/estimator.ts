import { describe, expect, test } from 'vitest';
import { NotFittedError, ValueError } from '../../src/ml/errors.ts';
import type { Classifier, Input, Params, Transformer } from '../../src/ml/estimator.ts';
import type { Labels } from '../../src/ml/labels.ts';
import { isFrame } from '../../src/ml/matrix.ts';
import { valuesOf } from '../ml/frames.ts';

type AnyEstimator = Transformer | Classifier;

/** How to create one estimator and how to save its state. */
export interface EstimatorSubject<E extends AnyEstimator> {
  readonly make: (params?: Params) => E;
  /** Values of all options that differ from the defaults. */
  readonly params: Params;
  /** Options that allow only their default. */
  readonly sameAsDefault?: readonly string[];
  /** Options that `fit` rejects. */
  readonly wrongParams: Params;
  /** Fitted attributes, which throw before `fit`. */
  readonly attributes: readonly (keyof E & string)[];
  readonly toState: (estimator: E) => unknown;
  readonly fromState: (state: never) => E;
  /** Input, if it is not numbers. */
  readonly data?: Data;
  /** Whether the estimator knows two classes only. */
  readonly isBinary?: boolean;
}

/** Each call creates new input from arrays that nobody else has. */
interface Data {
  /** 30 rows, 3 columns. */
  readonly X: () => Kept;
  /** 30 rows, 2 columns. */
  readonly otherX: () => Kept;
  /** Input that `fit` rejects with any options. */
  readonly wrongX: () => Input;
}

/** An input, and a function that overwrites the arrays that the caller keeps. */
interface Kept {
  readonly input: Input;
  readonly overwrite: () => void;
}

const rowsX: readonly number[][] = Array.from({ length: 30 }, (_, i) => [
  Math.sin(i),
  i / 30,
  Math.cos(2 * i),
]);
const y = rowsX.map(([x = 0], i) => (x + Math.sin(7 * i) > 0 ? 1 : 0));
const rowsOther = rowsX.map(([a = 0, b = 0]) => [b - 2, 3 * a]);
const threeClasses = y.map((label, i) => (i % 3 === 0 ? 'a' : `b${label}`));
const twoClasses = y.map((_, i) => (i % 3 === 0 ? 'a' : 'b'));

function byRows(rows: readonly number[][]): Kept {
  const input = structuredClone(rows) as number[][];
  return {
    input,
    overwrite: () => {
      for (const row of input) row.fill(0);
    },
  };
}

const ROWS: Data = {
  X: () => byRows(rowsX),
  otherX: () => byRows(rowsOther),
  wrongX: () => [[1], [Number.NaN]],
};

function contentOf(X: Input): unknown {
  return isFrame(X) ? X.columns.map(valuesOf) : X;
}

/** The output of an estimator as plain values. */
function outcome(estimator: AnyEstimator, rows: Input): unknown {
  if ('transform' in estimator) {
    return contentOf(estimator.transform(rows));
  }
  return {
    predicted: estimator.predict(rows),
    proba: estimator.predictProba(rows),
    classes: estimator.classes_,
  };
}

/** Overwrites every number in a state, at any depth. */
function eraseNumbers(state: unknown): void {
  for (const [key, value] of Object.entries(state as Record<string, unknown>)) {
    if (typeof value === 'number') (state as Record<string, unknown>)[key] = -1;
    else if (typeof value === 'object' && value !== null) eraseNumbers(value);
  }
}

/** Tests scikit-learn's contract for every estimator, and this project's addition: plain state that crosses threads. */
export function estimatorContract<E extends AnyEstimator>(name: string, subject: EstimatorSubject<E>): void {
  const { make, params, wrongParams, attributes, data = ROWS } = subject;
  const [X, otherX] = [data.X().input, data.otherX().input];
  const otherY = subject.isBinary === true ? twoClasses : threeClasses;
  const fitted = (estimator: E, rows: Input, labels: Labels): E => {
    estimator.fit(rows, labels);
    return estimator;
  };

  describe(`${name} as an estimator`, () => {
    test('the constructor stores options unchecked, fit checks them', () => {
      expect(make(wrongParams).getParams()).toEqual(wrongParams);
      expect(() => make(wrongParams).fit(X, y)).toThrow(ValueError);
    });

    test('getParams returns every option, and recreates the same estimator', () => {
      const defaults = make().getParams();
      expect(Object.keys(defaults).sort()).toEqual(Object.keys(params).sort());
      expect(make({}).getParams()).toEqual(defaults);
      for (const [option, value] of Object.entries(params)) {
        const isDefault = subject.sameAsDefault?.includes(option) ?? false;
        expect(isDefault || JSON.stringify(value) !== JSON.stringify(defaults[option]), option).toBe(true);
      }
      const estimator = fitted(make(params), X, y);
      expect(estimator.getParams()).toEqual(params);
      expect(outcome(fitted(make(estimator.getParams()), X, y), X)).toEqual(outcome(estimator, X));
    });

    test('throws before fit', () => {
      const estimator = make();
      expect(() => outcome(estimator, X)).toThrow(NotFittedError);
      expect(() => subject.toState(estimator)).toThrow(NotFittedError);
      for (const attribute of attributes)
        expect(() => estimator[attribute], attribute).toThrow(NotFittedError);
    });

    test('fit returns the estimator and sets its attributes', () => {
      const estimator = make();
      expect(estimator.fit(X, y)).toBe(estimator);
      for (const attribute of attributes) expect(estimator[attribute], attribute).toBeDefined();
    });

    test('a second fit replaces the first', () => {
      const twice = fitted(fitted(make(), X, y), otherX, otherY);
      const once = fitted(make(), otherX, otherY);
      expect(subject.toState(twice)).toEqual(subject.toState(once));
      expect(outcome(twice, otherX)).toEqual(outcome(once, otherX));
    });

    test('a failed fit leaves the first fit unchanged', () => {
      const estimator = fitted(make(), X, y);
      const before = subject.toState(estimator);
      expect(() => estimator.fit(data.wrongX(), [0, 1])).toThrow(ValueError);
      expect(subject.toState(estimator)).toEqual(before);
    });

    test('the same data gives the same fit, to the last bit', () => {
      expect(subject.toState(fitted(make(), X, y))).toEqual(subject.toState(fitted(make(), X, y)));
    });

    test("neither changes nor keeps the caller's arrays", () => {
      const { input, overwrite } = data.X();
      const labels = [...y];
      const estimator = fitted(make(), input, labels);
      const expected = structuredClone(outcome(estimator, input));
      expect(outcome(estimator, X)).toEqual(expected);
      expect([contentOf(input), labels]).toEqual([contentOf(X), y]);

      overwrite();
      labels.fill(0);
      expect(outcome(estimator, X)).toEqual(expected);
    });

    if (subject.data === undefined)
      test('nor the arrays of a matrix', () => {
        const columns = [0, 1, 2].map((j) => Float64Array.from(rowsX, (row) => row[j]!));
        const matrix = { nSamples: rowsX.length, nFeatures: 3, columns };
        const columnsBefore = structuredClone(columns);
        const estimator = fitted(make(), matrix, y);
        const expected = outcome(fitted(make(), X, y), X);
        expect(outcome(estimator, matrix)).toEqual(expected);
        expect(columns).toEqual(columnsBefore);
        for (const column of columns) column.fill(0);
        expect(outcome(estimator, X)).toEqual(expected);
      });

    test('rejects other columns than in the fit', () => {
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
