import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCsv } from '../../src/engine/local/fit/run.ts';
import { describeRun } from '../../src/training/describeRun.ts';
import { parseFields } from '../../src/training/fields/parse.ts';
import { planOf } from '../../src/training/fields/use.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
const names = { experimentName: 'E', runName: 'R', modelName: 'm', registeredModelName: 'M' };

/** What is logged for a form. */
async function runOf(body: Record<string, string>) {
  const fields = parseFields(body);
  const plan = await planOf(fields, 200);
  const result = await runCsv(DIABETES, plan);
  const run = describeRun({ fields, names, fileName: 'd.csv', receivedAt: new Date(0), plan, result });
  return { run, result };
}

const textOf = (files: Awaited<ReturnType<typeof runOf>>['run']['files'], path: string) =>
  files?.find((file) => file.path === path)?.text ?? '';

describe('the runs of a sweep', () => {
  it('are named by what differs, and have the params of their own settings', async () => {
    const { run } = await runOf({ tol: '0.1,1', solver: 'lbfgs,newton-cholesky', max_iter: '50' });
    expect(run.children?.map(({ name }) => name)).toEqual([
      'C=0.1 solver=lbfgs',
      'C=0.1 solver=newton-cholesky',
      'C=1 solver=lbfgs',
      'C=1 solver=newton-cholesky',
    ]);
    expect(run.children?.[1]).toMatchObject({
      params: { solver: 'newton-cholesky' },
      pipeline: { steps: [{}, ['model', { params: { C: 0.1, maxIter: 50, solver: 'newton-cholesky' } }]] },
      logsModel: false,
      outcome: { solver: { name: 'newton-cholesky' } },
    });
  });

  it('are the same again, if the same value is given twice', async () => {
    const { run } = await runOf({ tol: '1,1' });
    expect(run.children?.map(({ name }) => name)).toEqual(['candidate 0', 'candidate 1']);
    expect(run.children?.[0]?.outcome).toEqual(run.children?.[1]?.outcome);
  });

  it('are left out for a single candidate', async () => {
    const { run } = await runOf({ cv: '3' });
    expect(run.children).toEqual([]);
    expect(run.files?.map(({ path }) => path)).toEqual(['report.json']);
    expect(run.cv?.folds).toHaveLength(3);
    const mean = run.cv!.folds.reduce((sum, fold) => sum + fold.log_loss, 0) / 3;
    expect(run.cv?.mean.log_loss).toBeCloseTo(mean, 14);
  });

  it('keep their models if all are logged', async () => {
    const { run } = await runOf({ tol: '0.1,1', log_models: 'all' });
    expect(run.children?.map(({ logsModel }) => logsModel)).toEqual([true, true]);
  });
});

describe('the leaderboard', () => {
  it.each([
    ['log_loss', 'min'],
    ['recall', 'max'],
    ['min(fp)', 'min'],
  ])('is sorted by %s', async (select, direction) => {
    const { run, result } = await runOf({ tol: '0.001,1,100', select });
    const { rows } = JSON.parse(textOf(run.files, 'leaderboard.json')) as {
      rows: Record<string, number>[];
    };
    const values = rows.map((row) => row[`select: ${select}`] as number);
    const sorted = [...values].sort((a, b) => (direction === 'min' ? a - b : b - a));
    expect(values).toEqual(sorted);
    expect(rows[0]?.['candidate']).toBe(result.chosen);
    const lines = textOf(run.files, 'leaderboard.csv').trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^candidate,C,max_iter,class_weight,solver,solver_tol,/);
  });
});

describe('the description of a run', () => {
  it('has file, rows, split, settings, metrics and warnings', async () => {
    const { run } = await runOf({ tol: '0.1,1', split: 'last', threshold: '0.4' });
    expect(run.note).toContain(
      '`d.csv`: 768 rows, target `Outcome`. 537 rows to train on, 231 to test on (the last rows).',
    );
    expect(run.note).toContain('The best of 2 candidates');
    expect(run.note).toMatch(/C=1, max_iter=100, .*threshold=0\.4/);
    expect(run.note).toMatch(/\| log_loss \| 0\.\d{4} \| 0\.\d{4} \|/);
    expect(run.note).toContain('- selected\\_on\\_test'.replaceAll('\\', ''));
  });
});

describe('inference.csv', () => {
  it('has a row for each term', async () => {
    const { run, result } = await runOf({ inference: 'true' });
    const lines = textOf(run.files, 'inference.csv').trim().split('\n');
    expect(lines[0]).toBe('term,estimate,std_error,z,p_value,ci_low,ci_high,odds_ratio');
    expect(lines).toHaveLength(1 + result.inference!.terms.length);
    expect(lines[1]).toMatch(/^\(intercept\),-?\d/);
  });
});
