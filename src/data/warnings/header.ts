import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import { decimalNumber } from '../column.ts';
import type { Table } from '../table.ts';
import { labelText } from '../target.ts';
import type { WarningContext } from './context.ts';

/** Warns if the names of the columns look like values, because a file without a header line loses its first row. */
export function noHeader(table: Table, context: Pick<WarningContext, 'target'>): Warning[] {
  const reason = targetReason(context) ?? textReason(table) ?? numberReason(table);
  if (reason === undefined) return [];
  const message = `The file seems to have no header line, because ${reason}: if so, its first row was used as names. Add a line of names before it.`;
  return [{ code: 'no_header', message }];
}

function targetReason({ target }: Pick<WarningContext, 'target'>): string | undefined {
  if (target === undefined) return undefined;
  const name = target.name.trim();
  const isLabel = target.classCounts.some(({ label }) => labelText(label, target.dtype).trim() === name);
  return isLabel ? `the name of the target, ${quote(target.name)}, is one of its labels` : undefined;
}

function textReason({ columns }: Table): string | undefined {
  const found = columns.find(({ name, ...column }) => {
    return column.kind === 'text' && column.texts.some((text) => text.trim() === name.trim());
  });
  return found && `the name of the column ${quote(found.name)} is one of its texts`;
}

/** Years, and numbers that count columns, are names too: whole numbers that ascend. */
function numberReason({ columns, format, header }: Table): string | undefined {
  const number = decimalNumber(format.decimalComma);
  const unnamed = new Set(header?.unnamed);
  const found = columns.map(({ name }) => name).filter((name) => number.test(name) && !unnamed.has(name));
  const values = found.map(Number);
  const isAscending =
    values.length > 1 &&
    values.every((value, k) => Number.isInteger(value) && (k === 0 || value > values[k - 1]!));
  if (found.length === 0 || isAscending) return undefined;
  return `${found.length === 1 ? 'the name' : 'names such as'} ${quote(found[0]!)} ${found.length === 1 ? 'is a number' : 'are numbers'}`;
}
