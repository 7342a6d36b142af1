import type { Warning } from '../../values/warning.ts';
import type { Table } from '../table.ts';
import { tableWarnings } from '../tableWarnings.ts';
import type { LeftOutRows } from '../usedRows.ts';
import { rowWarnings } from './rows.ts';

/** The names are those of the training file, which is warned about them already. */
const OF_NAMES: readonly string[] = ['numbers_in_header', 'quote_behind_blank'];

/** Warnings about how a test file was read, and about rows that are left out if they are known. */
export function testFileWarnings(
  table: Table,
  context?: { readonly leftOut: LeftOutRows; readonly targetIndex: number },
): Warning[] {
  const ofFile = tableWarnings(table).filter(({ code }) => !OF_NAMES.includes(code));
  return [...ofFile, ...(context === undefined ? [] : rowWarnings(table, context))].map((warning) => ({
    ...warning,
    message: `test_file: ${warning.message}`,
  }));
}
