import { describe, expect, it } from 'vitest';
import type { Classes } from '../../../../src/data/columnProfile.ts';
import type { Cell, NumberColumn, TextColumn } from '../../../../src/data/table.ts';
import {
  type DryRunInput,
  dryRunReport,
  pipelineSteps,
  type ReadableColumn,
} from '../../../../src/engine/local/dryRun/dryRun.ts';
import { DataError } from '../../../../src/errors.ts';
import { LogisticRegression } from '../../../../src/ml/logisticRegression.ts';
import { MinMaxScaler } from '../../../../src/ml/minMaxScaler.ts';
import { Pipeline } from '../../../../src/ml/pipeline.ts';

const ROWS = 40;
const rows = (value: (row: number) => number) => Float64Array.from({ length: ROWS }, (_, row) => value(row));
const counts = { numbers: ROWS, missing: 0, others: 0, ...first(undefined) };
/** 0, 1, 0, 1, ... */
const classes: Classes = { labels: [0, 1], codes: rows((row) => row % 2) };

function first(cell: Cell | undefined) {
  return { firstMissing: cell, firstInfinite: cell, firstOther: cell };
}

function numbers(name: string, values: Float64Array, rest: Partial<NumberColumn> = {}): ReadableColumn {
  const missing = values.filter(Number.isNaN).length - (rest.others ?? 0);
  const column: NumberColumn = { ...counts, kind: 'number', type: 'double', name, missing, ...rest };
  return { role: 'feature', column, read: () => values };
}

function texts(name: string, cells: readonly (string | undefined)[], overflowed = false): ReadableColumn {
  const different = [...new Set(cells.filter((cell) => cell !== undefined))];
  const missing = overflowed ? 0 : cells.filter((cell) => cell === undefined).length;
  const column: TextColumn = { ...counts, kind: 'text', name, texts: different, overflowed, missing };
  return { role: 'feature', column, read: () => cells.map((cell) => different.indexOf(cell as string)) };
}

const report = (columns: readonly ReadableColumn[], rest: Partial<DryRunInput> = {}) =>
  dryRunReport({ rows: ROWS, digest: 'd', columns, classes, warnings: [], ...rest });
const warningsOf = async (column: ReadableColumn, rest: Partial<DryRunInput> = {}) =>
  (await report([column], rest)).warnings.map(({ code }) => code);

const noise = rows((row) => (row * 7) % 11);
const cells = (value: (row: number) => string | undefined) =>
  Array.from({ length: ROWS }, (_, row) => value(row));

describe('columns', () => {
  it('of numbers have their statistics, and how well they separate the classes', async () => {
    const values = rows((row) => (row < 4 ? Number.NaN : row === 4 ? Number.POSITIVE_INFINITY : row % 5));
    const column = numbers('x', values, { others: 1 });
    const { columns } = await report([column]);
    expect(columns[0]).toMatchObject({
      kind: 'number',
      name: 'x',
      role: 'feature',
      type: 'double',
      missing: 3,
      others: 1,
      infinite: 1,
      distinct: 5,
      distinctCapped: false,
      min: 0,
      max: 4,
      mean: 2,
      quantiles: [0, 1, 2, 3, 4],
      rocAuc: { label: 1 },
    });
  });

  it('of text have their most frequent values, and their association with the classes', async () => {
    const { columns } = await report([
      texts(
        't',
        cells((row) => ['a', 'b', 'b', undefined][row % 4]),
      ),
    ]);
    const mostFrequent = [
      { value: 'b', rows: 20 },
      { value: 'a', rows: 10 },
    ];
    expect(columns[0]).toMatchObject({
      kind: 'text',
      type: 'string',
      missing: 10,
      distinct: 2,
      mostFrequent,
    });
    // Rows with a value: "a" has 10 of class 0, "b" has 10 of each class.
    expect(columns[0]).toMatchObject({ cramersV: expect.closeTo(0.5, 12), isOfOneClassEach: false });
  });

  it('are compared with the classes only if they are features, and if there are classes', async () => {
    const text = texts(
      't',
      cells(() => 'a'),
    );
    const columns = [
      { ...numbers('x', noise), role: 'ignored' },
      { ...text, role: 'target' },
    ] as const;
    for (const column of (await report(columns)).columns) {
      expect(column).not.toHaveProperty('rocAuc');
      expect(column).not.toHaveProperty('cramersV');
    }
    const { columns: without } = await dryRunReport({
      rows: ROWS,
      digest: 'd',
      columns: [numbers('x', noise), text],
      warnings: [],
    });
    expect(without[0]).not.toHaveProperty('rocAuc');
    expect(without[1]).not.toHaveProperty('cramersV');
  });

  it('have the ROC AUC of the positive class, or of the best separated class of three or more', async () => {
    const rising = numbers(
      'x',
      rows((row) => row % 4),
    );
    const positive = await report([rising], { classes: { ...classes, positive: 0 } });
    expect(positive.columns[0]).toMatchObject({ rocAuc: { label: 0, area: 0.25 } });
    const three = { labels: ['a', 'b', 'c'], codes: rows((row) => [0, 1, 0, 2][row % 4]!) };
    const best = await report([rising], { classes: three });
    expect(best.columns[0]).toMatchObject({ rocAuc: { label: 'c', area: 1 } });
  });
});

