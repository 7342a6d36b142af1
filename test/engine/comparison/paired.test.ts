import { describe, expect, it } from 'vitest';
import { drawnCounts, intervalsOf, type MeasuredRows } from '../../../src/engine/comparison/intervals.ts';
import { pairedDifferences } from '../../../src/engine/comparison/paired.ts';
import { type CodedResult, codedMetrics } from '../../../src/ml/codedMetrics.ts';
import { mcnemar } from '../../../src/ml/intervals/mcnemar.ts';
import { randomFrom } from '../../../src/ml/intervals/random.ts';

const ROWS = 250;
const RESAMPLES = 20_000;
const random = randomFrom(7);

const truth = Uint8Array.from({ length: ROWS }, () => (random() < 0.35 ? 1 : 0));
/** Predictions that are right with a probability, and another model that mostly agrees. */
const first = truth.map((code) => (random() < 0.8 ? code : 1 - code));
const second = first.map((code, row) => (random() < 0.85 ? code : random() < 0.6 ? truth[row]! : 1 - code));

function measured(predictedCodes: Uint8Array, positiveCode = 1): MeasuredRows {
  const column = Float64Array.from(predictedCodes, (code, row) => (code === 1 ? 0.7 : 0.3) + row * 1e-4);
  const proba = { nSamples: ROWS, nFeatures: 1, columns: [column] };
  const predictions = { trueCodes: truth, predictedCodes, proba, nClasses: 2, positiveCode } as CodedResult;
  const { undefinedMetrics: _, ...measures } = codedMetrics(predictions);
  return { predictions, measures, areaVariance: 0.001 };
}

type Metric = (tp: number, fp: number, fn: number) => number;
const METRICS: Readonly<Record<string, Metric>> = {
  precision_score: (tp, fp) => tp / (tp + fp),
  recall_score: (tp, _, fn) => tp / (tp + fn),
  f1_score: (tp, fp, fn) => (2 * tp) / (2 * tp + fp + fn),
};

/** Draws rows, not counts, and both models at once. */
function resampledRows(metric: Metric, positive: number) {
  const draw = randomFrom(99);
  const differences = Array.from({ length: RESAMPLES }, () => {
    let [tpA, fpA, fnA, tpB, fpB, fnB] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < ROWS; i++) {
      const row = Math.floor(draw() * ROWS);
      const is = truth[row] === positive;
      const [a, b] = [first[row] === positive, second[row] === positive];
      if (a && is) tpA++;
      if (a && !is) fpA++;
      if (!a && is) fnA++;
      if (b && is) tpB++;
      if (b && !is) fpB++;
      if (!b && is) fnB++;
    }
    return metric(tpA, fpA, fnA) - metric(tpB, fpB, fnB);
  });
  const sorted = differences.toSorted((a, b) => a - b);
  const mean = differences.reduce((sum, one) => sum + one, 0) / RESAMPLES;
  const deviation = Math.sqrt(differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / RESAMPLES);
  return { low: sorted[RESAMPLES * 0.025]!, high: sorted[RESAMPLES * 0.975]!, deviation };
}

describe.each([1, 0])('two models on the same rows, class %i positive', (positive) => {
  const [ours, theirs] = [measured(first, positive), measured(second, positive)];
  const differences = pairedDifferences(ours, theirs, []);

  it.each(Object.keys(METRICS))('have an interval of %s like that of resampled rows', (name) => {
    const { low, high, deviation } = resampledRows(METRICS[name]!, positive);
    const metric = name as 'f1_score';
    const { difference, ...found } = differences[metric]!;
    expect(difference).toBeCloseTo(ours.measures.metrics[metric] - theirs.measures.metrics[metric], 12);
    // The end of an interval of 2,000 draws has a standard error of about 0.06 deviations.
    expect(Math.abs(found.low - low) / deviation).toBeLessThan(0.25);
    expect(Math.abs(found.high - high) / deviation).toBeLessThan(0.25);
  });

  it('have exact p-values of accuracy and recall', () => {
    let [right, wrong, hit, missed] = [0, 0, 0, 0];
    for (const [row, code] of truth.entries()) {
      if (first[row] === second[row]) continue;
      if (first[row] === code) right++;
      else wrong++;
      if (code === positive && first[row] === positive) hit++;
      if (code === positive && second[row] === positive) missed++;
    }
    expect(differences['accuracy_score']!.p).toBe(mcnemar(right, wrong));
    expect(differences['recall_score']!.p).toBe(mcnemar(hit, missed));
  });

  it('have the same intervals with the same draws as alone', () => {
    const drawn = drawnCounts(ours);
    expect(intervalsOf(ours, [], drawn)).toEqual(intervalsOf(ours, []));
    expect(pairedDifferences(ours, theirs, [], drawn)).toEqual(differences);
  });
});
