import { DataError, FieldError, quote } from '../errors.ts';
import type { Matrix } from '../ml/matrix.ts';
import type { ColumnInfo } from '../result.ts';
import { type NumericColumn, toNumeric } from './column.ts';
import type { RawTable } from './csv.ts';
import { readTarget, type Target } from './target.ts';

/** Which columns of a table are what. */
export interface Roles {
  /** `Outcome` where the file has one, else the last column. */
  readonly target?: string;
  /** Columns left out; a text may name several, set apart by commas. */
  readonly ignore: readonly string[];
}

/** A table that can be trained on. */
export interface Dataset {
  readonly X: Matrix;
  readonly y: Target;
  readonly targetName: string;
  readonly features: readonly ColumnInfo[];
  /** Every column of the file in its order; those left out are not read and count as text. */
  readonly columns: readonly ColumnInfo[];
  readonly rows: number;
}

/** The original's name for the column to predict. */
const DEFAULT_TARGET = 'Outcome';

/**
 * Gives each column its part: target, feature or left out.
 * @throws FieldError where a field names a column that the file does not have
 * @throws DataError where a feature is not a finite number in every row
 */
export function toDataset(table: RawTable, roles: Roles): Dataset {
  refuseOtherDelimiters(table.names);
  const targetIndex = findTarget(table.names, roles.target);
  const targetName = table.names[targetIndex] as string;
  const ignored = findIgnored(table.names, roles.ignore, targetName);
  const y = readTarget(table.cells[targetIndex] as string[], targetName);
  const features: ColumnInfo[] = [];
  const columns: ColumnInfo[] = [];
  const values: Float64Array[] = [];
  for (const [index, name] of table.names.entries()) {
    if (index === targetIndex) {
      columns.push({ name, type: y.type });
    } else if (ignored.has(name)) {
      columns.push({ name, type: 'string' });
    } else {
      const feature = readFeature(table.cells[index] as string[], name);
      const info = { name, type: feature.type };
      columns.push(info);
      features.push(info);
      values.push(feature.values);
    }
  }
  if (features.length === 0) {
    throw new DataError(
      'no_features',
      `No column is left to learn from beside the target ${quote(targetName)}: the file needs one at least, with commas between the columns.`,
      { column: targetName },
    );
  }
  const X = { nSamples: table.rows, nFeatures: features.length, columns: values };
  return { X, y, targetName, features, columns, rows: table.rows };
}

function refuseOtherDelimiters(names: readonly string[]): void {
  const [only] = names;
  if (names.length > 1 || only === undefined || !/[;\t|]/.test(only)) return;
  throw new DataError(
    'wrong_delimiter',
    `The header ${quote(only)} is one column: set the columns apart by commas.`,
    {
      column: only,
    },
  );
}

function findTarget(names: readonly string[], wanted: string | undefined): number {
  if (wanted === undefined) {
    const outcome = names.indexOf(DEFAULT_TARGET);
    return outcome >= 0 ? outcome : names.length - 1;
  }
  const index = names.indexOf(wanted);
  if (index < 0) throw unknownColumn('target', wanted, names);
  return index;
}

function findIgnored(names: readonly string[], wanted: readonly string[], target: string): Set<string> {
  const known = new Set(names);
  const ignored = new Set<string>();
  for (const value of wanted) {
    // A column's name may hold a comma itself, so the whole text is tried before its parts.
    const parts = known.has(value) ? [value] : value.split(',').map((part) => part.trim());
    for (const part of parts) {
      if (!known.has(part)) throw unknownColumn('ignore', part, names);
      if (part === target) {
        throw new FieldError(
          'ignored_target',
          `ignore names the target column ${quote(part)}: choose one of the two.`,
          {
            field: 'ignore',
            value: part,
          },
        );
      }
      ignored.add(part);
    }
  }
  return ignored;
}

function unknownColumn(field: string, value: string, names: readonly string[]): FieldError {
  return new FieldError(
    `unknown_${field}`,
    `${field} names the column ${quote(value)}, which the file does not have: it has ${names
      .slice(0, 20)
      .map((name) => quote(name))
      .join(', ')}${names.length > 20 ? ', …' : ''}.`,
    { field, value },
  );
}

function readFeature(cells: readonly string[], name: string): NumericColumn {
  const column = toNumeric(cells);
  if (column.firstText >= 0) throw notANumber(cells, column, name);
  if (column.firstMissing >= 0) {
    const row = column.firstMissing + 1;
    throw new DataError(
      'missing_value',
      `Row ${row} has no value in column ${quote(name)} (${column.missing} of ${cells.length} rows have none): fill them in, leave the rows out, or name the column in ignore.`,
      { row, column: name, value: cells[row - 1] as string, actual: column.missing },
    );
  }
  const infinite = column.values.findIndex((value) => !Number.isFinite(value));
  if (infinite >= 0) {
    throw new DataError(
      'infinite_value',
      `Row ${infinite + 1} is infinite in column ${quote(name)}: write a finite number.`,
      {
        row: infinite + 1,
        column: name,
        value: cells[infinite] as string,
      },
    );
  }
  return column;
}

function notANumber(cells: readonly string[], column: NumericColumn, name: string): DataError {
  const row = column.firstText + 1;
  const value = cells[row - 1] as string;
  return new DataError(
    'not_a_number',
    `Row ${row} has ${quote(value)} in column ${quote(name)}, which is no number: correct it, or name the column in ignore.`,
    { row, column: name, value },
  );
}
