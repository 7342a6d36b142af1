import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ValueError } from '../../src/ml/errors.ts';
import type { Matrix } from '../../src/ml/matrix.ts';
import {
  accuracyScore,
  classificationMetrics,
  f1Score,
  logLoss,
  type MetricSet,
  precisionScore,
  recallScore,
  rocAucScore,
} from '../../src/ml/metrics.ts';

interface Case {
  name: string;
  classes: (number | string)[];
  positive: number | string | null;
  yTrue: (number | string)[];
  yPred: (number | string)[];
  proba: number[][];
  /** null if the metric is undefined and NaN, or if scikit-learn raises. */
  metrics: Record<keyof MetricSet, number | null>;
  undefined: string[];
}

const fixture: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/metrics/metrics.json', import.meta.url), 'utf8'),
);

/** Relative tolerance, so a loss near 0 is compared too. */
const TOLERANCE = 1e-12;

function matrix(rows: readonly (readonly number[])[]): Matrix {
  const nFeatures = rows[0]?.length ?? 0;
  const columns = Array.from({ length: nFeatures }, (_, j) => Float64Array.from(rows, (row) => row[j]!));
  return { nSamples: rows.length, nFeatures, columns };
}

/** Metrics that differ from the reference by more than the tolerance. */
function differences(got: Partial<MetricSet>, expected: Case['metrics']): object[] {
  return Object.entries(got)
    .map(([metric, value]) => ({
      metric,
      value,
      expected: expected[metric as keyof MetricSet] ?? Number.NaN,
    }))
    .filter(({ value, expected: reference }) =>
      Number.isNaN(reference)
        ? !Number.isNaN(value)
        : !(Math.abs(value - reference) <= TOLERANCE * Math.abs(reference)),
    );
}

describe('metrics of scikit-learn', () => {
  it.each(fixture.cases)('all at once: $name', (expected) => {
    const { yTrue, yPred, classes } = expected;
    const proba = matrix(expected.proba);
    const positive = expected.positive ?? undefined;
    const got = classificationMetrics({ yTrue, yPred, proba, classes, positive });
    expect(Object.keys(got.metrics)).toEqual(Object.keys(expected.metrics));
    expect(differences(got.metrics, expected.metrics)).toEqual([]);
    expect(got.undefinedMetrics).toEqual(expected.undefined);
  });

  it.each(fixture.cases)('one by one: $name', (expected) => {
    const { yTrue, yPred, classes } = expected;
    const proba = matrix(expected.proba);
    const positive = expected.positive ?? undefined;
    const options = { classes, positive };
    const got = {
      accuracy_score: accuracyScore(yTrue, yPred),
      precision_score: precisionScore(yTrue, yPred, options),
      recall_score: recallScore(yTrue, yPred, options),
      f1_score: f1Score(yTrue, yPred, options),
      roc_auc: rocAucScore(yTrue, proba, classes, positive),
    };
    expect(differences(got, expected.metrics)).toEqual([]);
    if (expected.metrics.log_loss === null) {
      expect(() => logLoss(yTrue, proba, classes)).toThrow(ValueError);
    } else {
      expect(differences({ log_loss: logLoss(yTrue, proba, classes) }, expected.metrics)).toEqual([]);
    }
  });

  it('accepts typed arrays and leaves them unchanged', () => {
    const yTrue = Float64Array.of(0, 1, 1, 0);
    const yPred = Int32Array.of(0, 1, 0, 0);
    const proba = matrix([
      [0.9, 0.1],
      [0.2, 0.8],
      [0.6, 0.4],
      [0.7, 0.3],
    ]);
    const { metrics } = classificationMetrics({ yTrue, yPred, proba, classes: [0, 1] });
    expect(metrics).toMatchObject({
      accuracy_score: 0.75,
      precision_score: 1,
      recall_score: 0.5,
      roc_auc: 1,
    });
    expect([...proba.columns[0]!]).toEqual([0.9, 0.2, 0.6, 0.7]);
  });

  it('loses no digits of the log loss over many rows', () => {
    // One loss of ln 2^-40 and 2^20 losses that are a billion times smaller: a plain sum loses part of each.
    const nSmall = 2 ** 20;
    const ones = new Float64Array(nSmall + 1).fill(1 - 2 ** -30);
    ones[0] = 2 ** -40;
    const proba = { nSamples: ones.length, nFeatures: 2, columns: [ones.map((p) => 1 - p), ones] };
    const got = logLoss(new Uint8Array(ones.length).fill(1), proba, [0, 1]);
    const expected = (40 * Math.LN2 - nSmall * Math.log1p(-(2 ** -30))) / (nSmall + 1);
    expect(Math.abs(got / expected - 1)).toBeLessThan(1e-15);
  });

  it('is NaN, not a wrong number, if a probability is NaN', () => {
    const proba = matrix([
      [Number.NaN, Number.NaN],
      [0.2, 0.8],
      [0.6, 0.4],
    ]);
    const got = classificationMetrics({ yTrue: [0, 1, 0], yPred: [0, 1, 0], proba, classes: [0, 1] });
    expect(got.metrics).toMatchObject({ log_loss: Number.NaN, roc_auc: Number.NaN });
    expect(got.undefinedMetrics).toEqual(['log_loss', 'roc_auc']);
  });
});

describe('metrics reject', () => {
  const half = matrix([
    [0.5, 0.5],
    [0.5, 0.5],
  ]);
  const usable = { yTrue: [0, 1], yPred: [0, 1], proba: half, classes: [0, 1] };
  it.each([
    ['no rows', { yTrue: [], yPred: [], proba: matrix([]) }],
    ['predictions of another length', { yPred: [0] }],
    ['probabilities of another length', { proba: matrix([[0.5, 0.5]]) }],
    ['another number of columns than classes', { classes: [0, 1, 2] }],
    ['a single class', { classes: [0], proba: matrix([[1], [1]]) }],
    ['a duplicate class', { classes: [1, 1] }],
    ['a positive label that is not a class', { positive: 2 }],
  ])('%s', (_, change) => {
    expect(() => classificationMetrics(usable)).not.toThrow();
    expect(() => classificationMetrics({ ...usable, ...change })).toThrow(ValueError);
  });

  it('in the single functions too', () => {
    expect(() => accuracyScore([], [])).toThrow(ValueError);
    expect(() => recallScore([0, 1], [0], { classes: [0, 1] })).toThrow(ValueError);
    expect(() => f1Score([0, 1], [0, 1], { classes: [0, 1], positive: 3 })).toThrow(ValueError);
    expect(() => logLoss([0, 1, 1], half, [0, 1])).toThrow(ValueError);
    expect(() => rocAucScore([0, 1], half, [0, 1], 'yes')).toThrow(ValueError);
  });
});
