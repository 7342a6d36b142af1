import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

interface Case {
  readonly file?: string;
  readonly csv?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly train: Readonly<Record<string, number>>;
  readonly test: Readonly<Record<string, number>>;
}

const ROOT = join(import.meta.dirname, '../../../..');
const { cases } = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/threshold/threshold.json'), 'utf8')) as {
  cases: Case[];
};
const bytesOf = ({ csv, file }: Case) =>
  csv === undefined ? readFileSync(join(ROOT, 'data', file as string)) : Buffer.from(csv);
const DIABETES = bytesOf(cases[0]!);

describe('a threshold', () => {
  it.each(cases.map((one) => [JSON.stringify(one.fields), one] as const))(
    'and the metrics at it are those of scikit-learn: %s',
    async (_name, one) => {
      const result = await runCsv(bytesOf(one), await planFor(one.fields));
      const given = one.fields['threshold'] as string;
      expect(result.threshold?.by).toBe(/^\d/.test(given) ? 'given' : given);
      expect(Math.abs((result.threshold?.value as number) - one.threshold)).toBeLessThan(1e-12);
      const { pipeline, ...best } = chosenOf(result);
      for (const part of ['train', 'test'] as const) expect(best[part].metrics).toMatchObject(one[part]);
      expect(pipeline.steps.at(-1)?.[1]).toMatchObject({
        estimator: 'FixedThresholdClassifier',
        params: { threshold: result.threshold?.value },
      });
    },
  );

  it('changes neither the coefficients nor the metrics of probabilities', async () => {
    const plain = chosenOf(await runCsv(DIABETES, await planFor({})));
    for (const threshold of ['0.3', 'min(5*fn + fp)']) {
      const { pipeline, test, train } = chosenOf(await runCsv(DIABETES, await planFor({ threshold })));
      expect(pipeline.steps.at(-1)?.[1]).toMatchObject({ classifier: plain.pipeline.steps.at(-1)?.[1] });
      for (const [now, before] of [
        [test, plain.test],
        [train, plain.train],
      ] as const) {
        const { log_loss, roc_auc } = before.metrics;
        expect(now.metrics).toMatchObject({ log_loss, roc_auc });
        expect(now.metrics.recall_score).toBeGreaterThan(before.metrics.recall_score);
      }
    }
  });

  it('is found for the best candidate of a sweep, and counts in its custom metrics', async () => {
    const fields = { tol: '0.01,1', cv: '4', metrics: 'cost = 5*fn + fp', threshold: 'min(cost)' };
    const result = await runCsv(DIABETES, await planFor(fields));
    const alone = await runCsv(DIABETES, await planFor({ ...fields, tol: '1' }));
    expect(result.chosen).toBe(1);
    expect(result.threshold).toEqual({ ...alone.threshold, by: 'min(cost)' });
    const { test } = chosenOf(result);
    expect(test.custom).toEqual({ cost: 5 * test.confusion!.fn + test.confusion!.fp });
    expect(result.candidates[0]).not.toHaveProperty('pipeline');
  });

  it.each<[string, Record<string, string>, string]>([
    ['has no value', { threshold: 'max(log(-1 - tp))' }, 'threshold_undefined'],
    ['needs two classes', { threshold: '0.4', target: 'Pregnancies', test_size: '0.2' }, 'threshold_of_many'],
  ])('%s', async (_name, fields, code) => {
    await expect(runCsv(DIABETES, await planFor(fields))).rejects.toMatchObject({
      code,
      details: { field: 'threshold' },
    });
  });
});
