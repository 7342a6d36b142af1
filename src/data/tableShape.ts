import { readNumbers } from './segments.ts';
import type { Table } from './table.ts';

/** Rows at the end of a file that may be a footer. */
const FOOTER_ROWS_MAX = 3;
/** A table with fewer rows has no usual rows to compare with. */
const ROWS_MIN = 3;
/** Share of the columns that shows what a row is. */
const SHARE_MIN = 0.5;

/** Returns a sentence about the first row if it looks like a title, or like a second header line. */
export function secondHeaderHint({ columns, rows, header }: Table): string | undefined {
  const ofNumbers = columns.filter(({ numbers }) => numbers > 0);
  const odd = ofNumbers.filter(
    ({ others, notes, firstOther }) => others - (notes?.padded ?? 0) === 1 && firstOther?.row === 0,
  );
  if (rows < ROWS_MIN || odd.length === 0 || odd.length < ofNumbers.length * SHARE_MIN) return undefined;
  const unnamed = header?.unnamed.length ?? 0;
  if (unnamed > 0 && unnamed >= columns.length * SHARE_MIN) {
    return 'The header line names few columns, so the file seems to begin with a title line: remove all lines before the line of column names.';
  }
  return `Row 1 is text in ${odd.length} of ${ofNumbers.length} columns of numbers, so the file seems to have two header lines, or a title line: keep one line of column names.`;
}

/** Returns a sentence about a row if it is at the end of the file and looks like a footer. */
export function footerHint(table: Table, row: number): string | undefined {
  const { rows } = table;
  if (row < rows - FOOTER_ROWS_MAX || rows <= FOOTER_ROWS_MAX + ROWS_MIN) return undefined;
  return 'The row is at the end of the file: if it is a footer, such as a total or a number of rows, remove it.';
}

/** Returns `footerHint` for a row that misses most of its values, and has some. */
export function emptyFooterHint(table: Table, row: number): string | undefined {
  const hint = footerHint(table, row);
  if (hint === undefined) return undefined;
  const { columns } = table;
  const missing = columns.filter((_, index) => Number.isNaN(readNumbers(table, index, row, row + 1)[0]!));
  return missing.length >= columns.length * SHARE_MIN ? hint : undefined;
}
