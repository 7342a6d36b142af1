import { DataError, quote } from '../errors.ts';
import { compareCodePoints } from '../python/codePoints.ts';
import type { ClassesDtype, ClassLabel, ColumnType } from '../values/dataset.ts';
import { segmentsOf } from './segments.ts';
import type { Cell, Table, TableColumn } from './table.ts';

/** The target column: each row's class, and the classes in scikit-learn's order. */
export interface Target {
  readonly name: string;
  readonly type: ColumnType;
  readonly dtype: ClassesDtype;
  readonly classCounts: readonly { readonly label: ClassLabel; readonly count: number }[];
  /** Each row's index among the classes, or `NO_CLASS` for a dropped row. */
  readonly codes: Uint8Array;
}

export const NO_CLASS = 255;
/**
 * Most classes. More classes mean that a column of numbers or names was taken as the target. Nobody reads K x n
 * coefficients.
 */
export const CLASSES_MAX = 200;
/**
 * Share of different values above which a target is not accepted as classes. scikit-learn's `type_of_target` warns at
 * the same share.
 */
const DISTINCT_SHARE_MAX = 0.5;
/** Rows from which the share is checked. In a shorter table a class may well have only one or two rows. */
const ROWS_TO_JUDGE = 20;
/** pandas' dtype for each column type. */
const DTYPES: Readonly<Record<ColumnType, ClassesDtype>> = {
  long: 'int64',
  double: 'float64',
  boolean: 'bool',
  string: 'object',
};

/**
 * Reads the target column.
 * @param table contains the column as text, unless all its cells are numbers or truth values
 * @param dropped 1 for each row that is dropped, including all rows without a label
 * @throws DataError if a label is missing, if there are fewer than two classes, or if the values look continuous or
 *   are whole numbers that a double cannot represent
 */
export function readTarget(table: Table, index: number, dropped?: Uint8Array): Target {
  const column = table.columns[index]!;
  if (column.firstMissing !== undefined && dropped === undefined) {
    throw missingLabel(column.name, column.firstMissing);
  }
  // Rows with texts that were not kept would have no class, although they are not dropped.
  if (column.kind === 'text' && column.overflowed) {
    throw tooManyClasses(column.name, CLASSES_MAX + 1, table.rows);
  }
  const type = column.kind === 'text' ? 'string' : column.type;
  const { ids, labels } = distinctCells(table, index, dropped);
  const counts = new Uint32Array(NO_CLASS + 1);
  for (let row = 0; row < ids.length; row++) counts[ids[row]!]!++;
  const rows = ids.length - counts[NO_CLASS]!;
  const classes = labels.map((label, id) => ({ label, id, count: counts[id]! }));
  const dtype = DTYPES[type];
  checkClasses(classes, column.name, dtype, rows);
  classes.sort((a, b) => compareLabels(a.label, b.label));

  const codeOf = new Uint8Array(NO_CLASS + 1).fill(NO_CLASS);
  for (const [code, { id }] of classes.entries()) codeOf[id] = code;
  for (let row = 0; row < ids.length; row++) ids[row] = codeOf[ids[row]!]!;
  const classCounts = classes.map(({ label, count }) => ({ label, count }));
  return { name: column.name, type, dtype, classCounts, codes: ids };
}

/** Returns a class label as text. For a boolean target, 1 is `True`, as pandas and NumPy print it. */
export function labelText(label: ClassLabel, dtype: ClassesDtype): string {
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return String(label);
}

interface DistinctCells {
  /** Each row's index in `labels`, or `NO_CLASS` for a dropped row. */
  readonly ids: Uint8Array;
  /** In order of first appearance. */
  readonly labels: ClassLabel[];
}

