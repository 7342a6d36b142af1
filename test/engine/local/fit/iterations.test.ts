import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../../src/data/readTable.ts';
import { runPlan } from '../../../../src/engine/local/fit/run.ts';
import { Watch } from '../../../../src/engine/watch.ts';
import { isFitted, type Result } from '../../../../src/values/result.ts';
import { planFor } from '../../../support/plans.ts';

const BYTES = readFileSync(new URL('../../../../data/diabetes.csv', import.meta.url));
const THREE_CLASSES = Buffer.from(
  `a,b,Outcome\n${Array.from({ length: 90 }, (_, i) => `${(i * 7) % 31},${(i * i) % 17},${i % 3}`).join('\n')}\n`,
);

async function watched(fields: Record<string, string>, bytes: Uint8Array = BYTES) {
  const watch = new Watch();
  const table = readTable(bytes);
  const result = await runPlan({ train: { table, parseMs: 0 } }, await planFor(fields), watch);
  return { watch, progress: watch.progress(), reported: iterationsOf(result), rows: table.rows };
}

function iterationsOf({ candidates }: Result): number {
  return candidates.filter(isFitted).reduce((sum, { solver }) => sum + solver.iterations, 0);
}

describe('a watch counts the iterations', () => {
  it.each<[string, Record<string, string>, Uint8Array?]>([
    ['of lbfgs', { solver: 'lbfgs' }],
    ['of lbfgs with three classes', { solver: 'lbfgs' }, THREE_CLASSES],
    ['of newton-cholesky', { solver: 'newton-cholesky' }],
    ['of fits that share their passes', { solver: 'lbfgs', tol: '0.01,1,100' }],
  ])('%s', async (_name, fields, bytes) => {
    const { progress, reported, rows } = await watched(fields, bytes);
    expect(reported).toBeGreaterThan(0);
    expect(progress).toMatchObject({ rows, iterations: reported });
  });

  it('of gradient-descent, one for each class and step', async () => {
    const { progress, reported } = await watched({ solver: 'gradient-descent', max_iter: '7' });
    expect(reported).toBe(7);
    expect(progress.iterations).toBe(14);
  });

  it('of folds and of estimates too', async () => {
    const { progress: alone } = await watched({ solver: 'lbfgs' });
    const { progress: estimated } = await watched({ solver: 'lbfgs', inference: 'true' });
    const { progress: inFolds } = await watched({ solver: 'lbfgs', cv: '3' });
    expect(estimated.iterations).toBeGreaterThan(alone.iterations);
    expect(inFolds.iterations).toBeGreaterThan(3 * alone.iterations);
  });
});
