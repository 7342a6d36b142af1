import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import { cutParams, pipelineParams } from '../../src/tracking/params.ts';
import { frameOf, numbers, texts } from '../ml/frames.ts';

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
}

const path = new URL('../fixtures/columns/reprs.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as ReprFixture;

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

  test('some of them are so long that they are cut', () => {
    const longest = cases.map(({ params }) => [...params['columns__transformers']!].length);
    expect(Math.max(...longest)).toBeGreaterThan(VALUE_CHARS_MAX);
  });
});
