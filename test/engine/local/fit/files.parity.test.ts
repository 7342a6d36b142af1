import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { classifierOf } from '../../../../src/tracking/modelFiles/onnx.ts';
import type { MetricSet } from '../../../../src/values/metrics.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

/** Whole trainings by scikit-learn. See test/fixtures/parity/make_files.py. */
interface Case {
  readonly fields: Readonly<Record<string, string>>;
  readonly n_iter: number;
  readonly converged: boolean;
  readonly fell_back: boolean;
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  readonly metrics: Readonly<Partial<Record<keyof MetricSet, number | null>>>;
  /** How far scikit-learn's own results move if rows and columns come in other orders. */
  readonly movement: { readonly n_iter: readonly number[] } & Readonly<Record<string, number>>;
}

interface Fixture {
  readonly files: readonly {
    readonly name: string;
    readonly text: string;
    readonly cases: readonly Case[];
  }[];
}

/** Tolerance: ten times the movement of scikit-learn's own results, but at least this. */
const MOVEMENTS = 10;
const PARAMETER_TOLERANCE_MIN = 1e-10;
const METRIC_TOLERANCE_MIN = 1e-12;

const path = new URL('../../../fixtures/parity/files.json.gz', import.meta.url);
const { files } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Fixture;

describe.each(files)('$name', ({ text, cases }) => {
  const bytes = new TextEncoder().encode(text);

  test.each(cases)('$fields', async (one) => {
    const result = await runCsv(bytes, await planFor({ missing: 'mean', ...one.fields }));
    const { solver, test: measures, warnings, pipeline } = chosenOf(result);
    const { metrics } = measures;
    const { coef, intercept } = classifierOf(pipeline.steps).fitted;
    const got = coef.flatMap((row, k) => [...row, intercept[k]!]);
    const expected = one.coef.flatMap((row, k) => [...row, one.intercept[k]!]);
    const tolerance = Math.max(MOVEMENTS * one.movement['parameters']!, PARAMETER_TOLERANCE_MIN);
    expect(got).toHaveLength(expected.length);
    const far = expected.flatMap((want, j) =>
      Math.abs(got[j]! - want) <= tolerance
        ? []
        : [`parameter ${j} is ${got[j]}, expected ${want}, delta ${got[j]! - want}, tolerance ${tolerance}`],
    );
    expect(far).toEqual([]);
    if (one.movement.n_iter.length === 1) {
      expect([solver.iterations, solver.converged]).toEqual([one.n_iter, one.converged]);
      expect(warnings.some(({ code }) => code === 'solver_fell_back')).toBe(one.fell_back);
    }
    // If probabilities move far, labels turn, and with them the metrics that count labels.
    if (one.movement['proba']! > PARAMETER_TOLERANCE_MIN) return;
    for (const [name, want] of Object.entries(one.metrics)) {
      if (want === null) continue;
      const allowed = Math.max(MOVEMENTS * (one.movement[`test_${name}`] ?? 0), METRIC_TOLERANCE_MIN);
      const delta = Math.abs(metrics[name as keyof MetricSet] - want);
      expect(delta, `${name} is ${metrics[name as keyof MetricSet]}, expected ${want}`).toBeLessThanOrEqual(
        allowed,
      );
    }
  });
});