describe('warnings', () => {
  it.each<[string, ReadableColumn, string[]]>([
    ['noise, without a warning', numbers('x', noise), []],
    [
      'text, without a warning',
      texts(
        't',
        cells((row) => 'abc'[row % 3]),
      ),
      [],
    ],
    [
      'no value',
      numbers(
        'x',
        rows(() => Number.NaN),
      ),
      ['empty_column'],
    ],
    ['cells that are not numbers', numbers('x', noise, { others: 2 }), ['not_a_number']],
    [
      'infinite cells',
      numbers(
        'x',
        rows((row) => (row ? noise[row]! : 1 / 0)),
      ),
      ['infinite_value'],
    ],
    [
      'a larger value in each row of class 1',
      numbers(
        'x',
        rows((row) => (row % 2) * 9 + (row % 4)),
      ),
      ['target_given_away'],
    ],
    [
      'a smaller value',
      numbers(
        'x',
        rows((row) => -(row % 2) * 9 + (row % 4)),
      ),
      ['target_given_away'],
    ],
    [
      'texts of one class each',
      texts(
        't',
        cells((row) => 'abcd'[row % 4]),
      ),
      ['target_given_away'],
    ],
  ])('for a column: %s', async (_name, column, codes) => {
    expect(await warningsOf(column)).toEqual(codes);
    expect(await warningsOf({ ...column, role: 'ignored' } as ReadableColumn)).toEqual([]);
  });

  it('begin exactly at the bound of the ROC AUC', async () => {
    // 1,000 pairs of rows: each row of class 0 above a row of class 1 costs 1 / 1,000.
    const codes = Array.from({ length: 1001 }, (_, row) => (row === 0 ? 1 : 0));
    const values = Float64Array.from(codes, (_, row) => (row === 0 ? 10 : row === 1 ? 11 : row % 7));
    const at = { rows: 1001, classes: { labels: [0, 1], codes } };
    expect(await warningsOf(numbers('x', values), at)).toEqual(['target_given_away']);
    const below = values.map((value, row) => (row === 2 ? 10 : value));
    expect(await warningsOf(numbers('x', below), at)).toEqual([]);
  });

  it.each([
    [255, []],
    [256, ['too_many_categories']],
  ])('for %i different texts: %j', async (many, codes) => {
    const all = Array.from({ length: 600 }, (_, row) => String((row >> 1) % many));
    const at = { rows: 600, classes: { labels: [0, 1], codes: all.map((_, row) => row % 2) } };
    expect(await warningsOf(texts('t', all), at)).toEqual(codes);
  });

  it('count more texts than were kept as too many', async () => {
    const kept = cells((row) => (row < 30 ? 'ab'[row % 2] : undefined));
    const { warnings, columns } = await report([texts('t', kept, true)]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'Column "t" has more than 2 different texts, and the limit is 255: add it to ignore.',
    ]);
    expect(columns[0]).not.toHaveProperty('cramersV');
  });

  it('name their column, and come after the warnings of the reader', async () => {
    const found = { code: 'assumed_cp1252', message: 'It is.' };
    const { warnings } = await report(
      [
        numbers(
          'my x',
          rows(() => Number.NaN),
        ),
      ],
      { warnings: [found] },
    );
    expect(warnings).toEqual([
      found,
      {
        code: 'empty_column',
        message: 'Column "my x" has no value in any row: add it to ignore.',
        column: 'my x',
      },
    ]);
  });
});

describe('the report', () => {
  it('has the classes and the split', async () => {
    const split = {
      train: Uint32Array.from({ length: 28 }, (_, row) => row),
      test: Uint32Array.of(30, 32, 34, 35),
      holdout: { by: 'random', testSize: 4, randomState: 123, stratify: false } as const,
    };
    const target = { name: 'y', type: 'long' } as const;
    const codes = rows((row) => (row === 39 ? -1 : row % 2));
    expect(await report([], { split, target, classes: { labels: [0, 1], codes } })).toEqual({
      rows: ROWS,
      digest: 'd',
      columns: [],
      target: {
        name: 'y',
        type: 'long',
        classes: [
          { label: 0, rows: 20, share: 20 / 39, trainRows: 14, testRows: 3 },
          { label: 1, rows: 19, share: 19 / 39, trainRows: 14, testRows: 1 },
        ],
      },
      split: { holdout: split.holdout, trainRows: 28, testRows: 4, droppedRows: 8 },
      warnings: [],
    });
  });

  it('has the error that a training would end with', async () => {
    const problem = new DataError('missing_value', 'Row 3 has none.', { row: 3, column: 'x' });
    const { problem: told } = await report([], { problem });
    expect(told).toEqual({
      code: 'missing_value',
      message: 'Row 3 has none.',
      details: { row: 3, column: 'x' },
    });
  });

  it('reads one column after the other, so that columns can share an array', async () => {
    const shared = new Float64Array(ROWS);
    const columns = [1, 2].map((factor) => {
      const column = numbers(`x${factor}`, noise);
      return { ...column, read: () => shared.fill(factor) };
    });
    const { columns: profiles } = await report(columns as ReadableColumn[]);
    expect(profiles.map((profile) => profile.kind === 'number' && profile.max)).toEqual([1, 2]);
  });
});

it('pipelineSteps shows the steps of a pipeline', () => {
  const numeric = new Pipeline([['scaler', new MinMaxScaler()]]);
  class ColumnTransformer {
    transformers = [['numeric', numeric, [0, 2]]] as const;
  }
  const steps = [
    ['columns', new ColumnTransformer()],
    ['model', new LogisticRegression()],
  ] as const;
  expect(pipelineSteps(steps, ['a', 'b', 'c'])).toEqual([
    {
      name: 'columns',
      estimator: 'ColumnTransformer',
      steps: [
        {
          name: 'numeric',
          estimator: 'Pipeline',
          columns: ['a', 'c'],
          steps: [{ name: 'scaler', estimator: 'MinMaxScaler' }],
        },
      ],
    },
    { name: 'model', estimator: 'LogisticRegression' },
  ]);
});
