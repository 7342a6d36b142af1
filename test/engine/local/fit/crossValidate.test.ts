import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { chosenOf, isFitted } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

interface Case {
  readonly file?: string;
  readonly csv?: string;
  readonly k: number;
  readonly fields: Readonly<Record<string, number | string>>;
  readonly folds: readonly Readonly<Record<'train' | 'test', Readonly<Record<string, number>>>>[];
}

const ROOT = join(import.meta.dirname, '../../../..');
const { cases } = JSON.parse(
  readFileSync(join(ROOT, 'test/fixtures/crossValidate/cross_validate.json'), 'utf8'),
) as { cases: Case[] };
const bytesOf = ({ csv, file }: Case) =>
  csv === undefined ? readFileSync(join(ROOT, 'data', file as string)) : Buffer.from(csv);
const formOf = ({ fields }: Case) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

describe('folds', () => {
  it.each(cases.map((one) => [`${JSON.stringify(one.fields)}, cv=${one.k}`, one] as const))(
    'have the metrics of cross_validate: %s',
    async (_name, one) => {
      const plan = await planFor({ ...formOf(one), cv: String(one.k) });
      const { folds } = chosenOf(await runCsv(bytesOf(one), plan));
      expect(folds).toHaveLength(one.k);
      one.folds.forEach((expected, fold) => {
        for (const part of ['train', 'test'] as const) {
          const { metrics } = folds![fold]![part];
          for (const [name, value] of Object.entries(expected[part]))
            expect(
              Math.abs(metrics[name as keyof typeof metrics] - value),
              `${fold} ${part} ${name}`,
            ).toBeLessThan(1e-12);
        }
      });
    },
  );

  it('do not change what a candidate comes to without them', async () => {
    const bytes = bytesOf(cases[0]!);
    const { pipeline, train, test, solver } = chosenOf(await runCsv(bytes, await planFor({})));
    expect(chosenOf(await runCsv(bytes, await planFor({ cv: '5' })))).toMatchObject({
      pipeline,
      train,
      test,
      solver,
    });
  });
});

describe('candidates of a sweep', () => {
  it('come to what each would alone, to the last bit', async () => {
    const bytes = bytesOf(cases[0]!);
    const values = ['100', '0.01', '1'];
    const { candidates, chosen } = await runCsv(
      bytes,
      await planFor({ tol: values.join(','), log_models: 'all' }),
    );
    for (const [index, tol] of values.entries())
      expect(candidates[index]).toEqual(chosenOf(await runCsv(bytes, await planFor({ tol }))));
    const losses = candidates.map((one) => (isFitted(one) ? one.test.metrics.log_loss : Number.NaN));
    expect(losses[chosen]).toBe(Math.min(...losses));
  });
});
