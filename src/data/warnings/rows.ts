import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import { rowPlace, rowText } from '../places.ts';
import type { Table } from '../table.ts';
import type { WarningContext } from './context.ts';

/** Warnings about rows that are left out. */
export function rowWarnings(
  table: Table,
  { leftOut, targetIndex }: Pick<WarningContext, 'leftOut' | 'targetIndex'>,
): Warning[] {
  const { empty, firstEmpty, incomplete } = leftOut;
  const warnings: Warning[] = [];
  if (empty > 0) {
    const first = rowText(rowPlace(firstEmpty, table.lines));
    const message =
      empty === 1
        ? `${first} has no value in any column and was left out.`
        : `${empty} rows have no value in any column and were left out. ${first} is the first.`;
    warnings.push({ code: 'empty_rows', message });
  }
  if (incomplete > 0) {
    const rows = table.rows - empty;
    const share = `${incomplete} of ${rows} rows (${percentOf(incomplete, rows)} %)`;
    const message = `missing=drop leaves out ${share}, because they miss a value or their label.${labelsText(table, targetIndex)}`;
    warnings.push({ code: 'dropped_rows', message });
  }
  return warnings;
}

/** Says how many labels are a text that means missing: such a text may be a class. */
function labelsText({ columns }: Table, targetIndex: number): string {
  const { name, notes } = columns[targetIndex]!;
  if (notes?.missingText === undefined) return '';
  const { text, rows } = notes.missingText;
  return ` ${rows} of them hold the text ${quote(text)} as their label in ${quote(name)}: if it is a class, write another text.`;
}

/** Whole per cent, but with a decimal below 1. */
export function percentOf(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return percent < 1 ? percent.toPrecision(1) : String(Math.round(percent));
}
