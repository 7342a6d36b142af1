import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../../src/data/readTable.ts';
import { Pace } from '../../../../src/engine/local/fit/pace.ts';
import { runPlan } from '../../../../src/engine/local/fit/run.ts';
import { Watch } from '../../../../src/engine/watch.ts';
import { planFor } from '../../../support/plans.ts';

const FIT = { rows: 1_000, iterations: 9, fitMs: 1_000, evaluateMs: 100 };
const LIMIT = { endsAtMs: 10_000, limitMs: 20_000 };

/** Three fits of 100 ms to measure and 100 ms an iteration, with 10 s left. */
async function judged(fields: Record<string, string>, rowsLeft: number, fits = [FIT, FIT, FIT]) {
  const pace = new Pace(await planFor(fields), LIMIT, () => 0);
  return () => {
    for (const fit of fits) pace.took(fit, rowsLeft);
  };
}

describe('a plan with fits left', () => {
  const oneSolver = { tol: '1,2,3', cv: '5' };
  const twoSolvers = { solver: 'lbfgs,newton-cholesky', cv: '5' };

  test.each([
    ['that can just end', oneSolver, 100_000, false],
    ['that cannot end', oneSolver, 100_001, true],
    ['whose solvers differ, so that only measuring counts', twoSolvers, 200_000, false],
    ['whose solvers differ, and that cannot end', twoSolvers, 200_001, true],
  ])('%s', async (_name, fields, rowsLeft, isRejected) => {
    const judge = await judged(fields, rowsLeft);
    if (!isRejected) expect(judge).not.toThrow();
    else expect(judge).toThrow(expect.objectContaining({ code: 'sweep_too_long' }));
  });

  test('counts the fastest fit, and not the first two', async () => {
    const slow = { ...FIT, fitMs: 100_000, evaluateMs: 10_000 };
    expect(await judged(oneSolver, 100_000, [slow, slow, FIT])).not.toThrow();
    expect(await judged(oneSolver, 1e9, [slow, slow])).not.toThrow();
  });

  test('names the fields and says what to do', async () => {
    expect(await judged(oneSolver, 1e6)).toThrow(
      expect.objectContaining({
        message:
          'The training cannot end within 20 s: it has 3 candidates, each in 5 folds, and after 3 fits the others need at least 200 s more. Send fewer values in tol, or a smaller cv, or fewer rows or columns (TRAINING_TIMEOUT_MS sets the limit).',
        details: { field: 'tol', limit: 20_000, actual: 200_000 },
      }),
    );
  });
});

describe('a sweep of the diabetes data', () => {
  const bytes = readFileSync(join(import.meta.dirname, '../../../../data/diabetes.csv'));
  const run = async (msLeft: number) => {
    const table = readTable(bytes);
    const plan = await planFor({ tol: '1,2,3,4,5,6,7,8', cv: '20' });
    const limit = { endsAtMs: Date.now() + msLeft, limitMs: 300_000 };
    return runPlan({ train: { table, parseMs: 0 } }, plan, new Watch(), [], limit);
  };

  test('runs with time enough, and is rejected without', async () => {
    expect((await run(300_000)).candidates).toHaveLength(8);
    await expect(run(0)).rejects.toMatchObject({ code: 'sweep_too_long', details: { field: 'tol' } });
  });
});
