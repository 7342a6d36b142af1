import { quote } from '../errors.ts';
import type { Warning } from '../values/warning.ts';
import { numberOf } from './column.ts';
import type { Table, TextColumn } from './table.ts';

/** Smallest share of number-like texts. A column with fewer is text that looks like numbers here and there. */
const NUMBERS_SHARE_MIN = 0.5;

/** Counts of a column's texts that are numbers with the file's decimal sign, and only with the other sign. */
interface Signs {
  readonly ofFile: number;
  readonly other: number;
}

/** Whether a cell is a number only with the decimal sign that the file's numbers do not use. */
export function hasOtherSign(cell: string, decimalComma: boolean): boolean {
  return Number.isNaN(numberOf(cell, decimalComma)) && !Number.isNaN(numberOf(cell, !decimalComma));
}

/** Whether a column is text only because of the decimal signs of its numbers. */
export function isTextBySign(column: TextColumn, decimalComma: boolean): boolean {
  const { ofFile, other } = countSigns(column, decimalComma);
  return other > 0 && ofFile + other >= column.texts.length * NUMBERS_SHARE_MIN;
}

function countSigns({ texts }: TextColumn, decimalComma: boolean): Signs {
  const other = texts.filter((text) => hasOtherSign(text, decimalComma)).length;
  const ofFile = texts.filter((text) => !Number.isNaN(numberOf(text, decimalComma))).length;
  return { ofFile, other };
}

/** Returns `the decimal sign is a comma`. A cell's own sign is not named, because `1,234` may use either. */
export function signText(decimalComma: boolean): string {
  return `the decimal sign is a ${decimalComma ? 'comma' : 'point'}`;
}

/**
 * Returns a warning for each used column that is text by its decimal signs. Without it, numbers silently become
 * categories.
 */
export function decimalSignWarnings(
  { columns, format: { decimalComma } }: Table,
  ignored: ReadonlySet<string>,
): (Warning & { readonly column: string })[] {
  return columns.flatMap((column) => {
    if (column.kind !== 'text' || ignored.has(column.name) || !isTextBySign(column, decimalComma)) return [];
    const { other } = countSigns(column, decimalComma);
    const many = `${other} of its ${column.texts.length} different texts`;
    const message = `Column ${quote(column.name)} was read as text because ${many} are not numbers in this file, where ${signText(decimalComma)}: write all numbers of the file the same way, or add the column to ignore.`;
    return [{ code: 'mixed_decimal_signs', message, column: column.name }];
  });
}
