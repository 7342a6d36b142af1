import { isWhole, numberOf, truthValue } from '../../data/column.ts';
import {
  missingValue,
  refusesMissing,
  requireColumns,
  takesFractions,
  wrongValue,
} from '../../data/featureCells.ts';
import { BodyError, quote } from '../../errors.ts';
import type { FeatureColumn } from '../../models/port.ts';
import type { ColumnInfo } from '../../values/dataset.ts';
import type { NamedColumns } from './columns.ts';

/** Reads a value of one type, or returns undefined if the value is not of the type. NaN and null are missing values. */
type ReadNumber = (value: unknown) => number | undefined;

/** How values of JSON become numbers, by the type that the column had in the training file. */
const NUMBERS: Readonly<Record<Exclude<ColumnInfo['type'], 'string'>, ReadNumber>> = {
  double: asDouble,
  long: asLong,
  boolean: asBoolean,
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
    if (Number.isNaN(number) && refusesMissing(feature)) throw missingValue(feature, at + firstRow);
    result[at] = number;
  }
  return result;
}

function readerOf(feature: ColumnInfo): ReadNumber {
  return takesFractions(feature) ? NUMBERS.double : NUMBERS[feature.type as keyof typeof NUMBERS];
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

function noKey({ name }: ColumnInfo, row: number): BodyError {
  const says = `Row ${row} of instances does not have the column ${quote(name)}, but other rows do: send all columns in each row, or use dataframe_records.`;
  return new BodyError('missing_value', says, { row, column: name });
}
