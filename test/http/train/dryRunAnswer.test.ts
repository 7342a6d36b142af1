import { describe, expect, it } from 'vitest';
import { dryRunAnswer } from '../../../src/http/train/dryRunAnswer.ts';
import type { ColumnProfile, DryRun } from '../../../src/values/dryRun.ts';

const CLOCK = { upload: 1.26, total: 9 };
const COUNTS = {
  role: 'feature',
  missing: 0,
  distinct: 3,
  distinctCapped: false,
  allDistinct: false,
} as const;
const NUMBERS: ColumnProfile = {
  ...COUNTS,
  kind: 'number',
  name: 'x',
  type: 'double',
  infinite: 0,
  others: 0,
  min: 0,
  max: 8,
  mean: 2.5,
  std: 1.5,
  quantiles: [0.5, 1, 2, 3, 7],
  bins: [6, 4],
};
const REPORT: DryRun = {
  rows: 10,
  digest: 'd',
  columns: [NUMBERS],
  target: { name: 'y', type: 'long', classes: [{ label: 0, rows: 7, share: 2 / 3 }] },
  warnings: [],
  timingMs: { parse: 3.333, profile: 2 },
};

/** The report as JSON, as the client gets it. */
const answer = (report: Partial<DryRun>) =>
  JSON.parse(JSON.stringify(dryRunAnswer({ ...REPORT, ...report }, CLOCK)));
const column = (rest: Partial<ColumnProfile>) =>
  answer({ columns: [{ ...NUMBERS, ...rest } as ColumnProfile] }).columns[0];

describe('dryRunAnswer', () => {
  it('begins with whether a training would succeed', () => {
    const { would_train, ...rest } = answer({});
    expect(would_train).toBe(true);
    expect(rest).toEqual({
      problem: null,
      warnings: [],
      data: { rows: 10, columns: 1, target: 'y', digest: 'd' },
      classes: [{ label: 0, rows: 7, share: 0.6667 }],
      split: null,
      pipeline: null,
      columns: [
        {
          name: 'x',
          role: 'feature',
          type: 'double',
          missing: 0,
          distinct: 3,
          min: 0,
          p05: 0.5,
          p25: 1,
          p50: 2,
          p75: 3,
          p95: 7,
          max: 8,
          mean: 2.5,
          std: 1.5,
          bins: [6, 4],
        },
      ],
      timing_ms: { upload: 1.3, parse: 3.3, profile: 2, total: 9 },
    });
    expect(Object.keys(answer({})).slice(0, 2)).toEqual(['would_train', 'problem']);
  });

  it('words the problem as the error of a training would', () => {
    const details = { row: 3, column: 'x', value: '' };
    const { would_train, problem } = answer({
      problem: { code: 'missing_value', message: 'None.', details },
    });
    expect(would_train).toBe(false);
    expect(problem).toEqual({ code: 'missing_value', detail: 'None.', row: 3, column: 'x', value: '' });
  });

  it('has the split, and the classes in both parts', () => {
    const split = {
      holdout: { by: 'random', testSize: 0.3, randomState: 7, stratify: true } as const,
      trainRows: 6,
      testRows: 3,
      droppedRows: 1,
    };
    const classes = [{ label: 'a', rows: 9, share: 1, trainRows: 6, testRows: 3 }];
    const told = answer({ split, target: { name: 'y', type: 'string', classes } });
    expect(told.split).toEqual({
      by: 'random',
      test_size: 0.3,
      random_state: 7,
      stratify: true,
      train_rows: 6,
      test_rows: 3,
      dropped_rows: 1,
    });
    expect(told.classes).toEqual([{ label: 'a', rows: 9, share: 1, train_rows: 6, test_rows: 3 }]);
  });

  it('has no target if the report has no target', () => {
    const { target: _, ...report } = REPORT;
    const told = dryRunAnswer(report, CLOCK);
    expect(told).toMatchObject({ data: { target: null }, classes: [] });
  });

  it.each<[Partial<ColumnProfile>, object]>([
    [
      { distinct: 1000, distinctCapped: true },
      { distinct: 1000, distinct_capped: true },
    ],
    [{ allDistinct: true }, { all_distinct: true }],
    [{ infinite: 2 }, { infinite: 2 }],
    [{ others: 2 }, { not_numbers: 2 }],
    [{ rocAuc: { label: 1, area: 0.75 } }, { roc_auc: 0.75, roc_auc_of: 1 }],
    [
      { std: Number.NaN, mean: Number.POSITIVE_INFINITY },
      { std: null, mean: null },
    ],
  ])('shows of a column of numbers %j', (rest, expected) => {
    expect(column(rest)).toMatchObject(expected);
  });

  it.each([
    [{}, {}],
    [{ cramersV: 0.5 }, { cramers_v: 0.5 }],
    [{ cramersV: Number.NaN }, { cramers_v: null }],
  ])('shows of a column of text %j', (rest, expected) => {
    const mostFrequent = [{ value: 'a', rows: 3 }];
    const cells = { numbers: 0, others: 3, mostFrequent };
    const text = { ...COUNTS, ...cells, kind: 'text', type: 'string', name: 't', ...rest } as const;
    expect(answer({ columns: [text] }).columns[0]).toEqual({
      name: 't',
      role: 'feature',
      type: 'string',
      missing: 0,
      distinct: 3,
      most_frequent: mostFrequent,
      ...expected,
    });
  });
});
