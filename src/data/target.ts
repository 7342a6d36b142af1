import { DataError, quote } from '../errors.ts';
import { compareCodePoints } from '../python/codePoints.ts';
import type { ClassesDtype, ClassLabel, ColumnType } from '../values/dataset.ts';
import { rowPlace, rowText } from './places.ts';
import { segmentsOf } from './segments.ts';
import type { Table, TableColumn } from './table.ts';
import { emptyFooterHint, secondHeaderHint } from './tableShape.ts';
import { firstMissing, type LeftOutRows, usedCells } from './usedRows.ts';

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
/** Rows from which a target with a class for each row is rejected, as an ID. A shorter table may be made by hand. */
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
  if (dropped === undefined) requireLabels(table, index, NO_ROW_LEFT_OUT);
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

const NO_ROW_LEFT_OUT: LeftOutRows = { marks: undefined, empty: 0, firstEmpty: -1, incomplete: 0 };

/**
 * Checks that each row that is used has a label.
 * @param canDrop whether `missing=drop` can be a remedy
 * @throws DataError `missing_label` naming the first row without one
 */
export function requireLabels(table: Table, index: number, leftOut: LeftOutRows, canDrop = true): void {
  if (table.columns[index]!.missing === 0) return;
  const first = firstMissing(table, index, leftOut);
  if (first === undefined) return;
  const { name, notes } = table.columns[index]!;
  const { row, text } = first;
  const place = rowPlace(row, table.lines);
  const { missing, rows } = usedCells(table, index, leftOut);
  const hint = (row === 0 ? secondHeaderHint(table) : undefined) ?? emptyFooterHint(table, row);
  const column = `the target column ${quote(name)}`;
  const isText = notes?.missingText?.text === text;
  const message = isText
    ? `${rowText(place)} holds the text ${quote(text)} in ${column}, which pandas and trainpost read as missing (${notes.missingText.rows} of ${rows} rows hold it): if it is a class, write another text, such as "no value", in these rows.${canDrop ? ` missing=drop would leave out all ${missing} rows without a label.` : ''}`
    : `${rowText(place)} has no value in ${column} (${missing} of ${rows} rows are missing one): fill it in or remove the row${canDrop ? ' (missing=drop drops all such rows)' : ''}.`;
  throw new DataError('missing_label', hint === undefined ? message : `${message} ${hint}`, {
    ...place,
    column: name,
    value: text,
    actual: missing,
  });
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
    if (!Number.isInteger(value)) throw continuous(table, index, value, row);
    if (!Number.isSafeInteger(value)) throw inexact(table, index, value, row);
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
  if (rows >= ROWS_TO_JUDGE && classes.length === rows) {
    throw tooManyClasses(name, classes.length, rows);
  }
}

function tooManyClasses(name: string, actual: number, rows: number): DataError {
  const many = actual > CLASSES_MAX ? `more than ${CLASSES_MAX}` : String(actual);
  const message = `The target column ${quote(name)} has ${many} different values in ${rows} rows, which do not look like classes: name another column in target.`;
  return new DataError('continuous_target', message, { column: name, limit: CLASSES_MAX, actual });
}

/** Returns the cell's text in the file, if known. The number would print another text for `1e400`. */
function valueText({ firstInfinite }: TableColumn, value: number, row: number): string {
  return firstInfinite?.row === row ? firstInfinite.text : String(value);
}

/** Error for whole numbers that are equal as doubles. Different numbers of the file would become one class. */
function inexact(table: Table, index: number, label: number, row: number): DataError {
  const { name } = table.columns[index]!;
  const place = rowPlace(row, table.lines);
  return new DataError(
    'label_too_large',
    `${rowText(place)} has a label near ${label.toPrecision(4)} in the target column ${quote(name)}, but above 2^53 neighbouring whole numbers cannot be distinguished: write such labels as text, or as smaller numbers.`,
    { ...place, column: name, limit: Number.MAX_SAFE_INTEGER },
  );
}

function continuous(table: Table, index: number, value: number, row: number): DataError {
  const column = table.columns[index]!;
  const label = valueText(column, value, row);
  const place = rowPlace(row, table.lines);
  const where = place.line === undefined ? `row ${place.row}` : `row ${place.row}, line ${place.line}`;
  return new DataError(
    'continuous_target',
    `The target column ${quote(column.name)} looks continuous (${label} in ${where}): use classes, such as 0 and 1, or name another column in target.`,
    { ...place, column: column.name, value: label },
  );
}

/** Sorts numbers by value and text by code point, like NumPy, so class k is scikit-learn's class k. */
function compareLabels(a: ClassLabel, b: ClassLabel): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareCodePoints(String(a), String(b));
}
