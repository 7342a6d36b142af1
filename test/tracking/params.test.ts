import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import { cutParams, pipelineParams } from '../../src/tracking/params.ts';
import { frameOf, numbers, texts } from '../ml/frames.ts';
import { modelCase } from './modelFiles/cases.ts';

/** How scikit-learn prints pipelines: see test/fixtures/columns/make_reprs.py. */
interface ReprFixture {
  readonly cases: readonly {
    readonly columns: readonly string[];
    /** So many first columns are numbers, the others text. */
    readonly n_numeric: number;
    readonly missing: 'error' | 'mean' | 'median' | 'most_frequent';
    readonly C: number;
    readonly params: Readonly<Record<string, string>>;
  }[];
  /** Pipelines with a threshold. */
  readonly thresholds: readonly {
    readonly pos_label: number | string | null;
    readonly threshold: number;
    readonly C: number;
    readonly params: Readonly<Record<string, string>>;
  }[];
}

const path = new URL('../fixtures/columns/reprs.json', import.meta.url);
const { cases, thresholds } = JSON.parse(readFileSync(path, 'utf8')) as ReprFixture;

/** MLflow's limits: a value's characters, and the params of one call. */
const VALUE_CHARS_MAX = 6000;
const PARAMS_MAX = 100;

function cut(value: string): string {
  const characters = [...value];
  return characters.length > VALUE_CHARS_MAX ? `${characters.slice(0, 5997).join('')}...` : value;
}

describe('pipelineParams', () => {
  test.each(cases.map((one, index) => ({ ...one, index })))(
    'prints pipeline $index as scikit-learn does',
    (one) => {
      const frame = frameOf(
        ...one.columns.map((_, j) => (j < one.n_numeric ? numbers(1, 2) : texts('a', 'b'))),
      );
      const pipeline = TrainingPipeline.forColumns(frame.columns, { missing: one.missing, C: one.C });
      pipeline.fit(frame, [0, 1], { featureNames: one.columns });
      const params = cutParams(pipelineParams(pipeline.toState()));
      for (const [name, value] of Object.entries(one.params)) expect(params[name], name).toBe(cut(value));
      expect(params).toMatchObject({ columns__sparse_threshold: '0', columns__remainder: 'drop' });
      expect(Object.keys(params).length).toBeLessThanOrEqual(PARAMS_MAX - 10);
    },
  );

  test.each(thresholds)('prints the threshold $threshold of $pos_label as scikit-learn does', (one) => {
    const isText = typeof one.pos_label === 'string';
    const isOther = one.pos_label !== null && one.pos_label !== 0;
    const balanced = one.params['model__estimator__class_weight'] === 'balanced';
    const { pipeline } = modelCase('threshold', {
      // The positive class must be one of the classes.
      ...(isOther && { classes: [isText ? '' : 0, one.pos_label as number | string] }),
      ...(isText && { classesDtype: 'object' }),
      model: {
        C: one.C,
        classWeight: balanced ? 'balanced' : null,
        maxIter: Number(one.params['model__estimator__max_iter']),
      },
      threshold: { threshold: one.threshold, posLabel: one.pos_label },
    });
    const { C, max_iter, ...params } = pipelineParams(pipeline);
    expect({ C, max_iter }).toEqual({
      C: one.params['model__estimator__C'],
      max_iter: one.params['model__estimator__max_iter'],
    });
    const ofModel = Object.entries(params).filter(([name]) => name.startsWith('model') || name === 'steps');
    expect(Object.fromEntries(ofModel)).toEqual(one.params);
  });

  test('writes an infinite C as Python does', () => {
    const frame = frameOf(numbers(1, 2, 3, 4));
    const pipeline = TrainingPipeline.forColumns(frame.columns, { C: Number.POSITIVE_INFINITY });
    const params = pipelineParams(pipeline.fit(frame, [0, 1, 0, 1], { featureNames: ['x'] }).toState());
    expect(params).toMatchObject({ C: 'inf', model__C: 'inf', model: 'LogisticRegression(C=inf)' });
  });

  test('some of them are so long that they are cut', () => {
    const longest = cases.map(({ params }) => [...params['columns__transformers']!].length);
    expect(Math.max(...longest)).toBeGreaterThan(VALUE_CHARS_MAX);
  });
});
