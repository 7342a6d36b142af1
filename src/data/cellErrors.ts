import { DataError, quote } from '../errors.ts';
import { hasOtherSign, signText } from './decimalSigns.ts';
import type { Cell, TableColumn } from './table.ts';

/** The error for the first cell of a column of numbers that is no number. */
export function notANumber({ name, firstOther }: TableColumn, decimalComma: boolean): DataError {
  const { row = 0, text = '' } = firstOther ?? {};
  const says = hasOtherSign(text, decimalComma)
    ? `which is not a number in this file because ${signText(decimalComma)}: correct it`
    : 'which is not a number: correct it';
  return new DataError(
    'not_a_number',
    `Row ${row + 1} has ${quote(text)} in column ${quote(name)}, ${says}, or add the column to ignore.`,
    { row: row + 1, column: name, value: text },
  );
}

/** The error for a cell without a value, if no value may be missing. */
export function missingValue({ name, missing }: TableColumn, { row, text }: Cell, rows: number): DataError {
  return new DataError(
    'missing_value',
    `Row ${row + 1} has no value in column ${quote(name)} (${missing} of ${rows} rows are missing one): set missing=drop, mean, median or most_frequent; or fill in the values; or add the column to ignore.`,
    { row: row + 1, column: name, value: text, actual: missing },
  );
}

export function infiniteValue(name: string, { row, text }: Cell): DataError {
  return new DataError(
    'infinite_value',
    `Row ${row + 1} is infinite in column ${quote(name)}: write a finite number.`,
    { row: row + 1, column: name, value: text },
  );
}
