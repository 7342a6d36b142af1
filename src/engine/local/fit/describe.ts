import type { Dataset, Feature } from '../../../data/dataset.ts';
import { segmentsOf } from '../../../data/segments.ts';
import type { Table } from '../../../data/table.ts';
import { labelText } from '../../../data/target.ts';
import { quote } from '../../../errors.ts';
import type { Frame } from '../../../ml/frame.ts';
import { CONSTANT_RANGE_MAX } from '../../../ml/minMaxScaler.ts';
import type {
  ClassesDtype,
  ClassLabel,
  ColumnSummary,
  DatasetInfo,
  InputExample,
} from '../../../values/dataset.ts';
import type { Warning } from '../../../values/warning.ts';

/** Rows of MLflow's input example: enough to show the form, few enough to read. */
const EXAMPLE_ROWS = 5;

export function describeDataset(dataset: Dataset, summaries: readonly ColumnSummary[]): DatasetInfo {
  const { table, target, features, columns, rows } = dataset;
  return {
    rows,
    columns,
    target: target.name,
    features: features.map(({ index: _, ...info }) => info),
    digest: table.digest,
    summaries,
    classCounts: target.classCounts.map(({ label, count }) => ({
      label: shownLabel(label, target.dtype),
      count,
    })),
  };
}

/** A class as an answer shows it: numbers stay numbers, and 1 of a boolean target is `True`. */
export function shownLabel(label: ClassLabel, dtype: ClassesDtype): ClassLabel {
  return dtype === 'bool' ? labelText(label, dtype) : label;
}

/** The first rows that are trained or tested on, with null for a missing cell. Call it before rows are moved. */
export function inputExample({ table, features, dropped }: Dataset): InputExample {
  const rows: number[] = [];
  for (let row = 0; row < table.rows && rows.length < EXAMPLE_ROWS; row++) {
    if (dropped?.[row] !== 1) rows.push(row);
  }
  const columns = features.map((feature) => rows.map((row) => cellAt(table, feature, row)));
  return {
    columns: features.map(({ name }) => name),
    data: rows.map((_, place) => columns.map((cells) => cells[place] as number | string | null)),
  };
}

function cellAt(table: Table, { index }: Feature, row: number): number | string | null {
  const column = table.columns[index];
  for (const { firstRow, cells, decimals, missing } of segmentsOf(table, index)) {
    if (row >= firstRow + cells.length) continue;
    const cell = cells[row - firstRow]!;
    if (cell === missing || Number.isNaN(cell)) return null;
    return column?.kind === 'text' ? column.texts[cell]! : cell / 10 ** decimals;
  }
  return null;
}

/** The least and the largest value of a column in the training rows, or of the indices of its texts. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** Training rows that miss a value. */
  readonly nMissing: number;
}

/** Warns of columns that do not vary among the training rows: a model cannot learn from them. */
export function constantColumns({ features }: Dataset, train: Frame): Warning[] {
  return features.flatMap(({ name }, place) => {
    const column = train.columns[place];
    if (column?.kind === 'numeric') return constantColumn(name, 'number', { ...column.range(), nMissing: 0 });
    const max = (column?.counts().size ?? 0) - 1;
    return constantColumn(name, 'text', { min: 0, max, nMissing: column?.nMissing ?? 0 });
  });
}

/** Warns of a column that does not vary, or that varies so little that `MinMaxScaler` takes it for constant. */
export function constantColumn(name: string, kind: 'number' | 'text', range: Range): Warning[] {
  const { min, max, nMissing } = range;
  const isConstant = min === max && (kind === 'number' || nMissing === 0);
  const isTiny = kind === 'number' && max > min && max - min < CONSTANT_RANGE_MAX;
  if (!isConstant && !isTiny) return [];
  const message = isConstant
    ? `Column ${quote(name)} has one value in all training rows, so nothing can be learned from it.`
    : `Column ${quote(name)} has values from ${min} to ${max} in the training rows: scikit-learn's MinMaxScaler takes a column with so small a range for constant, and does not scale it. Write its values in a smaller unit.`;
  return [{ code: 'constant_column', message, column: name }];
}

export function undefinedMetrics(part: 'training' | 'test', names: readonly string[]): Warning[] {
  return names.map((name) => ({
    code: 'undefined_metric',
    message: `${name} is undefined on the ${part} rows (a class that is missing or never predicted) and counts as 0, or as missing.`,
  }));
}
