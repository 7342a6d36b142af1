import { isMissing, isWhole, numberOf, truthValue } from '../../data/column.ts';
import { quote } from '../../errors.ts';
import type { FeatureColumn } from '../../models/port.ts';
import type { ColumnInfo } from '../../values/dataset.ts';
import { BodyError } from './bodyError.ts';
import type { NamedColumns } from './columns.ts';

/** Reads a value of one type, or returns undefined if the value is not of the type. NaN and null are missing values. */
type ReadNumber = (value: unknown) => number | undefined;

/** How values of JSON become numbers, by the type that the column had in the training file. */
const NUMBERS: Readonly<Record<Exclude<ColumnInfo['type'], 'string'>, ReadNumber>> = {
  double: asDouble,
  long: asLong,
  boolean: asBoolean,
};
const EXPECTED: Readonly<Record<ColumnInfo['type'], string>> = {
  double: 'a number',
  long: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
};

/**
 * Returns the columns that the model was trained on, in its order and by the types of the training file. More columns are
 * ignored.
 * @param firstRow number of the first row, counted from 1
 * @throws BodyError `missing_columns`, `wrong_value`, `missing_value`
 */
export function featureColumns(
  { rows, columns }: NamedColumns,
  features: readonly ColumnInfo[],
  firstRow = 1,
): FeatureColumn[] {
  requireColumns(features, (name) => columns.has(name));
  return features.map((feature) => {
    const values = columns.get(feature.name) as readonly unknown[];
    return feature.type === 'string'
      ? values.map((value, at) => asText(value, feature, at + firstRow))
      : numbers(values, rows, feature, firstRow);
  });
}

/** @throws BodyError `missing_columns` */
export function requireColumns(features: readonly ColumnInfo[], has: (name: string) => boolean): void {
  const missing = features.map(({ name }) => name).filter((name) => !has(name));
  const [column] = missing;
  if (column === undefined) return;
  const others = missing.length > 1 ? `, and ${missing.length - 1} more` : '';
  const says = `The column ${quote(column)}${others} is missing: send every column that the model was trained on.`;
  throw new BodyError('missing_columns', says, { column, allowed: features.map(({ name }) => name) });
}

function numbers(
  values: readonly unknown[],
  rows: number,
  feature: ColumnInfo,
  firstRow: number,
): Float64Array {
  const read = readerOf(feature);
  const result = new Float64Array(rows);
  for (let at = 0; at < rows; at++) {
    const value = values[at];
    if (value === undefined) throw noKey(feature, at + firstRow);
    const number = value === null ? Number.NaN : read(value);
    if (number === undefined) throw wrongValue(feature, at + firstRow);
    if (Number.isNaN(number) && !mayBeMissing(feature)) throw missingValue(feature, at + firstRow);
    result[at] = number;
  }
  return result;
}

/** pandas reads whole numbers as real numbers if one is missing, so such a column was trained on real numbers. */
function readerOf({ type, missing }: ColumnInfo): ReadNumber {
  return type === 'long' && missing === true ? NUMBERS.double : NUMBERS[type as keyof typeof NUMBERS];
}

/** Real numbers may be NaN; the model says whether it can fill them in. */
function mayBeMissing({ type, missing }: ColumnInfo): boolean {
  return type === 'double' || type === 'string' || missing === true;
}

function asDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return undefined;
  const number = numberOf(value, false);
  return Number.isNaN(number) && !/^\s*[+-]?nan\s*$/i.test(value) ? undefined : number;
}

function asLong(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return undefined;
  const number = numberOf(value, false);
  return isWhole(value, number) ? number : undefined;
}

function asBoolean(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (value === 0 || value === 1) return value;
  return typeof value === 'string' ? truthValue(value) : undefined;
}

/** Numbers and booleans become texts as Python writes them. */
function asText(value: unknown, feature: ColumnInfo, row: number): string | null {
  if (typeof value === 'string') return value;
  if (value === undefined) throw noKey(feature, row);
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  throw wrongValue(feature, row);
}

/**
 * Reads the cells of a CSV column by the types of the training file. A cell that means missing in training means missing
 * here.
 * @throws BodyError `wrong_value`, `missing_value`
 */
export function cellReader(
  feature: ColumnInfo,
  decimalComma: boolean,
): (cell: string) => number | string | null | undefined {
  const { type } = feature;
  if (type === 'string') return (cell) => (isMissing(cell) ? null : cell);
  if (type === 'boolean') {
    return (cell) =>
      isMissing(cell) ? Number.NaN : (truthValue(cell) ?? asBoolean(numberOf(cell, decimalComma)));
  }
  const isDouble = readerOf(feature) === asDouble;
  return (cell) => {
    const number = plainNumber(cell) ?? numberOf(cell, decimalComma);
    if (Number.isNaN(number)) return isMissing(cell.trim()) ? number : undefined;
    return isDouble || Number.isInteger(number) ? number : undefined;
  };
}

const DIGITS_OF_PLAIN_MAX = 9;

/** Reads a short whole number without a regular expression, because a file consists of such cells mostly. */
function plainNumber(cell: string): number | undefined {
  const { length } = cell;
  if (length === 0 || length > DIGITS_OF_PLAIN_MAX) return undefined;
  let number = 0;
  for (let at = 0; at < length; at++) {
    const digit = cell.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

/** Whether a missing value is an error in a cell of this column, before the model is asked. */
export function refusesMissing(feature: ColumnInfo): boolean {
  return !mayBeMissing(feature);
}

/** The value is never repeated, because it may be personal data. */
export function wrongValue({ name, type }: ColumnInfo, row: number): BodyError {
  const says = `Row ${row}, column ${quote(name)}, is not ${EXPECTED[type]}, as it was in training: correct the value.`;
  return new BodyError('wrong_value', says, { row, column: name });
}

function noKey({ name }: ColumnInfo, row: number): BodyError {
  const says = `Row ${row} of instances does not have the column ${quote(name)}, but other rows do: send all columns in each row, or use dataframe_records.`;
  return new BodyError('missing_value', says, { row, column: name });
}

export function missingValue({ name }: ColumnInfo, row: number): BodyError {
  const says = `Row ${row}, column ${quote(name)}, has no value, but no value was missing in training: fill in the value.`;
  return new BodyError('missing_value', says, { row, column: name });
}
