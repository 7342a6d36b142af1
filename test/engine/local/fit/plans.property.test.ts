import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stratifiedFolds } from '../../../../src/data/folds.ts';
import { bestThreshold } from '../../../../src/engine/bestThreshold.ts';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import type { Objective } from '../../../../src/values/expression.ts';
import type { Measures } from '../../../../src/values/metrics.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

const ROWS = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 4 })), {
  minLength: 24,
  maxLength: 40,
});

test('a candidate of a sweep is what it would be alone, to the last bit', async () => {
  const penalties = [
    '0.01',
    '1',
    '50',
    'inf',
    ...Array.from({ length: 20 }, (_, k) => String(0.1 * (k + 2))),
  ];
  // More than share passes over the rows, too.
  const setting = fc.oneof(
    fc.uniqueArray(fc.constantFrom(...penalties.slice(0, 4)), { minLength: 2, maxLength: 3 }),
    fc.constant(penalties),
  );
  const solver = fc.constantFrom('lbfgs', 'newton-cholesky', 'lbfgs,newton-cholesky');
  const classWeight = fc.constantFrom('none', 'balanced', 'none,balanced');
  await fc.assert(
    fc.asyncProperty(ROWS, setting, solver, classWeight, async (rows, values, names, weights) => {
      const lines = rows.map(([a, b], i) => `${a},${b},${i % 2}\n`);
      const bytes = Buffer.from(`a,b,y\n${lines.join('')}`);
      const several = { tol: values.join(','), solver: names, class_weight: weights };
      const plan = await planFor({ ...several, stratify: 'true', log_models: 'all' });
      const { candidates } = await runCsv(bytes, plan);
      expect(candidates.map(({ model }) => model)).toEqual(plan.candidates);
      for (const candidate of candidates) {
        const single = { ...plan, candidates: [candidate.model] };
        expect(candidate).toEqual(chosenOf(await runCsv(bytes, single)));
      }
    }),
    { numRuns: 15 },
  );
});

test('the threshold is the best of all cuts', async () => {
  const { threshold } = await planFor({ threshold: 'min(5*fn + fp)' });
  const { objective } = threshold as { readonly objective: Objective };
  const probabilities = fc.array(
    fc.integer({ min: 0, max: 12 }).map((twelfths) => twelfths / 12),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(probabilities, probabilities, (positives, negatives) => {
      const costOf = (cut: number) =>
        5 * positives.filter((p) => p < cut).length + negatives.filter((p) => p >= cut).length;
      const cuts = [...new Set([...positives, ...negatives, 1])].sort((a, b) => a - b);
      const least = Math.min(...cuts.map(costOf));
      const rows = {
        ofPositives: Float64Array.from(positives),
        ofNegatives: Float64Array.from(negatives),
        measures: { metrics: {}, confusion: [] } as unknown as Measures,
      };
      expect(bestThreshold(rows, objective)).toBe(cuts.find((cut) => costOf(cut) === least));
    }),
  );
});

test('folds part the rows, and the counts of a class differ by at most one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 6 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 60 }),
      (k, more) => {
        // Each class has a row for each fold.
        const codes = [...more, ...Array.from({ length: 3 * k }, (_, i) => i % 3)];
        const folds = stratifiedFolds(codes, 3, k, String);
        expect(folds).toHaveLength(codes.length);
        expect(folds.every((fold) => fold < k)).toBe(true);
        for (const code of [0, 1, 2]) {
          const counts = new Array<number>(k).fill(0);
          folds.forEach((fold, row) => {
            if (codes[row] === code) counts[fold]!++;
          });
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});
