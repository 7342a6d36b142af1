import { compareCodePoints } from '../codePoints.ts';
import { DataError, quote } from '../errors.ts';
import type { ClassLabel, ColumnType, TargetDtype } from '../result.ts';
import { isMissing, toNumeric } from './column.ts';

/** The target's column: one label a row, and its classes in scikit-learn's order. */
export interface Target {
  readonly labels: ArrayLike<number> | ArrayLike<string>;
  readonly type: ColumnType;
  readonly dtype: TargetDtype;
  readonly classCounts: readonly { readonly label: ClassLabel; readonly count: number }[];
}

/** More classes than this are a column of numbers or names taken for a target, and K x n coefficients nobody reads. */
const CLASSES_MAX = 200;
/** As scikit-learn's `type_of_target` warns: so many different values look like no classes at all. */
const DISTINCT_SHARE_MAX = 0.5;
/** pandas' dtype of a column. */
const DTYPES: Readonly<Record<ColumnType, TargetDtype>> = {
  long: 'int64',
  double: 'float64',
  boolean: 'bool',
  string: 'object',
};
/** In a table this short a class may well have one or two rows. */
const ROWS_TO_JUDGE = 20;

/**
 * Reads the column to predict.
 * @throws DataError where a label is missing, where there is one class only, where the values look continuous
 */
export function readTarget(cells: readonly string[], name: string, decimalComma: boolean): Target {
  const numeric = toNumeric(cells, decimalComma);
  const isText = numeric.numbers + numeric.missing < cells.length;
  const firstMissing = isText ? cells.findIndex(isMissing) : numeric.firstMissing;
  if (firstMissing >= 0) {
    throw new DataError(
      'missing_label',
      `Row ${firstMissing + 1} has no value in the target column ${quote(name)}: fill it in or leave the row out.`,
      { row: firstMissing + 1, column: name, value: cells[firstMissing] as string },
    );
  }
  const labels = isText ? cells : numeric.values;
  const type = isText ? 'string' : numeric.type;
  const dtype = DTYPES[type];
  const classCounts = countClasses(labels, dtype, name);
  return { labels: labels as ArrayLike<number> | ArrayLike<string>, type, dtype, classCounts };
}

/** A class as a person reads it: of a boolean target 1 is `True`, as pandas and NumPy print it. */
export function labelText(label: ClassLabel, dtype: TargetDtype): string {
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return String(label);
}

function countClasses(
  labels: ArrayLike<ClassLabel>,
  dtype: TargetDtype,
  name: string,
): Target['classCounts'] {
  const counts = new Map<ClassLabel, number>();
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] as ClassLabel;
    if (typeof label === 'number' && !Number.isInteger(label)) throw continuous(label, row, name);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const { size } = counts;
  if (size === 1) {
    const only = labelText(labels[0] as ClassLabel, dtype);
    throw new DataError(
      'one_class',
      `The target column ${quote(name)} holds one class only, ${quote(only)}: a classifier needs two or more.`,
      { column: name, value: only },
    );
  }
  const looksContinuous = labels.length >= ROWS_TO_JUDGE && size > labels.length * DISTINCT_SHARE_MAX;
  if (size > CLASSES_MAX || looksContinuous) {
    throw new DataError(
      'continuous_target',
      `The target column ${quote(name)} has ${size} different values in ${labels.length} rows, which look like no classes: name another column in target.`,
      { column: name, limit: CLASSES_MAX, actual: size },
    );
  }
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => compareLabels(a.label, b.label));
}

function continuous(label: number, row: number, name: string): DataError {
  return new DataError(
    'continuous_target',
    `The target column ${quote(name)} looks continuous (${label} in row ${row + 1}): a classifier wants classes, such as 0 and 1.`,
    { row: row + 1, column: name, value: String(label) },
  );
}

/** Numbers by value, text by code point: NumPy's order, so that class k is scikit-learn's class k. */
function compareLabels(a: ClassLabel, b: ClassLabel): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareCodePoints(String(a), String(b));
}
