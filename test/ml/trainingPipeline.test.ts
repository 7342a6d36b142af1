import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trainTestSplit } from '../../src/data/split.ts';
import { NotFittedError, ValueError } from '../../src/ml/errors.ts';
import { LogisticRegression } from '../../src/ml/logisticRegression.ts';
import { takeRows, toMatrix } from '../../src/ml/matrix.ts';
import { accuracyScore, logLoss, precisionScore, recallScore } from '../../src/ml/metrics.ts';
import { MinMaxScaler } from '../../src/ml/minMaxScaler.ts';
import type { ModelLog, RunNames } from '../../src/ml/modelLog.ts';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import { classifierOf } from '../../src/tracking/modelFiles/onnx.ts';
import type { PipelineState } from '../../src/values/pipelineState.ts';

const X = [
  [0, 100],
  [1, 0],
  [2, 200],
  [3, 100],
  [4, 400],
  [5, 200],
];
const y = [0, 0, 1, 0, 1, 1];

function diabetes() {
  const text = readFileSync(new URL('../../data/diabetes.csv', import.meta.url), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const features = toMatrix(rows.map((row) => row.slice(0, -1)));
  const labels = rows.map((row) => row.at(-1)!);
  const { train, test: held } = trainTestSplit(rows.length, { testSize: 0.3, randomState: 123 });
  const part = (indices: Uint32Array) => ({
    X: takeRows(features, indices),
    y: Array.from(indices, (i) => labels[i]!),
  });
  return { train: part(train), test: part(held) };
}

describe('TrainingPipeline on diabetes.csv', () => {
  // scikit-learn 1.9.1, numpy 2.4.6, Python's round: accuracy, precision, recall and log loss of the 231 test rows.
  test.each([
    { C: 0.01, maxIter: 100, nIter: 5, scores: [0.619048, 0, 0, 0.653057], rounded: [0.62, 0, 0, 0.65] },
    {
      C: 0.1,
      maxIter: 100,
      nIter: 6,
      scores: [0.666667, 1, 0.125, 0.577796],
      rounded: [0.67, 1, 0.12, 0.58],
    },
    {
      C: 1,
      maxIter: 5,
      nIter: 5,
      scores: [0.787879, 0.819672, 0.568182, 0.477076],
      rounded: [0.79, 0.82, 0.57, 0.48],
    },
    {
      C: 1,
      maxIter: 100,
      nIter: 9,
      scores: [0.792208, 0.8125, 0.590909, 0.477461],
      rounded: [0.79, 0.81, 0.59, 0.48],
    },
    {
      C: 10,
      maxIter: 100,
      nIter: 13,
      scores: [0.800866, 0.791667, 0.647727, 0.452154],
      rounded: [0.8, 0.79, 0.65, 0.45],
    },
    {
      C: 100,
      maxIter: 100,
      nIter: 11,
      scores: [0.800866, 0.791667, 0.647727, 0.451404],
      rounded: [0.8, 0.79, 0.65, 0.45],
    },
    {
      C: 1000,
      maxIter: 5,
      nIter: 5,
      scores: [0.809524, 0.797297, 0.670455, 0.448377],
      rounded: [0.81, 0.8, 0.67, 0.45],
    },
  ])('C=$C, maxIter=$maxIter', ({ C, maxIter, nIter, scores, rounded }) => {
    const { train, test: held } = diabetes();
    const pipeline = TrainingPipeline.withDefaults({ C, maxIter }).fit(train.X, train.y);
    const predicted = pipeline.predict(held.X) as number[];
    const proba = pipeline.predictProba(held.X);
    const options = { classes: pipeline.classes_ };
    const got = [
      accuracyScore(held.y, predicted),
      precisionScore(held.y, predicted, options),
      recallScore(held.y, predicted, options),
      logLoss(held.y, proba, pipeline.classes_),
    ];
    expect(got.map((score) => Number(score.toFixed(6)))).toEqual(scores);
    expect((pipeline.namedSteps['model'] as LogisticRegression).nIter_).toBe(nIter);
    const [accuracy, precision, recall, entropy] = rounded;
    expect(pipeline.getMetrics(held.y, predicted, proba)).toEqual({ accuracy, entropy, precision, recall });
  });
});

describe('TrainingPipeline', () => {
  test('has the steps of the service by default', () => {
    const pipeline = TrainingPipeline.withDefaults({ C: 5, maxIter: 7 });
    expect(pipeline.steps.map(([name, step]) => [name, step.constructor])).toEqual([
      ['scaler', MinMaxScaler],
      ['model', LogisticRegression],
    ]);
    expect(pipeline.getParams()).toMatchObject({ model__C: 5, model__maxIter: 7, scaler__clip: false });
  });

  test('computes metrics for another label on request', () => {
    const pipeline = TrainingPipeline.withDefaults().fit(X, y);
    const proba = X.map(() => [0.25, 0.75]);
    const rate = (positive?: number) =>
      pipeline.getMetrics([0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 1], proba, positive);
    expect(rate()).toEqual({ accuracy: 0.67, entropy: 0.84, precision: 0.6, recall: 1 });
    expect(rate(0)).toMatchObject({ accuracy: 0.67, precision: 1, recall: 0.33 });
    expect(rate(1)).toEqual(rate());
  });

  test('weights three labels by their rows', () => {
    const labels = ['a', 'a', 'b', 'b', 'c', 'c'];
    const pipeline = TrainingPipeline.withDefaults().fit(X, labels);
    const proba = X.map(() => [0.5, 0.25, 0.25]);
    const metrics = pipeline.getMetrics(
      ['a', 'a', 'a', 'a', 'b', 'c'],
      ['a', 'a', 'a', 'b', 'b', 'a'],
      proba,
    );
    // Correct of predicted, and of actual: a 3 of 4, 3 of 4; b 1 of 2, 1 of 1; c 0. Weights 4, 1, 1.
    expect(metrics).toEqual({ accuracy: 0.67, entropy: 0.92, precision: 0.58, recall: 0.67 });
  });

  test('makes a name that MLflow accepts', () => {
    const now = new Date(2026, 10, 1, 9, 5, 0);
    expect(TrainingPipeline.withDefaults().makeModelName('a/b:c', 'Train-Run', now)).toBe(
      'a.b.c_Train-Run_Sun-Nov--1-09.05.00-2026',
    );
    expect(TrainingPipeline.withDefaults().makeModelName('e', 'r')).toMatch(/^e_r_\w{3}-\w{3}-[^:/]+$/);
  });

  test('logs its state under the names of the run and returns the answer of the log', async () => {
    const logged: unknown[] = [];
    const log: ModelLog<RunNames, { version: number }> = {
      async logModel(state, run) {
        logged.push([state, run]);
        return { version: 3 };
      },
    };
    const run = { experimentName: 'e', runName: 'r', registeredModelName: 'm' };
    const pipeline = TrainingPipeline.withDefaults().fit(X, y, { featureNames: ['a', 'b'] });
    await expect(pipeline.logModel(log, run)).resolves.toEqual({ version: 3 });
    expect(logged).toEqual([[pipeline.toState(), run]]);
    await expect(TrainingPipeline.withDefaults().logModel(log, run)).rejects.toThrow(NotFittedError);
  });

  test('its state crosses to another thread and predicts the same there', () => {
    const pipeline = TrainingPipeline.withDefaults({ C: 2 }).fit(X, y, {
      featureNames: ['a', 'b'],
      classesDtype: 'float64',
    });
    const state: PipelineState = structuredClone(pipeline.toState());
    expect(state.featureNamesIn).toEqual(['a', 'b']);
    expect(state.steps.map(([name, { estimator }]) => [name, estimator])).toEqual([
      ['scaler', 'MinMaxScaler'],
      ['model', 'LogisticRegression'],
    ]);
    expect(classifierOf(state.steps).fitted).toMatchObject({ classesDtype: 'float64' });
    const again = TrainingPipeline.fromState(state);
    expect(again.predictProba(X)).toEqual(pipeline.predictProba(X));
    expect(again.getParams()).toEqual(pipeline.getParams());
    expect(again.toState()).toEqual(state);
  });

  test('names unnamed columns like scikit-learn', () => {
    expect(TrainingPipeline.withDefaults().fit(X, y).toState().featureNamesIn).toEqual(['x0', 'x1']);
  });

  test.each([[['a']], [['a', 'a']], [['a', 'b', 'c']]])(
    'rejects the names %j for two columns',
    (featureNames) => {
      const pipeline = TrainingPipeline.withDefaults();
      expect(() => pipeline.fit(X, y, { featureNames })).toThrow(ValueError);
      expect(() => pipeline.toState()).toThrow(NotFittedError);
    },
  );
});
