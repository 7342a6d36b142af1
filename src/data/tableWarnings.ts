import { quote } from '../errors.ts';
import type { Warning } from '../values/warning.ts';
import { decimalNumber } from './column.ts';
import type { HeaderNotes, Table } from './table.ts';

/** A name that begins so was meant to be quoted. */
const QUOTE_BEHIND_BLANK = /^[ \t]+"/;

/** Warnings about how a file was read, with any roles of its columns. */
export function tableWarnings({
  format,
  columns,
  header,
}: Pick<Table, 'format' | 'columns' | 'header'>): Warning[] {
  const names = columns.map(({ name }) => name);
  return [
    ...format.warnings,
    ...oddGroups(format.oddGroup),
    ...(areAllNumbers(names, format.decimalComma) ? [numbersInHeader(names)] : []),
    ...(header === undefined ? [] : headerWarnings(header)),
    ...names.filter((name) => QUOTE_BEHIND_BLANK.test(name)).map(quoteBehindBlank),
  ];
}

/** Whether every name in the header line is a number, as in a file without a header line. */
export function areAllNumbers(names: readonly string[], decimalComma: boolean): boolean {
  const number = decimalNumber(decimalComma);
  return names.every((name) => number.test(name));
}

function numbersInHeader(names: readonly string[]): Warning {
  const message = `Every name in the header line is a number (${quote(names[0]!)} is the first): if the file has no header line, its first row was used as one. Add a line of names before it.`;
  return { code: 'numbers_in_header', message };
}

function headerWarnings({ renamed, leftOut, hasRowNames }: HeaderNotes): Warning[] {
  const warnings: Warning[] = renamed.map(({ name, from }) => ({
    code: 'renamed_column',
    message: `More than one column has the name ${quote(from)}: one of them is called ${quote(name)} here, as pandas renames it.`,
    column: name,
  }));
  if (hasRowNames) {
    const message =
      "The header line has one name less than every row, as R's write.table writes it: the first column was taken as row names and left out, as pandas does. Write the file with row.names=FALSE.";
    warnings.push({ code: 'row_names_left_out', message });
  }
  if (leftOut.length > 0) {
    const places = leftOut.map((place) => place + 1).join(', ');
    const message =
      leftOut.length === 1
        ? `Column ${places} has no name and no value, and was left out: remove the delimiter at the end of each line.`
        : `Columns ${places} have no name and no value, and were left out: remove the delimiters at the end of each line.`;
    warnings.push({ code: 'empty_column_left_out', message });
  }
  return warnings;
}

function quoteBehindBlank(name: string): Warning {
  const message = `The column name ${quote(name)} begins with a blank and a quote, so the quote belongs to the name: remove the blanks behind the delimiters of the file.`;
  return { code: 'quote_behind_blank', message, column: name };
}

function oddGroups(text: string | undefined): Warning[] {
  if (text === undefined) return [];
  const message = `The cell ${quote(text)} has groups of digits that are not groups of thousands: the sign of thousands was removed from it, as pandas does. Check thousands and decimal.`;
  return [{ code: 'odd_digit_groups', message }];
}
