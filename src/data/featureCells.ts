import { BodyError, quote } from '../errors.ts';
import type { ColumnInfo } from '../values/dataset.ts';
import { isMissing, numberOf, truthValue } from './column.ts';

const EXPECTED: Readonly<Record<ColumnInfo['type'], string>> = {
  double: 'a number',
  long: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
};

/** @throws BodyError `missing_columns` */
export function requireColumns(features: readonly ColumnInfo[], has: (name: string) => boolean): void {
  const missing = features.map(({ name }) => name).filter((name) => !has(name));
  const [column] = missing;
  if (column === undefined) return;
  const others = missing.length > 1 ? `, and ${missing.length - 1} more` : '';
  const says = `The column ${quote(column)}${others} is missing: send every column that the model was trained on.`;
  throw new BodyError('missing_columns', says, { column, allowed: features.map(({ name }) => name) });
}

/** Whether fractions are allowed. pandas reads whole numbers as real numbers if one is missing, and so did the training. */
export function takesFractions({ type, missing }: ColumnInfo): boolean {
  return type === 'double' || (type === 'long' && missing === true);
}

/** Whether a missing value is an error before the model is asked. Real numbers may be NaN: the model may fill them in. */
export function refusesMissing({ type, missing }: ColumnInfo): boolean {
  return type !== 'double' && type !== 'string' && missing !== true;
}

/**
 * Reads the cells of a CSV column by the types of the training file: null and NaN are missing values, and undefined is a
 * wrong value. A cell that means missing in training means missing here.
 */
export function cellReader(
  feature: ColumnInfo,
  decimalComma: boolean,
): (cell: string) => number | string | null | undefined {
  const { type } = feature;
  if (type === 'string') return (cell) => (isMissing(cell) ? null : cell);
  if (type === 'boolean') {
    return (cell) =>
      isMissing(cell) ? Number.NaN : (truthValue(cell) ?? zeroOrOne(numberOf(cell, decimalComma)));
  }
  const fractions = takesFractions(feature);
  return (cell) => {
    const number = plainNumber(cell) ?? numberOf(cell, decimalComma);
    if (Number.isNaN(number)) return isMissing(cell.trim()) ? number : undefined;
    return fractions || Number.isInteger(number) ? number : undefined;
  };
}

function zeroOrOne(number: number): number | undefined {
  return number === 0 || number === 1 ? number : undefined;
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

/** The value is never repeated, because it may be personal data. */
export function wrongValue({ name, type }: ColumnInfo, row: number): BodyError {
  const says = `Row ${row}, column ${quote(name)}, is not ${EXPECTED[type]}, as it was in training: correct the value.`;
  return new BodyError('wrong_value', says, { row, column: name });
}

export function missingValue({ name }: ColumnInfo, row: number): BodyError {
  const says = `Row ${row}, column ${quote(name)}, has no value, but no value was missing in training: fill in the value.`;
  return new BodyError('missing_value', says, { row, column: name });
}
