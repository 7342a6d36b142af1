import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toFrame } from '../../src/ml/denseColumn.ts';
import { ValueError } from '../../src/ml/errors.ts';
import { frameToMatrix, type Matrix } from '../../src/ml/matrix.ts';
import { MinMaxScaler } from '../../src/ml/minMaxScaler.ts';
import { frameOf, numbers, texts, valuesOf } from './frames.ts';

interface ScalerCase {
  readonly dataset: string;
  readonly feature_range: readonly [number, number];
  readonly clip: boolean;
  /** The fit uses this number of leading rows. */
  readonly n_samples_seen: number;
  readonly rows: number[][];
  readonly fitted: Readonly<Record<'data_min' | 'data_max' | 'data_range' | 'scale' | 'min', number[]>>;
  readonly transformed: number[][];
  readonly restored: number[][];
}

const path = new URL('../fixtures/parity/min_max_scaler.json', import.meta.url);
const fixture = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly ScalerCase[] };

function toRows({ nSamples, columns }: Matrix): number[][] {
  return Array.from({ length: nSamples }, (_, i) => columns.map((column) => column[i]!));
}

describe('MinMaxScaler', () => {
  test.each(fixture.cases)('agrees with scikit-learn to the last bit: $dataset, clip=$clip', (one) => {
    const scaler = new MinMaxScaler({ featureRange: one.feature_range, clip: one.clip });
    scaler.fit(one.rows.slice(0, one.n_samples_seen));
    expect(scaler.dataMin_).toEqual(one.fitted.data_min);
    expect(scaler.dataMax_).toEqual(one.fitted.data_max);
    expect(scaler.dataRange_).toEqual(one.fitted.data_range);
    expect(scaler.scale_).toEqual(one.fitted.scale);
    expect(scaler.min_).toEqual(one.fitted.min);
    expect(scaler.nSamplesSeen_).toBe(one.n_samples_seen);
    const transformed = scaler.transform(one.rows);
    expect(toRows(transformed)).toEqual(one.transformed);
    expect(toRows(scaler.inverseTransform(transformed))).toEqual(one.restored);
  });

  const rows = fc.integer({ min: 1, max: 4 }).chain((nFeatures) =>
    fc.array(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
        minLength: nFeatures,
        maxLength: nFeatures,
      }),
      { minLength: 1, maxLength: 20 },
    ),
  );
  const range = fc
    .tuple(fc.integer({ min: -5, max: 4 }), fc.integer({ min: 1, max: 5 }))
    .map(([low, width]): [number, number] => [low, low + width]);

  test('scales the fitted data into the range, ends included', () => {
    fc.assert(
      fc.property(rows, range, (X, featureRange) => {
        const scaler = new MinMaxScaler({ featureRange });
        const { columns } = scaler.fit(X).transform(X);
        const [low, high] = featureRange;
        columns.forEach((column, j) => {
          const isConstant = scaler.dataRange_[j]! < 10 * Number.EPSILON;
          // min_ and the scaled value may both be large if the column's spread is small compared with its values.
          const rounding =
            8 *
            Number.EPSILON *
            (1 + Math.abs(scaler.dataMin_[j]!) * scaler.scale_[j]! + Math.abs(scaler.min_[j]!));
          expect(Math.min(...column)).toBeGreaterThanOrEqual(low - rounding);
          expect(Math.max(...column)).toBeLessThanOrEqual(high + rounding);
          expect(Math.abs(Math.min(...column) - low)).toBeLessThanOrEqual(rounding);
          if (!isConstant) expect(Math.abs(Math.max(...column) - high)).toBeLessThanOrEqual(rounding);
        });
      }),
    );
  });

  test('inverseTransform restores the input', () => {
    fc.assert(
      fc.property(rows, range, (X, featureRange) => {
        const scaler = new MinMaxScaler({ featureRange }).fit(X);
        const restored = toRows(scaler.inverseTransform(scaler.transform(X)));
        restored.forEach((row, i) => {
          row.forEach((value, j) => {
            const size = Math.max(Math.abs(scaler.dataMin_[j]!), Math.abs(scaler.dataMax_[j]!), 1);
            expect(Math.abs(value - X[i]![j]!)).toBeLessThanOrEqual(
              1e-12 * size * (1 + 10 / scaler.scale_[j]!),
            );
          });
        });
      }),
    );
  });

  test('shifts a constant column to the lower end', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 9 }),
        (value, n) => {
          const X = Array.from({ length: n }, () => [value]);
          const { columns } = new MinMaxScaler({ featureRange: [-1, 1] }).fit(X).transform(X);
          for (const scaled of columns[0]!) expect(scaled).toBeCloseTo(-1, 8);
        },
      ),
    );
  });

  test('with clip no value leaves the range', () => {
    fc.assert(
      fc.property(rows, (X) => {
        const { columns } = new MinMaxScaler({ clip: true }).fit([X[0]!]).transform(X);
        for (const value of columns.flatMap((column) => [...column])) {
          expect(value >= 0 && value <= 1).toBe(true);
        }
      }),
    );
  });

  test('scales a frame to the same bits as dense input', () => {
    fc.assert(
      fc.property(rows, range, fc.boolean(), (X, featureRange, clip) => {
        const scaler = new MinMaxScaler({ featureRange, clip }).fit(X);
        const frame = toFrame(X);
        const ofFrame = new MinMaxScaler({ featureRange, clip }).fit(frame);
        expect(ofFrame.toState()).toEqual(scaler.toState());
        expect(frameToMatrix(ofFrame.transform(frame))).toEqual(scaler.transform(X));
      }),
    );
  });

  test('skips missing values of a frame and leaves them missing', () => {
    const frame = frameOf(numbers(null, 2, 6, null, 4));
    const scaler = new MinMaxScaler().fit(frame);
    expect([scaler.dataMin_, scaler.dataMax_, scaler.nSamplesSeen_]).toEqual([[2], [6], 5]);
    expect(valuesOf(scaler.transform(frame).columns[0]!)).toEqual([null, 0, 1, null, 0.5]);
  });

  test.each([
    ['text', frameOf(numbers(1), texts('a')), /Column 1 holds text/],
    ['a column without a value', frameOf(numbers(null)), /Column 0 has no value in any row/],
    ['an infinite value', frameOf(numbers(1), numbers(-Infinity)), /infinite value in column 1/],
  ])('rejects a frame with %s', (_, frame, message) => {
    expect(() => new MinMaxScaler().fit(frame)).toThrow(ValueError);
    expect(() => new MinMaxScaler().fit(frame)).toThrow(message);
  });

  test.each([[[1, 1]], [[2, 1]], [[Number.NaN, 1]]] as [[number, number]][])(
    'rejects the range %j in fit',
    (featureRange) => {
      const scaler = new MinMaxScaler({ featureRange });
      expect(() => scaler.fit([[1]])).toThrow(ValueError);
    },
  );
});
