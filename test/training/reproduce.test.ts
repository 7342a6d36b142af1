import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCsv } from '../../src/engine/local/fit/run.ts';
import { parseFields } from '../../src/training/fields/parse.ts';
import { valuesOf } from '../../src/training/measures.ts';
import { reproductionOf, withOriginal } from '../../src/training/reproduce.ts';
import type { OriginalRun } from '../../src/training/reproductionPort.ts';
import { chosenOf, type Result } from '../../src/values/result.ts';
import { championOf } from '../support/champions.ts';
import { planFor } from '../support/plans.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
const trained = async (fields: Record<string, string>) => runCsv(DIABETES, await planFor(fields));

/** The run that MLflow has of a training. */
function originalOf(result: Result): OriginalRun {
  const { train, test } = chosenOf(result);
  const named = (prefix: string, values: object) =>
    Object.entries(values).map(([name, value]) => [prefix + name, value as number] as const);
  const metrics = [...named('training_', valuesOf(train)), ...named('test_', valuesOf(test))];
  return {
    runId: 'r1',
    params: {},
    metrics: Object.fromEntries([...metrics, ['training_loss', 1], ['accuracy', 0.79]]),
    digest: result.data.digest,
    model: championOf(result),
  };
}

describe('reproductionOf', () => {
  let result: Result;
  let original: OriginalRun;
  beforeAll(async () => {
    result = await trained({});
    // As MLflow gives it back.
    original = JSON.parse(JSON.stringify(originalOf(result)));
  });

  it('finds the same training identical', () => {
    expect(reproductionOf(original, result)).toEqual({
      runId: 'r1',
      data: 'same',
      coefficients: { identical: true, largestDifference: 0 },
      metrics: { identical: true, differences: {} },
      identical: true,
    });
  });

  it.each<[string, (original: OriginalRun) => Partial<OriginalRun>, object]>([
    ['another file', () => ({ digest: 'other' }), { data: 'different', identical: false }],
    ['a file that nobody knows', () => ({ digest: '' }), { data: 'different', identical: false }],
    ['a test file', () => ({ testDigest: 'test' }), { data: 'different', identical: false }],
    [
      'a metric that is off by one bit',
      ({ metrics }) => ({ metrics: { ...metrics, test_log_loss: metrics['test_log_loss']! + 2 ** -54 } }),
      {
        data: 'same',
        metrics: { identical: false, differences: { test_log_loss: -(2 ** -54) } },
        identical: false,
      },
    ],
    [
      'a metric that only one of them has',
      ({ metrics }) => ({ metrics: { ...metrics, training_roc_auc: undefined as never } }),
      { metrics: { identical: false, differences: { training_roc_auc: null } }, identical: false },
    ],
  ])('tells of %s', (_name, change, verdict) => {
    expect(reproductionOf({ ...original, ...change(original) }, result)).toMatchObject(verdict);
  });

  it('says how far coefficients are apart', async () => {
    const other = originalOf(await trained({ tol: '0.999' }));
    const { coefficients, identical } = reproductionOf(other, result);
    expect(coefficients.identical).toBe(false);
    expect(coefficients.largestDifference).toBeGreaterThan(1e-6);
    expect(coefficients.largestDifference).toBeLessThan(0.01);
    expect(identical).toBe(false);
  });

  it('looks below a threshold', async () => {
    const other = originalOf(await trained({ threshold: '0.3' }));
    const { coefficients, metrics } = reproductionOf(other, result);
    expect(coefficients).toEqual({ identical: true, largestDifference: 0 });
    expect(metrics.identical).toBe(false);
  });

  it('compares no coefficients of other columns, or without a model', async () => {
    const unlike = { identical: false, largestDifference: null };
    const other = originalOf(await trained({ ignore: 'BMI' }));
    expect(reproductionOf(other, result).coefficients).toEqual(unlike);
    const { model: _, ...bare } = original;
    expect(reproductionOf(bare, result)).toMatchObject({ coefficients: unlike, identical: false });
  });
});

describe('withOriginal', () => {
  it('replaces the settings and keeps the rest', async () => {
    const asked = parseFields({ reproduce: 'r1', exp_name: 'E', gate: 'f1 > 0' });
    const port = {
      find: async (runId: string) => ({
        runId,
        params: { C: '0.5', max_iter: '9', test_size: '0.3' },
        metrics: {},
      }),
    };
    const { fields, original } = await withOriginal(asked, port);
    expect(original?.runId).toBe('r1');
    expect(fields).toEqual({ ...asked, model: { ...asked.model, C: [0.5], maxIter: [9] } });
  });

  it('keeps a form without reproduce, and finds nothing without MLflow', async () => {
    const fields = parseFields({ tol: '2' });
    expect(await withOriginal(fields, undefined)).toEqual({ fields });
    await expect(withOriginal(parseFields({ reproduce: 'r1' }), undefined)).rejects.toMatchObject({
      code: 'run_not_found',
    });
  });
});
