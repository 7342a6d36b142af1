import { describe, expect, test } from 'vitest';
import { ColumnTransformer } from '../../src/ml/columnTransformer.ts';
import type { Estimator } from '../../src/ml/estimator.ts';
import type { Frame } from '../../src/ml/frame.ts';
import { Pipeline } from '../../src/ml/pipeline.ts';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import type { PipelineState } from '../../src/values/pipelineState.ts';
import { columnFixture } from './columnFixture.ts';
import { frameOf, numbers, texts, valuesOf } from './frames.ts';

/** The means differ in their last bits, and both solvers stop before the optimum, at gradients below 1e-10. */
const TRANSFORMED_TOLERANCE = 1e-14;
const PROBABILITY_TOLERANCE = 1e-9;

const NUMBERS = { kind: 'numeric' } as const;
const TEXT = { kind: 'text' } as const;

type Cells = Readonly<Record<string, readonly (number | string | null)[]>>;

function toFrame(cells: Cells): Frame {
  return frameOf(
    ...Object.entries(cells).map(([name, column]) =>
      name === 't' ? texts(...(column as (string | null)[])) : numbers(...(column as (number | null)[])),
    ),
  );
}

function largestDifference(got: readonly number[], expected: readonly number[]): number {
  return Math.max(...got.map((value, i) => Math.abs(value - expected[i]!)));
}

/** Names of the steps, including those of branches and of the pipelines in them. */
function layout(estimator: Estimator): unknown {
  if (estimator instanceof Pipeline) return estimator.steps.map(([name, step]) => [name, layout(step)]);
  if (!(estimator instanceof ColumnTransformer)) return estimator.constructor.name;
  return estimator.transformers.map(([name, transformer, columns]) => [name, layout(transformer), columns]);
}

const SCALER = ['scaler', 'MinMaxScaler'];
const IMPUTER = ['imputer', 'SimpleImputer'];
const ENCODER = ['encoder', 'OneHotEncoder'];
const MODEL = ['model', 'LogisticRegression'];
const IMPUTERS = [IMPUTER, ['imputer_none', 'SimpleImputer'], ['imputer_empty', 'SimpleImputer']];

describe('TrainingPipeline.forColumns', () => {
  test.each([
    ['numbers', [NUMBERS, NUMBERS], 'error', [SCALER, MODEL]],
    ['numbers, rows dropped', [NUMBERS], 'drop', [SCALER, MODEL]],
    ['numbers to impute', [NUMBERS, NUMBERS], 'median', [IMPUTER, SCALER, MODEL]],
    [
      'numbers and text',
      [TEXT, NUMBERS, TEXT, NUMBERS],
      'error',
      [
        [
          'columns',
          [
            ['numeric', [SCALER], [1, 3]],
            ['categorical', [ENCODER], [0, 2]],
          ],
        ],
        MODEL,
      ],
    ],
    [
      'numbers and text to impute',
      [NUMBERS, TEXT],
      'mean',
      [
        [
          'columns',
          [
            ['numeric', [IMPUTER, SCALER], [0]],
            ['categorical', [...IMPUTERS, ENCODER], [1]],
          ],
        ],
        MODEL,
      ],
    ],
    ['text', [TEXT], 'drop', [['columns', [['categorical', [ENCODER], [0]]]], MODEL]],
  ] as const)('has the steps for %s', (_, columns, missing, expected) => {
    expect(layout(TrainingPipeline.forColumns(columns, { missing }))).toEqual(expected);
  });

  test('imputes numbers by the strategy and text by the most frequent, and passes the other options to the model', () => {
    const params = TrainingPipeline.forColumns([NUMBERS, TEXT], { missing: 'median', C: 5 }).getParams();
    expect(params).toMatchObject({
      columns__numeric__imputer__strategy: 'median',
      columns__categorical__imputer__strategy: 'most_frequent',
      columns__categorical__imputer__missingValues: 'nan',
      columns__categorical__imputer_none__strategy: 'most_frequent',
      columns__categorical__imputer_none__missingValues: 'none',
      columns__categorical__imputer_empty__strategy: 'most_frequent',
      columns__categorical__imputer_empty__missingValues: 'empty',
      columns__categorical__encoder__handleUnknown: 'ignore',
      model__C: 5,
    });
  });

  test.each(columnFixture.pipelines)('agrees with scikit-learn: $name', (one) => {
    const [train, held] = [toFrame(one.train), toFrame(one.test)];
    const pipeline = TrainingPipeline.forColumns(train.columns, {
      missing: one.missing,
      tol: 1e-10,
      maxIter: 1000,
    });
    pipeline.fit(train, one.labels);
    const before = new Pipeline(pipeline.steps.slice(0, -1)).transform(held);
    before.columns.forEach((column, j) => {
      const difference = largestDifference(valuesOf(column) as number[], one.transformed[j]!);
      expect(difference).toBeLessThanOrEqual(TRANSFORMED_TOLERANCE);
    });
    expect(before.columns).toHaveLength(one.transformed.length);
    const [, second] = pipeline.predictProba(held).columns;
    expect(largestDifference([...second!], one.probabilities)).toBeLessThanOrEqual(PROBABILITY_TOLERANCE);
  });

  test.each(columnFixture.pipelines)(
    'its state crosses to another thread and survives JSON: $name',
    (one) => {
      const [train, held] = [toFrame(one.train), toFrame(one.test)];
      const pipeline = TrainingPipeline.forColumns(train.columns, { missing: one.missing });
      pipeline.fit(train, one.labels, { featureNames: Object.keys(one.train) });
      const state = pipeline.toState();
      for (const crossed of [structuredClone(state), JSON.parse(JSON.stringify(state)) as PipelineState]) {
        const again = TrainingPipeline.fromState(crossed);
        expect(again.toState()).toEqual(state);
        expect(again.getParams()).toEqual(pipeline.getParams());
        expect(again.predictProba(held)).toEqual(pipeline.predictProba(held));
      }
    },
  );

  test('rejects missing numbers if no step imputes them', () => {
    const frame = frameOf(numbers(1, null, 3));
    const pipeline = TrainingPipeline.forColumns(frame.columns);
    expect(() => pipeline.fit(frame, [0, 1, 1])).toThrow(/NaN in row 1, column 0/);
  });
});
