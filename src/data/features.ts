import { DataError, quote } from '../errors.ts';
import type { ColumnInfo, ColumnType } from '../values/dataset.ts';
import type { Missing } from '../values/plan.ts';
import { meantAsNumbers } from './decimalSigns.ts';
import { ambiguousNumber, notANumber } from './oddCells.ts';
import { rowPlace, rowText } from './places.ts';
import type { Cell, Table, TextColumn } from './table.ts';
import { TABLE_LIMITS } from './tableLimits.ts';
import { emptyFooterHint } from './tableShape.ts';
import {
  firstInfinite,
  firstMissing,
  type LeftOutRows,
  type UsedCells,
  usedCells,
  usedPlaces,
} from './usedRows.ts';

/** A column that the model learns from. */
export interface Feature extends ColumnInfo {
  /** Index of the column in the table. */
  readonly index: number;
}

/**
 * Returns the type of a feature by the rows that are used.
 * @throws DataError if a model cannot learn from the column
 */
export function featureType(table: Table, index: number, leftOut: LeftOutRows, missing: Missing): ColumnType {
  const column = table.columns[index]!;
  const used = usedCells(table, index, leftOut);
  const ambiguous = ambiguousNumber(table, column);
  if (ambiguous !== undefined) throw ambiguous;
  if (used.others > 0 && used.numbers >= used.others) throw notANumber(table, index, leftOut, used);
  if (used.missing > 0 && missing === 'error') throw missingValue(table, index, leftOut, used);
  if (used.missing === used.rows && missing !== 'drop') {
    const message = `Column ${quote(column.name)} has no value in any row, so there is nothing to fill it with: add the column to ignore.`;
    throw new DataError('empty_column', message, { column: column.name });
  }
  if (column.kind === 'text') return textType(table, column, index, leftOut);
  const infinite = firstInfinite(table, index, leftOut);
  if (infinite !== undefined) throw infiniteValue(table, index, infinite);
  return column.type;
}

/** The error for the first cell without a value, if no value may be missing. */
export function missingValue(
  table: Table,
  index: number,
  leftOut: LeftOutRows,
  used: UsedCells,
  remedy = FILL_OR_LEAVE_OUT,
): DataError {
  const { name } = table.columns[index]!;
  const { row, text } = firstMissing(table, index, leftOut)!;
  const place = rowPlace(row, table.lines);
  const how = text.trim() === '' ? 'has no value' : `has ${quote(text)}, which means missing,`;
  const hint = emptyFooterHint(table, row);
  const message = `${rowText(place)} ${how} in column ${quote(name)} (${used.missing} of ${used.rows} rows are missing one): ${remedy}.`;
  return new DataError('missing_value', hint === undefined ? message : `${message} ${hint}`, {
    ...place,
    column: name,
    value: text,
    actual: used.missing,
  });
}

const FILL_OR_LEAVE_OUT =
  'set missing=drop, mean, median or most_frequent; or fill in the values; or add the column to ignore';

export function infiniteValue(table: Table, index: number, { row, text }: Cell): DataError {
  const { name } = table.columns[index]!;
  const place = rowPlace(row, table.lines);
  const message = `${rowText(place)} is infinite in column ${quote(name)}: write a finite number.`;
  return new DataError('infinite_value', message, { ...place, column: name, value: text });
}

function textType(table: Table, column: TextColumn, index: number, leftOut: LeftOutRows): 'string' {
  const { name, texts, overflowed } = column;
  const { categories } = table.limits ?? TABLE_LIMITS;
  const actual = overflowed ? texts.length : usedPlaces(table, index, leftOut).length;
  if (actual <= categories && !overflowed) return 'string';
  const many = overflowed ? `more than ${actual}` : String(actual);
  const meant = meantAsNumbers(column, table.format.decimalComma);
  const remedy =
    meant === undefined
      ? 'add the column to ignore'
      : `add the column to ignore, or, because ${meant.says}, ${meant.remedy}`;
  throw new DataError(
    'too_many_categories',
    `Column ${quote(name)} holds ${many} different texts, but at most ${categories} are allowed, because each becomes a feature: ${remedy}.`,
    { column: name, limit: categories, actual },
  );
}

/**
 * Checks how many columns a model gets, because each category of a text column becomes one.
 * @throws DataError `too_many_categories` that names the text column with the most categories
 */
export function requireFewColumns(table: Table, features: readonly Feature[], leftOut: LeftOutRows): void {
  const { columns: limit } = table.limits ?? TABLE_LIMITS;
  const counts = features.map(({ index, type }) =>
    type === 'string' ? usedPlaces(table, index, leftOut).length : 1,
  );
  const actual = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...counts);
  if (actual <= limit || most < 2) return;
  const { name } = features[counts.indexOf(most)]!;
  throw new DataError(
    'too_many_categories',
    `The ${features.length} columns to learn from become ${actual} because each text becomes a column, but at most ${limit} are allowed: add text columns to ignore. Column ${quote(name)} has the most texts, ${most}.`,
    { column: name, limit, actual },
  );
}
