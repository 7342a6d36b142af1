import { describe, expect, it } from 'vitest';
import type { ReportData } from '../../../src/reports/data.ts';
import type { ReportTable } from '../../../src/reports/tables.ts';
import {
  classesOf,
  comparedMetrics,
  differingParams,
  distinctNames,
  overlaid,
  paramTable,
} from '../../../src/web/runs/compare.ts';

const run = (id: string, params: Record<string, string>, metrics: Record<string, number | null> = {}) => ({
  id,
  name: `run ${id}`,
  params,
  metrics,
});

const shownRows = <Row extends object>({ columns, rows }: ReportTable<Row>) =>
  rows.map((row) => columns.map((column) => column.shown(row)));

describe('params side by side', () => {
  it.each([
    ['equal params', [{ C: '1' }, { C: '1' }], []],
    [
      'one that differs',
      [
        { C: '1', tol: '2' },
        { C: '3', tol: '2' },
      ],
      ['C'],
    ],
    ['one that a run lacks', [{ C: '1' }, { C: '1', positive: '0' }], ['positive']],
    [
      'the same value by two names',
      [
        { C: '1', model__C: '1' },
        { C: '2', model__C: '2' },
      ],
      ['C'],
    ],
    [
      'another value by a longer name',
      [
        { C: '1', a__C: '1' },
        { C: '1', a__C: '2' },
      ],
      ['a__C'],
    ],
    [
      'a wrapped classifier',
      [
        { model__C: '1', model__dual: 'no' },
        { model__estimator__C: '2', model__estimator__dual: 'no' },
      ],
      ['model__C'],
    ],
    [
      'printed estimators',
      [
        { C: '1', model: 'LogisticRegression(C=1)', steps: "[('model', LogisticRegression(C=1))]" },
        { C: '2', model: 'LogisticRegression(C=2)', steps: "[('model', LogisticRegression(C=2))]" },
      ],
      ['C'],
    ],
  ] as const)('show %s', (_name, params, names) => {
    const runs = params.map((one, i) => run(String(i), one));
    expect(differingParams(runs).map(({ name }) => name)).toEqual(names);
  });

  it('become a table with a column for each run', () => {
    const table = paramTable([run('a', { C: '1' }), run('b', {})]);
    expect(table.columns.map(({ name }) => name)).toEqual(['Param', 'run a', 'run b']);
    expect(shownRows(table)).toEqual([['C', '1', '–']]);
  });
});

describe('metrics side by side', () => {
  it('have their intervals, and say nothing twice', () => {
    const metrics = {
      accuracy: 0.8,
      test_accuracy_score: 0.7922,
      test_accuracy_score_ci_low: 0.7,
      test_accuracy_score_ci_high: 0.85,
      test_score: 0.7922,
      training_loss: 3,
      cv_roc_auc: 0.8,
      cv_score_mean: 0.8,
      cv_roc_auc_mean: 0.83,
      cv_roc_auc_std: 0.02,
    };
    const table = comparedMetrics([
      run('a', {}, metrics),
      run('b', {}, { test_accuracy_score: null, own: 1 }),
    ]);
    expect(shownRows(table)).toEqual([
      ['test_accuracy_score', '0.7922 (0.7000 to 0.8500)', '–'],
      ['cv_roc_auc_mean', '0.8300', '–'],
      ['own', '–', '1.0000'],
    ]);
  });
});

describe('curves of several runs', () => {
  const curves = (label: string) => ({ label, positives: 1 });
  const report = (...labels: string[]) => ({ curves: { test: labels.map(curves) } }) as unknown as ReportData;

  it('are those of one class, named after the runs', () => {
    const runs = [
      { run: run('a', {}), report: report('0', '1') },
      { run: run('b', {}) },
      { run: run('c', {}), report: report('1', '2') },
    ];
    expect(classesOf(runs)).toEqual(['1', '0', '2']);
    expect(overlaid(runs, '1').map(({ label }) => label)).toEqual(['run a', 'run c']);
    expect(overlaid(runs, '2').map(({ label }) => label)).toEqual(['run c']);
  });

  it('tell runs of one name apart', () => {
    const named = (id: string, name: string) => ({ id, name });
    expect(distinctNames([named('0123456789', 'x'), named('abcdefghi', 'x'), named('c', 'y')])).toEqual([
      'x (012345)',
      'x (abcdef)',
      'y',
    ]);
  });
});
