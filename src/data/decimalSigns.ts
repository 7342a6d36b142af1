import { quote } from '../errors.ts';
import type { Warning } from '../values/warning.ts';
import { numberOf } from './column.ts';
import type { Table, TextColumn } from './table.ts';

/** Of fewer of its texts a column is text that looks like numbers here and there. */
const NUMBERS_SHARE_MIN = 0.5;

/** A column's texts that are numbers with the file's decimal sign, and with the other one alone. */
interface Signs {
  readonly ofFile: number;
  readonly other: number;
}

/** Whether a cell is a number with the decimal sign that the file's numbers do not have. */
export function hasOtherSign(cell: string, decimalComma: boolean): boolean {
  return Number.isNaN(numberOf(cell, decimalComma)) && !Number.isNaN(numberOf(cell, !decimalComma));
}

/** Whether a column is text for no other reason than how the fractions of its numbers are written. */
export function isTextBySign(column: TextColumn, decimalComma: boolean): boolean {
  const { ofFile, other } = countSigns(column, decimalComma);
  return other > 0 && ofFile + other >= column.texts.length * NUMBERS_SHARE_MIN;
}

function countSigns({ texts }: TextColumn, decimalComma: boolean): Signs {
  const other = texts.filter((text) => hasOtherSign(text, decimalComma)).length;
  const ofFile = texts.filter((text) => !Number.isNaN(numberOf(text, decimalComma))).length;
  return { ofFile, other };
}

/** `the decimal sign is a comma`; what it is in a cell is not for us to say, for `1,234` may be either. */
export function signText(decimalComma: boolean): string {
  return `the decimal sign is a ${decimalComma ? 'comma' : 'point'}`;
}

/** A warning for each column that is used and is text by its decimal signs; without it numbers are categories in silence. */
export function decimalSignWarnings(
  { columns, format: { decimalComma } }: Table,
  ignored: ReadonlySet<string>,
): (Warning & { readonly column: string })[] {
  return columns.flatMap((column) => {
    if (column.kind !== 'text' || ignored.has(column.name) || !isTextBySign(column, decimalComma)) return [];
    const { other } = countSigns(column, decimalComma);
    const many = `${other} of its ${column.texts.length} different texts`;
    const message = `Column ${quote(column.name)} was read as text, for ${many} are no numbers where ${signText(decimalComma)}, as in this file: write the numbers of a file alike, or name the column in ignore.`;
    return [{ code: 'mixed_decimal_signs', message, column: column.name }];
  });
}
