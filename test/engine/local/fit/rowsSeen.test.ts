import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import type { FormBody } from '../../../../src/training/fields/parse.ts';
import type { Holdout } from '../../../../src/values/holdout.ts';
import { championOf } from '../../../support/champions.ts';
import { planFor } from '../../../support/plans.ts';

const ROWS = 80;
const lines = Array.from({ length: ROWS }, (_, i) => {
  const b = i % 9 === 0 ? '' : (i * 37) % 11;
  return `${(i * 7) % 13},${b},${i % 4 === 0 ? 'test' : 'train'},${(i * 5) % 13 > 5 ? 1 : 0}`;
});
const CSV = new TextEncoder().encode(['a,b,part,y', ...lines, ''].join('\n'));
const BASE = { missing: 'mean', ignore: 'part' };

/** The rows of the file that a plan tests on. */
function testRowsOf({ by, ...rest }: Holdout, nRows: number): ReadonlySet<number> {
  if (by === 'last') {
    const { testSize } = rest as { testSize: number };
    const nTest = Math.ceil(testSize * nRows);
    return new Set(Array.from({ length: nTest }, (_, i) => nRows - nTest + i));
  }
  if (by === 'column') return new Set(Array.from({ length: nRows }, (_, i) => i).filter((i) => i % 4 === 0));
  throw new Error('drawn at random');
}

async function seenBy(theirs: FormBody, ours: FormBody) {
  const plan = await planFor({ ...BASE, ...theirs });
  const champion = championOf(await runCsv(CSV, plan), plan.evaluation.holdout);
  const own = await planFor({ ...BASE, ...ours });
  return (await runCsv(CSV, { ...own, champion })).champion!.rowsSeen;
}

describe('test rows that the champion was trained on', () => {
  it('do not exist with the same split, also with other features', async () => {
    expect(await seenBy({}, {})).toBe(0);
    expect(await seenBy({ stratify: 'true' }, { stratify: 'true' })).toBe(0);
    expect(await seenBy({ ignore: 'part,a' }, {})).toBe(0);
    expect(await seenBy({ split: 'column:part', ignore: '' }, { split: 'column:part', ignore: '' })).toBe(0);
  });

  it.each([
    ['last', { split: 'last', test_size: '0.25' }],
    ['column', { split: 'column:part', ignore: '' }],
  ])('are counted with another split: %s', async (_, fields) => {
    const theirs = testRowsOf((await planFor({ ...BASE, ...fields })).evaluation.holdout, ROWS);
    const ours = testRowsOf({ by: 'last', testSize: 0.5 }, ROWS);
    const expected = [...ours].filter((row) => !theirs.has(row)).length;
    expect(await seenBy(fields, { split: 'last', test_size: '0.5' })).toBe(expected);
  });

  it('are counted with another seed, as the two draws of scikit-learn have them', async () => {
    const { trainTestSplit } = await import('../../../../src/data/split.ts');
    const draw = (randomState: number) => trainTestSplit(ROWS, { testSize: 0.3, randomState });
    const theirs = new Set(draw(7).train);
    const expected = [...draw(123).test].filter((row) => theirs.has(row)).length;
    expect(expected).toBeGreaterThan(5);
    expect(await seenBy({ random_state: '7' }, {})).toBe(expected);
  });

  it('are all if the champion had a test file of its own', async () => {
    const champion = championOf(await runCsv(CSV, await planFor(BASE)), { by: 'file' });
    const all = { ...champion, trained: { ...champion.trained, trainRows: ROWS } };
    const result = await runCsv(CSV, { ...(await planFor(BASE)), champion: all });
    expect(result.champion!.rowsSeen).toBe(result.split.test);
  });

  it('are not known if one of the trainings left out rows, or other rows', async () => {
    expect(await seenBy({}, { missing: 'drop' })).toBeUndefined();
    expect(await seenBy({ ignore: 'part,b' }, { missing: 'drop' })).toBeUndefined();
    expect(await seenBy({ missing: 'drop' }, { missing: 'drop' })).toBe(0);
  });

  it('are not known for another file, or a model that does not say how it was split', async () => {
    const plan = await planFor(BASE);
    const known = championOf(await runCsv(CSV, plan), plan.evaluation.holdout);
    const { holdout: _, ...unsaid } = known.trained;
    for (const trained of [{ ...known.trained, digest: 'other' }, unsaid]) {
      const champion = { ...known, trained };
      expect((await runCsv(CSV, { ...plan, champion })).champion!.rowsSeen).toBeUndefined();
    }
  });
});
