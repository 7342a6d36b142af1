import { DenseNumericColumn, DenseTextColumn } from '../../../src/ml/denseColumn.ts';
import { withThreshold } from '../../../src/ml/fixedThresholdClassifier.ts';
import type { Frame, FrameColumn } from '../../../src/ml/frame.ts';
import { TrainingPipeline } from '../../../src/ml/trainingPipeline.ts';
import type { ColumnInfo } from '../../../src/values/dataset.ts';
import type { FixedThresholdClassifierState } from '../../../src/values/pipelineState.ts';
import { type Cell, type ModelCase, ORIGIN, sequence } from './cases.ts';

/** Pipelines for text and for missing values, really fitted: scikit-learn does the same with the same rows. */
interface ColumnCase {
  readonly name: string;
  readonly columns: readonly Maker[];
  readonly classes: readonly (number | string)[];
  readonly missing?: 'error' | 'drop' | 'mean' | 'median' | 'most_frequent';
  readonly threshold?: FixedThresholdClassifierState['params'];
}

/** How a column's cells are made. */
interface Maker {
  readonly name: string;
  readonly type: ColumnInfo['type'];
  /** One cell of so many is missing. */
  readonly missingOf?: number;
  readonly cell: (random: number) => Cell;
}

const ROWS_FITTED = 60;
const ROWS_SCORED = 30;

const whole = (name: string, missingOf?: number): Maker => ({
  name,
  type: 'long',
  ...(missingOf !== undefined && { missingOf }),
  cell: (random) => Math.floor(random * 9) - 2,
});
const real = (name: string, missingOf?: number): Maker => ({
  ...whole(name, missingOf),
  type: 'double',
  cell: (random) => random * 1000 - 3,
});
const text = (name: string, texts: readonly string[], missingOf?: number): Maker => ({
  ...whole(name, missingOf),
  type: 'string',
  cell: (random) => texts[Math.floor(random * random * texts.length)]!,
});

const CITIES = ['oslo', 'Łódź', "O'Hare", 'say "hi"', '🌞', '\uffff', 'nan', 'a\\b\u2028', '42', '1.0'];
const PLANS = ['pro', 'basic', 'plus'];

const CASES: readonly ColumnCase[] = [
  ...(['mean', 'median', 'most_frequent'] as const).map((missing) => ({
    name: `numbers imputed by ${missing}`,
    columns: [whole('age', 5), real('income', 7), whole('visits')],
    classes: [0, 1],
    missing,
  })),
  {
    name: 'numbers and text, imputed by mean',
    columns: [whole('age', 5), text('city', CITIES, 6), real('net income', 4), text('plan', PLANS)],
    classes: ['no', 'yes'],
    missing: 'mean',
  },
  {
    name: 'numbers and text, three classes, imputed by median',
    columns: [text('Größe "XL"', CITIES), real('a b', 4), text('plan', PLANS, 9), whole('___x')],
    classes: [-1, 0, 3],
    missing: 'median',
  },
  {
    name: 'numbers and text, nothing missing',
    columns: [real('income'), text('city', CITIES), whole('age')],
    classes: [0, 1],
  },
  {
    name: 'numbers and text, rows with missing values dropped',
    columns: [text('city', CITIES), whole('age'), text('plan', PLANS)],
    classes: ['a', 'b', 'c'],
    missing: 'drop',
  },
  { name: 'text alone, imputed', columns: [text('city', CITIES, 5)], classes: [0, 1], missing: 'mean' },
  {
    name: 'text alone, nothing missing',
    columns: [text('plan', PLANS), text('one', ['only'])],
    classes: [0, 1, 2],
  },
  {
    name: 'more columns than repr shows',
    columns: [
      ...Array.from({ length: 40 }, (_, i) => real(`measurement number ${i}`, 9)),
      ...Array.from({ length: 33 }, (_, i) =>
        text(
          `answer to question ${i} of the questionnaire that ${i % 2 ? 'all' : "O'Hare's"} patients of spring filled in`,
          PLANS,
        ),
      ),
    ],
    classes: [0, 1],
    missing: 'mean',
  },
];

export const COLUMN_CASES: readonly ModelCase[] = CASES.map(columnCase);

/** Pipelines with a threshold, which scikit-learn loads from 1.5 on. */
export const THRESHOLD_COLUMN_CASES: readonly ModelCase[] = [
  columnCase({
    name: 'a threshold behind numbers and text, imputed by mean',
    columns: [whole('age', 5), text('city', CITIES, 6), real('net income', 4), text('plan', PLANS)],
    classes: ['no', 'yes'],
    missing: 'mean',
    threshold: { threshold: 0.4, posLabel: 'yes' },
  }),
];

function columnCase({ name, columns, classes, missing = 'error', threshold }: ColumnCase): ModelCase {
  const random = sequence(20261124);
  const fitted = Array.from({ length: ROWS_FITTED }, () => columns.map((column) => cellOf(column, random)));
  const labels = fitted.map(
    (_, row) => classes[row < classes.length ? row : Math.floor(random() * classes.length)]!,
  );
  const frame = frameOf(columns, fitted);
  const featureNames = columns.map((column) => column.name);
  const regression = TrainingPipeline.forColumns(frame.columns, { missing, maxIter: 50 })
    .fit(frame, labels, { featureNames })
    .toState();
  const pipeline = threshold === undefined ? regression : withThreshold(regression, threshold);
  return {
    name,
    features: columns.map((column) => ({
      name: column.name,
      type: column.type,
      ...(column.missingOf !== undefined && { missing: true }),
    })),
    rows: [...fitted, ...scoredRows(columns, missing, random)],
    labels,
    pipeline,
    inputExample: { columns: featureNames, data: fitted.slice(0, 4) },
    origin: ORIGIN,
    pythonSolver: 'lbfgs',
    outputs: [
      ['label', typeof classes[0] === 'string' ? 'string' : 'int64'],
      ...classes.map((label) => [`probability_${label}`, 'double'] as const),
    ],
  };
}

function cellOf({ cell, missingOf }: Maker, random: () => number): Cell {
  const value = cell(random());
  return missingOf !== undefined && random() < 1 / missingOf ? null : value;
}

/** Rows of other numbers and of texts that nobody knows; where it can be, everything is missing in the last one. */
function scoredRows(columns: readonly Maker[], missing: string, random: () => number): Cell[][] {
  const rows = Array.from({ length: ROWS_SCORED }, (_, row) =>
    columns.map((column) =>
      column.type === 'string' && row % 4 === 0 ? `new ${row}` : cellOf(column, random),
    ),
  );
  const imputes = missing !== 'error' && missing !== 'drop';
  const empty = columns.map((column) => {
    if (column.type === 'string') return null;
    return imputes && column.missingOf !== undefined ? null : column.cell(0.5);
  });
  return [...rows, empty];
}

export function frameOf(columns: readonly Pick<Maker, 'type'>[], rows: readonly (readonly Cell[])[]): Frame {
  const frameColumns = columns.map(({ type }, j): FrameColumn => {
    const cells = rows.map((row) => row[j]!);
    if (type === 'string') return DenseTextColumn.of(cells as (string | null)[]);
    return new DenseNumericColumn(
      Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
    );
  });
  return { nSamples: rows.length, columns: frameColumns };
}
