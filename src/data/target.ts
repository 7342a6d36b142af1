import { DataError, quote } from '../errors.ts';
import { compareCodePoints } from '../python/codePoints.ts';
import type { ClassesDtype, ClassLabel, ColumnType } from '../values/dataset.ts';
import { segmentsOf } from './segments.ts';
import type { Cell, Table, TableColumn } from './table.ts';

/** The target's column: each row's class, and the classes in scikit-learn's order. */
export interface Target {
  readonly name: string;
  readonly type: ColumnType;
  readonly dtype: ClassesDtype;
  readonly classCounts: readonly { readonly label: ClassLabel; readonly count: number }[];
  /** Each row's place among the classes; `NO_CLASS` in rows that are left out. */
  readonly codes: Uint8Array;
}

export const NO_CLASS = 255;
/** More classes than this are a column of numbers or names taken for a target, and K x n coefficients nobody reads. */
export const CLASSES_MAX = 200;
/** As scikit-learn's `type_of_target` warns: so many different values look like no classes at all. */
const DISTINCT_SHARE_MAX = 0.5;
/** In a table this short a class may well have one or two rows. */
const ROWS_TO_JUDGE = 20;
/** pandas' dtype of a column. */
const DTYPES: Readonly<Record<ColumnType, ClassesDtype>> = {
  long: 'int64',
  double: 'float64',
  boolean: 'bool',
  string: 'object',
};

/**
 * Reads the column to predict.
 * @param table in which the column is text, where not all of its cells are numbers or truth values
 * @param dropped a 1 for each row that is left out, those without a label among them
 * @throws DataError where a label is missing, where there is one class only or none, where the values look
 *   continuous, or are whole numbers that a double cannot hold
 */
export function readTarget(table: Table, index: number, dropped?: Uint8Array): Target {
  const column = table.columns[index]!;
  if (column.firstMissing !== undefined && dropped === undefined) {
    throw missingLabel(column.name, column.firstMissing);
  }
  // Rows behind the last text that is kept would have no class, though they are not left out.
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

/** A class as a person reads it: of a boolean target 1 is `True`, as pandas and NumPy print it. */
export function labelText(label: ClassLabel, dtype: ClassesDtype): string {
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return String(label);
}

interface DistinctCells {
  /** Each row's place in `labels`; `NO_CLASS` in rows that are left out. */
  readonly ids: Uint8Array;
  /** In the order of their first rows. */
  readonly labels: ClassLabel[];
}

/** @throws DataError where there are more than `CLASSES_MAX`, or a number that is not whole */
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
      // The usual target, and a loop that the compiler sees one kind of array in: a third of the time.
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
    const message = `No row is left, for each of them misses a value: fill them in, name a column in ignore, or choose another way in missing.`;
    throw new DataError('all_rows_dropped', message, { field: 'missing', actual: 0 });
  }
  if (classes.length === 1) {
    const only = labelText(classes[0]!.label, dtype);
    throw new DataError(
      'one_class',
      `The target column ${quote(name)} holds one class only, ${quote(only)}: a classifier needs two or more.`,
      { column: name, value: only },
    );
  }
  if (rows >= ROWS_TO_JUDGE && classes.length > rows * DISTINCT_SHARE_MAX) {
    throw tooManyClasses(name, classes.length, rows);
  }
}

function tooManyClasses(name: string, actual: number, rows: number): DataError {
  const many = actual > CLASSES_MAX ? `more than ${CLASSES_MAX}` : String(actual);
  const message = `The target column ${quote(name)} has ${many} different values in ${rows} rows, which look like no classes: name another column in target.`;
  return new DataError('continuous_target', message, { column: name, limit: CLASSES_MAX, actual });
}

function missingLabel(name: string, { row, text }: Cell): DataError {
  return new DataError(
    'missing_label',
    `Row ${row + 1} has no value in the target column ${quote(name)}: fill it in or leave the row out (missing=drop leaves out all such rows).`,
    { row: row + 1, column: name, value: text },
  );
}

/** The cell as it stands in the file, as far as that is known: of `1e400` the number would be another text. */
function valueText({ firstInfinite }: TableColumn, value: number, row: number): string {
  return firstInfinite?.row === row ? firstInfinite.text : String(value);
}

/** Whole numbers that are one as doubles would be one class, whatever they are in the file. */
function inexact(label: number, row: number, name: string): DataError {
  return new DataError(
    'label_too_large',
    `Row ${row + 1} has a label near ${label.toPrecision(4)} in the target column ${quote(name)}, and above 2^53 a whole number cannot be told from its neighbours: write such labels as text, or as smaller numbers.`,
    { row: row + 1, column: name, limit: Number.MAX_SAFE_INTEGER },
  );
}

function continuous(label: string, row: number, name: string): DataError {
  return new DataError(
    'continuous_target',
    `The target column ${quote(name)} looks continuous (${label} in row ${row + 1}): a classifier wants classes, such as 0 and 1.`,
    { row: row + 1, column: name, value: label },
  );
}

/** Numbers by value, text by code point: NumPy's order, so that class k is scikit-learn's class k. */
function compareLabels(a: ClassLabel, b: ClassLabel): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareCodePoints(String(a), String(b));
}
