import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import type { Table } from '../table.ts';
import type { LeftOutRows } from '../usedRows.ts';
import { percentOf } from './rows.ts';

/** A larger share of missing cells is worth a warning. */
const MISSING_SHARE_MAX = 0.3;

/** Warnings about the missing cells of a feature. */
export function missingWarnings(table: Table, index: number, leftOut: LeftOutRows): Warning[] {
  const { name, missing } = table.columns[index]!;
  // Rows that are left out because they miss a value count here.
  const rows = table.rows - leftOut.empty;
  const cells = missing - leftOut.empty;
  if (cells <= rows * MISSING_SHARE_MAX || cells === rows) return [];
  const message = `Column ${quote(name)} has no value in ${cells} of ${rows} rows (${percentOf(cells, rows)} %).`;
  return [{ code: 'many_missing', message, column: name }];
}
