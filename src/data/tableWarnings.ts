import { quote } from '../errors.ts';
import type { Warning } from '../values/warning.ts';
import { decimalNumber } from './column.ts';
import type { Table } from './table.ts';

/** Warnings about how a test file was read. */
export function testFileWarnings({ format }: Pick<Table, 'format'>): Warning[] {
  return format.warnings.map(({ code, message }) => ({ code, message: `test_file: ${message}` }));
}

/** Warnings about how a file was read. */
export function tableWarnings({ format, columns }: Pick<Table, 'format' | 'columns'>): Warning[] {
  const names = columns.map(({ name }) => name);
  const number = decimalNumber(format.decimalComma);
  if (!names.every((name) => number.test(name))) return [...format.warnings];
  const message = `Every name in the header line is a number (${quote(names[0]!)} is the first): if the file has no header line, its first row was used as one. Add a line of names before it.`;
  return [...format.warnings, { code: 'numbers_in_header', message }];
}
