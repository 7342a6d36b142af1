import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { classifierOf } from '../../../../src/tracking/modelFiles/onnx.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

/** A file, and the numbers of the original's pipeline. See test/fixtures/files/make_files.py. */
interface FileCase {
  readonly name: string;
  /** In Base64. */
  readonly bytes: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly rows: readonly [train: number, test: number];
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  readonly n_iter: number;
  readonly metrics: Readonly<
    Record<
      'accuracy_score' | 'precision_score' | 'recall_score' | 'f1_score' | 'log_loss' | 'roc_auc',
      number
    >
  >;
}

const path = new URL('../../../fixtures/files/files.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly FileCase[] };
/** Largest difference between two numbers, relative to numbers above 1. */
const TOLERANCE = 1e-9;

function expectEqual(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) {
    expect(Math.abs(actual[k]! - value) / Math.max(1, Math.abs(value))).toBeLessThan(TOLERANCE);
  }
}

describe('a file on which the original trained has the same columns, coefficients and metrics here', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const result = await runCsv(Buffer.from(one.bytes, 'base64'), await planFor(one.fields));
    const { features, target } = result.data;
    expect([...features.map(({ name }) => name), target]).toEqual(one.columns);
    expect([result.split.train, result.split.test]).toEqual(one.rows);
    const { test, solver, pipeline } = chosenOf(result);
    const { coef, intercept } = classifierOf(pipeline.steps).fitted;
    expectEqual(coef.flat(), one.coef.flat());
    expectEqual(intercept, one.intercept);
    expect(solver.iterations).toBe(one.n_iter);
    for (const [name, value] of Object.entries(one.metrics)) {
      expectEqual([test.metrics[name as keyof FileCase['metrics']] as number], [value]);
    }
  });
});