/** @throws DataError if there are more than `CLASSES_MAX`, or a number that is not whole */
function distinctCells(table: Table, index: number, dropped: Uint8Array | undefined): DistinctCells {
  const column = table.columns[index]!;
  const ids = new Uint8Array(table.rows).fill(NO_CLASS);
  const idOf = new Map<number, number>();
  const idOfCell = (cell: number, decimals: number, row: number): number => {
    const value = cell / 10 ** decimals;
    if (!Number.isInteger(value)) throw continuous(valueText(column, value, row), row, column.name);
    if (!Number.isSafeInteger(value)) throw inexact(value, row, column.name);
    const id = idOf.get(value) ?? idOf.size;
    if (id === CLASSES_MAX) throw tooManyClasses(column.name, CLASSES_MAX + 1, table.rows);
    idOf.set(value, id);
    return id;
  };
  for (const { firstRow, cells, decimals } of segmentsOf(table, index)) {
    if (cells instanceof Int8Array && dropped === undefined) {
      // The usual target. The compiler sees only one kind of array in this loop, which takes a third of the time.
      const known = new Int16Array(256).fill(-1);
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        let id = known[cell + 128]!;
        if (id < 0) {
          id = idOfCell(cell, decimals, firstRow + i);
          known[cell + 128] = id;
        }
        ids[firstRow + i] = id;
      }
      continue;
    }
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      if (dropped?.[firstRow + i] === 1) continue;
      ids[firstRow + i] = idOfCell(cell, decimals, firstRow + i);
    }
  }
  const values = [...idOf.keys()];
  return {
    ids,
    labels: column.kind === 'text' ? values.map((code) => column.texts[code]!) : values,
  };
}

function checkClasses(
  classes: readonly { readonly label: ClassLabel }[],
  name: string,
  dtype: ClassesDtype,
  rows: number,
): void {
  if (classes.length === 0) {
    const message = `No row is left because every row has a missing value: fill in the values, add a column to ignore, or choose another value for missing.`;
    throw new DataError('all_rows_dropped', message, { field: 'missing', actual: 0 });
  }
  if (classes.length === 1) {
    const only = labelText(classes[0]!.label, dtype);
    throw new DataError(
      'one_class',
      `The target column ${quote(name)} has only one class, ${quote(only)}: add rows of at least one other class, or name another column in target.`,
      { column: name, value: only },
    );
  }
  if (rows >= ROWS_TO_JUDGE && classes.length > rows * DISTINCT_SHARE_MAX) {
    throw tooManyClasses(name, classes.length, rows);
  }
}

function tooManyClasses(name: string, actual: number, rows: number): DataError {
  const many = actual > CLASSES_MAX ? `more than ${CLASSES_MAX}` : String(actual);
  const message = `The target column ${quote(name)} has ${many} different values in ${rows} rows, which do not look like classes: name another column in target.`;
  return new DataError('continuous_target', message, { column: name, limit: CLASSES_MAX, actual });
}

export function missingLabel(name: string, { row, text }: Cell): DataError {
  return new DataError(
    'missing_label',
    `Row ${row + 1} has no value in the target column ${quote(name)}: fill it in or remove the row (missing=drop drops all such rows).`,
    { row: row + 1, column: name, value: text },
  );
}

/** Returns the cell's text in the file, if known. The number would print another text for `1e400`. */
function valueText({ firstInfinite }: TableColumn, value: number, row: number): string {
  return firstInfinite?.row === row ? firstInfinite.text : String(value);
}

/** Error for whole numbers that are equal as doubles. Different numbers of the file would become one class. */
function inexact(label: number, row: number, name: string): DataError {
  return new DataError(
    'label_too_large',
    `Row ${row + 1} has a label near ${label.toPrecision(4)} in the target column ${quote(name)}, but above 2^53 neighbouring whole numbers cannot be distinguished: write such labels as text, or as smaller numbers.`,
    { row: row + 1, column: name, limit: Number.MAX_SAFE_INTEGER },
  );
}

function continuous(label: string, row: number, name: string): DataError {
  return new DataError(
    'continuous_target',
    `The target column ${quote(name)} looks continuous (${label} in row ${row + 1}): use classes, such as 0 and 1, or name another column in target.`,
    { row: row + 1, column: name, value: label },
  );
}

/** Sorts numbers by value and text by code point, like NumPy, so class k is scikit-learn's class k. */
function compareLabels(a: ClassLabel, b: ClassLabel): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareCodePoints(String(a), String(b));
}
