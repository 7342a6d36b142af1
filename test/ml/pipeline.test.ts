import { describe, expect, test } from 'vitest';
import { NotFittedError, ValueError } from '../../src/ml/errors.ts';
import { LogisticRegression } from '../../src/ml/logisticRegression.ts';
import { MinMaxScaler } from '../../src/ml/minMaxScaler.ts';
import { OneHotEncoder } from '../../src/ml/oneHotEncoder.ts';
import { Pipeline, type Step } from '../../src/ml/pipeline.ts';
import { SimpleImputer } from '../../src/ml/simpleImputer.ts';
import { frameOf, texts, valuesOf } from './frames.ts';

const X = [
  [0, 100],
  [1, 0],
  [2, 200],
  [3, 100],
  [4, 400],
  [5, 200],
];
const y = [0, 0, 1, 0, 1, 1];

const scaler = () => new MinMaxScaler();
const model = () => new LogisticRegression({ C: 10 });

describe('Pipeline', () => {
  test('fits each step on the output of the steps before it', () => {
    const pipeline = new Pipeline([
      ['scaler', scaler()],
      ['model', model()],
    ]);
    expect(pipeline.fit(X, y)).toBe(pipeline);
    const scaled = scaler().fit(X).transform(X);
    const alone = model().fit(scaled, y);
    expect(pipeline.predict(X)).toEqual(alone.predict(scaled));
    expect(pipeline.predictProba(X)).toEqual(alone.predictProba(scaled));
    expect(pipeline.score(X, y)).toBe(alone.score(scaled, y));
    expect(pipeline.classes_).toEqual([0, 1]);
  });

  test('transforms if its last step does', () => {
    const pipeline = new Pipeline([
      ['first', new MinMaxScaler({ featureRange: [1, 2] })],
      ['second', new MinMaxScaler({ featureRange: [-1, 1] })],
    ]);
    const { columns } = pipeline.fit(X, y).transform(X);
    expect(columns.map((column) => [Math.min(...column), Math.max(...column)])).toEqual([
      [-1, 1],
      [-1, 1],
    ]);
    expect(() => pipeline.predict(X)).toThrow(/not a classifier/);
  });

  test('transforms a frame of numbers and text into a frame', () => {
    const pipeline = new Pipeline([
      ['imputer', new SimpleImputer({ strategy: 'most_frequent' })],
      ['encoder', new OneHotEncoder()],
    ]);
    const frame = frameOf(texts('b', null, 'a', 'b'));
    expect(pipeline.fit(frame)).toBe(pipeline);
    expect(pipeline.transform(frame).columns.map(valuesOf)).toEqual([
      [0, 0, 1, 0],
      [1, 1, 0, 1],
    ]);
  });

  test('needs labels if it ends with a classifier', () => {
    expect(() => new Pipeline([['model', model()]]).fit(X)).toThrow(/needs y/);
  });

  test('has a plain-data state if each of its steps has one', () => {
    const pipeline = new Pipeline([['scaler', scaler()]]);
    expect(() => pipeline.toState()).toThrow(NotFittedError);
    const { estimator, steps } = pipeline.fit(X).toState();
    expect([estimator, steps[0]![0], steps[0]![1].estimator]).toEqual(['Pipeline', 'scaler', 'MinMaxScaler']);
    const stateless = new Pipeline([['other', { getParams: () => ({}) }]]);
    expect(() => stateless.toState()).toThrow(TypeError);
  });

  test('returns its steps by name and their options as step__param', () => {
    const [first, last] = [scaler(), model()];
    const pipeline = new Pipeline([
      ['scaler', first],
      ['model', last],
    ]);
    expect(pipeline.namedSteps).toEqual({ scaler: first, model: last });
    expect(pipeline.namedSteps['model']).toBe(last);
    expect(pipeline.getParams()).toEqual({
      scaler__featureRange: [0, 1],
      scaler__clip: false,
      model__C: 10,
      model__tol: 1e-4,
      model__maxIter: 100,
      model__solver: 'lbfgs',
      model__classWeight: null,
    });
  });

  test.each<[string, Step[], RegExp]>([
    ['no steps', [], /empty/],
    [
      'duplicate names',
      [
        ['a', scaler()],
        ['a', model()],
      ],
      /not unique: 'a' occurs twice/,
    ],
    [
      'an empty name',
      [
        ['', scaler()],
        ['b', model()],
      ],
      /must not be empty/,
    ],
    [
      'a name with two underscores',
      [
        ['a__b', scaler()],
        ['c', model()],
      ],
      /must not contain __: got 'a__b'/,
    ],
    [
      'a classifier before the end',
      [
        ['a', model()],
        ['b', model()],
      ],
      /not a transformer/,
    ],
    ['a last step without abilities', [['a', { getParams: () => ({}) }]], /not a transformer/],
  ])('rejects %s in fit', (_, steps, message) => {
    const pipeline = new Pipeline(steps);
    expect(() => pipeline.fit(X, y)).toThrow(ValueError);
    expect(() => pipeline.fit(X, y)).toThrow(message);
  });

  test('predicts nothing before fit', () => {
    const pipeline = new Pipeline([
      ['scaler', scaler()],
      ['model', model()],
    ]);
    expect(() => pipeline.predict(X)).toThrow(NotFittedError);
    expect(() => pipeline.predictProba(X)).toThrow(NotFittedError);
    expect(() => pipeline.score(X, y)).toThrow(NotFittedError);
    expect(() => pipeline.classes_).toThrow(NotFittedError);
  });

  test("keeps its own list of steps, not the caller's", () => {
    const steps: Step[] = [['model', model()]];
    const pipeline = new Pipeline(steps);
    steps.push(['late', model()]);
    expect(pipeline.steps).toHaveLength(1);
  });
});
