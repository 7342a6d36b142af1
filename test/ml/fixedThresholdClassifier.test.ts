import { describe, expect, test } from 'vitest';
import { NotFittedError, ValueError } from '../../src/ml/errors.ts';
import { FixedThresholdClassifier, withThreshold } from '../../src/ml/fixedThresholdClassifier.ts';
import { encodeLabels } from '../../src/ml/labelEncoding.ts';
import { LogisticRegression } from '../../src/ml/logisticRegression.ts';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import { modelCase, THRESHOLD_CASES } from '../tracking/modelFiles/cases.ts';

const X = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const isOne = X.map(([x = 0, z = 0], i) => x + z / 2 + Math.sin(7 * i) > 0.4);
const numbers = isOne.map(Number);
const texts = isOne.map((one) => (one ? 'no' : 'yes'));

const regression = () => new LogisticRegression({ C: 10 });

describe('FixedThresholdClassifier', () => {
  // The larger label is 1, and 'yes'; the threshold is the probability of one of the rows.
  test.each([
    ['1', numbers, 1, 1],
    ['1 by default', numbers, null, 1],
    ['0', numbers, 0, 0],
    ['yes', texts, 'yes', 1],
    ['yes by default', texts, null, 1],
    ['no', texts, 'no', 0],
  ])('predicts %s exactly from the threshold on', (_name, y, posLabel, positive) => {
    const plain = regression().fit(X, y);
    const proba = plain.predictProba(X).columns[positive]!;
    for (const row of [0, 7, 19]) {
      const threshold = proba[row]!;
      const model = new FixedThresholdClassifier(regression(), { threshold, posLabel }).fit(X, y);
      const [label, other] = [plain.classes_[positive], plain.classes_[1 - positive]];
      const expected = Array.from(proba, (p) => (p >= threshold ? label : other));
      expect(model.predict(X)).toEqual(expected);
      expect(expected[row]).toBe(label);
      expect(new Set(expected).size).toBe(2);
      expect(model.predictProba(X)).toEqual(plain.predictProba(X));
      expect(model.decisionFunction(X)).toEqual(plain.decisionFunction(X));
    }
  });

  test('predicts like the estimator at 0.5', () => {
    const plain = regression().fit(X, texts);
    const model = new FixedThresholdClassifier(regression()).fit(X, texts);
    expect(model.predict(X)).toEqual(plain.predict(X));
    expect(model.score(X, texts)).toBe(plain.score(X, texts));
  });

  test('fits codes as it fits labels', () => {
    const [byLabels, byCodes] = [texts, encodeLabels(texts)].map((y) =>
      new FixedThresholdClassifier(regression(), { threshold: 0.3 }).fit(X, y).toState(),
    );
    expect(byCodes).toEqual(byLabels);
  });

  test('predicts codes with the probabilities of the second class', () => {
    const model = new FixedThresholdClassifier(regression(), { threshold: 0.3, posLabel: 'no' }).fit(
      X,
      texts,
    );
    const { codes, proba } = model.predictCoded(X);
    expect(Array.from(codes, (code) => model.classes_[code])).toEqual(model.predict(X));
    expect(proba.columns).toEqual([model.predictProba(X).columns[1]]);
  });

  test.each([
    ['a threshold that is not a number', { threshold: Number.NaN }, numbers, /threshold/],
    ['an unknown positive label', { posLabel: 2 }, numbers, /pos_label=2 is not a valid label/],
    ['a label of the other type', { posLabel: '1' }, numbers, /pos_label=1 is not a valid label/],
    ['three classes', {}, X.map((_, i) => i % 3), /Only binary classification/],
    ['one class', {}, X.map(() => 1), /only one class/],
  ])('rejects %s', (_name, options, y, message) => {
    const model = new FixedThresholdClassifier(regression(), options);
    expect(() => model.fit(X, y)).toThrow(ValueError);
    expect(() => model.fit(X, y)).toThrow(message);
    expect(() => model.predict(X)).toThrow(NotFittedError);
  });
});

describe('withThreshold', () => {
  test.each(THRESHOLD_CASES)('$name: the pipeline is restored with it', ({ pipeline, rows }) => {
    const restored = TrainingPipeline.fromState(pipeline);
    expect(restored.toState()).toEqual(pipeline);
    const [, last] = pipeline.steps.at(-1)!;
    if (last.estimator !== 'FixedThresholdClassifier') throw new Error('the last step has a threshold');
    const { threshold, posLabel } = last.params;
    const X = rows as readonly (readonly number[])[];
    const { classes } = last.classifier.fitted;
    const positive = posLabel === null ? 1 : classes.indexOf(posLabel);
    const proba = restored.predictProba(X).columns[positive]!;
    const predicted = restored.predict(X);
    expect(predicted).toEqual(Array.from(proba, (p) => classes[p >= threshold ? positive : 1 - positive]));
    // Otherwise the case would show nothing.
    const atHalf = Array.from(proba, (p) => classes[p >= 0.5 ? positive : 1 - positive]);
    expect(predicted).not.toEqual(atHalf);
  });

  test('only surrounds a regression', () => {
    const { pipeline } = modelCase('plain');
    const params = { threshold: 0.3, posLabel: 1 };
    const once = withThreshold(pipeline, params);
    expect(once.steps.map(([name, { estimator }]) => [name, estimator])).toEqual([
      ['scaler', 'MinMaxScaler'],
      ['model', 'FixedThresholdClassifier'],
    ]);
    expect(() => withThreshold(once, params)).toThrow(TypeError);
    expect(() => withThreshold({ ...pipeline, steps: [] }, params)).toThrow(TypeError);
  });

  test.each([
    ['three classes', { classes: ['a', 'b', 'c'], classesDtype: 'object' }, 'b', /Only two classes/],
    ['a positive class that does not exist', {}, 2, /2 is not one of 0,1/],
    ['a positive class of the other type', {}, '1', /1 is not one of 0,1/],
  ] as const)('rejects %s', (_name, oddities, posLabel, message) => {
    const { pipeline } = modelCase('plain', oddities);
    expect(() => withThreshold(pipeline, { threshold: 0.3, posLabel })).toThrow(message);
  });
});
