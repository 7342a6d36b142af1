import { describe, expect, it } from 'vitest';
import { DenseNumericColumn, DenseTextColumn } from '../../src/ml/denseColumn.ts';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import type { FeatureColumn } from '../../src/models/port.ts';
import { createPredictor } from '../../src/models/predictor.ts';
import { classifierOf } from '../../src/tracking/modelFiles/onnx.ts';
import { MODEL_CASES, modelCase, THRESHOLD_CASES } from '../tracking/modelFiles/cases.ts';
import { COLUMN_CASES, THRESHOLD_COLUMN_CASES } from '../tracking/modelFiles/columnCases.ts';
import { columnsOf } from './columns.ts';

const CASES = [...MODEL_CASES, ...COLUMN_CASES, ...THRESHOLD_CASES, ...THRESHOLD_COLUMN_CASES];
const TOLERANCE = 1e-12;

function frameOf(columns: readonly FeatureColumn[], nSamples: number) {
  return {
    nSamples,
    columns: columns.map((column) =>
      column instanceof Float64Array ? new DenseNumericColumn(column) : DenseTextColumn.of(column),
    ),
  };
}

const caseOf = (name: string) => CASES.find((one) => one.name === name)!;

describe('createPredictor', () => {
  it.each(CASES)('$name: predicts what the estimators predict', (one) => {
    const columns = columnsOf(one);
    const { labels, probabilities } = createPredictor(one).predict(columns, one.rows.length);
    const pipeline = TrainingPipeline.fromState(one.pipeline);
    const frame = frameOf(columns, one.rows.length);
    const expected = pipeline.predictProba(frame);
    expect(labels).toEqual(pipeline.predict(frame));
    const difference = Math.max(
      ...labels.flatMap((_, row) =>
        expected.columns.map((column, k) =>
          Math.abs(column[row]! - probabilities[row * expected.nFeatures + k]!),
        ),
      ),
    );
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
  });

  it.each(CASES)('$name: the contributions add up to the scores', (one) => {
    const columns = columnsOf(one);
    const rows = one.rows.length;
    const { contributions } = createPredictor(one).predict(columns, rows, { explain: true });
    const { names, values, intercepts } = contributions!;
    const { steps } = TrainingPipeline.fromState(one.pipeline);
    const last = steps.at(-1)![1] as unknown as { decisionFunction(X: unknown): { columns: Float64Array[] } };
    const before = new TrainingPipeline(steps.slice(0, -1));
    const scores = last.decisionFunction(before.transform(frameOf(columns, rows))).columns;
    expect(values).toHaveLength(rows * scores.length * names.length);
    scores.forEach((score, k) => {
      for (let row = 0; row < rows; row++) {
        const first = (row * scores.length + k) * names.length;
        const sum = values.subarray(first, first + names.length).reduce((a, b) => a + b, intercepts[k]!);
        expect(Math.abs(sum - score[row]!)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(sum)));
      }
    });
  });

  it('names a category after its column', () => {
    const one = caseOf('numbers and text, nothing missing');
    const { contributions } = createPredictor(one).predict(columnsOf(one), one.rows.length, {
      explain: true,
    });
    expect(contributions!.names).toEqual([
      'income',
      'age',
      ...['1.0', '42', "O'Hare", 'a\\b\u2028', 'nan', 'oslo', 'say "hi"', 'Łódź', '\uffff', '🌞'].map(
        (city) => `city=${city}`,
      ),
    ]);
  });

  it('predicts nothing for no rows', () => {
    const { labels, probabilities } = createPredictor(modelCase('plain')).predict(
      [new Float64Array(0), new Float64Array(0), new Float64Array(0)],
      0,
    );
    expect(labels).toEqual([]);
    expect(probabilities).toHaveLength(0);
  });

  it.each([
    [
      'a missing number that nobody fills in',
      Number.NaN,
      'Row 2 has no value in column "BMI": give a number',
    ],
    [
      'an infinite number',
      Number.NEGATIVE_INFINITY,
      'Row 2 has -Infinity in column "BMI": give a finite number',
    ],
  ])('rejects %s, and says where it is', (_, value, message) => {
    const columns = [Float64Array.of(1, 2), Float64Array.of(1, value), Float64Array.of(0.5, 0.5)];
    expect(() => createPredictor(modelCase('plain')).predict(columns, 2)).toThrow(
      expect.objectContaining({
        code: 'cannot_be_predicted',
        message: expect.stringContaining(message),
        details: { row: 2, column: 'BMI' },
      }),
    );
  });

  it('rejects values whose score is not a number', () => {
    const steep = modelCase('steep', { steepness: 1e300 });
    const { fitted } = classifierOf(steep.pipeline.steps);
    const columns = fitted.coef[0]!.map((weight, j) =>
      Float64Array.of(0, (j === 0 ? 1e300 : -1e300) * Math.sign(weight)),
    );
    expect(() => createPredictor(steep).predict(columns, 2)).toThrow(
      expect.objectContaining({ code: 'cannot_be_predicted', details: { row: 2 } }),
    );
  });

  it('rejects another number of columns', () => {
    expect(() => createPredictor(modelCase('plain')).predict([], 0)).toThrow(TypeError);
  });
});
