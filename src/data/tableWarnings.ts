import { quote } from '../errors.ts';
import type { Warning } from '../result.ts';
import type { Table } from './table.ts';

/** A number as any of the files that are read writes it. */
const NUMBER = /^\s*[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?\s*$/i;

/** What a person should know of how a file was read. */
export function tableWarnings({ format, columns }: Pick<Table, 'format' | 'columns'>): Warning[] {
  const names = columns.map(({ name }) => name);
  if (!names.every((name) => NUMBER.test(name))) return [...format.warnings];
  const message = `Every name in the header line is a number (${quote(names[0] as string)} is the first): if the file has no header line, its first row was taken for one. Put a line of names before it.`;
  return [...format.warnings, { code: 'numbers_in_header', message }];
}
