import { DataError, quote } from '../errors.ts';
import type { ColumnInfo } from '../values/dataset.ts';
import type { Warning } from '../values/warning.ts';
import { type Feature, featureType, requireFewColumns } from './features.ts';
import { readingFor } from './rereading.ts';
import { assignRoles, type Roles, usedColumns } from './roles.ts';
import type { Table } from './table.ts';
import { readTarget, requireLabels, type Target } from './target.ts';
import { type LeftOutRows, leftOutRows, usedCells } from './usedRows.ts';
import { warningsOf } from './warnings/warnings.ts';

export type { Feature } from './features.ts';
export { columnsToReadAsText } from './rereading.ts';
export { assignRoles, type Roles } from './roles.ts';

/** A table that can be trained on. */
export interface Dataset {
  readonly table: Table;
  readonly target: Target;
  readonly features: readonly Feature[];
  /** All columns of the file, in order. Columns that are left out are not read and have the type text. */
  readonly columns: readonly ColumnInfo[];
  /** 1 for each row that is left out: it has no value, or misses one. Undefined if no row is left out. */
  readonly dropped: Uint8Array | undefined;
  /** Number of rows for training and testing. */
  readonly rows: number;
  /** Warnings about the file. */
  readonly warnings: readonly Warning[];
  /** The first row of a test file, behind all rows of the training file; undefined without a test file. */
  readonly testFrom?: number;
}

/**
 * Assigns each column its role: target, feature or left out.
 * @param table read as `readingFor` says
 * @throws FieldError if a field names a column that the file does not have
 * @throws DataError if a cell of a feature in a used row is neither a finite number nor a category, if no feature or
 *   no row is left, and as `readTarget`
 * @throws RangeError if the table must be read again
 */
export function toDataset(table: Table, roles: Roles): Dataset {
  const assigned = assignRoles(table, roles);
  requireRead(table, roles);
  const { targetIndex, ignored } = assigned;
  // A file that is read with a wrong delimiter has one column, and its cells say nothing about a target.
  if (table.columns.every(({ name }, index) => index === targetIndex || ignored.has(name)))
    throw noFeatures(table.columns[targetIndex]!.name, ignored.size);
  const leftOut = leftOutRows(table, usedColumns(table, assigned), roles.missing === 'drop');
  requireLabels(table, targetIndex, leftOut);
  const target = readTarget(table, targetIndex, leftOut.marks);
  const features: Feature[] = [];
  const columns = table.columns.map((column, index): ColumnInfo => {
    const { name } = column;
    const missing = missesValues(table, index, leftOut) && { missing: true };
    if (index === targetIndex) return { name, type: target.type, ...missing };
    if (ignored.has(name)) return { name, type: 'string', ...missing };
    const info = { name, type: featureType(table, index, leftOut, roles.missing), ...missing };
    features.push({ ...info, index });
    return info;
  });
  requireFewColumns(table, features, leftOut);
  const rows = target.classCounts.reduce((sum, { count }) => sum + count, 0);
  const warnings = warningsOf(table, { ...assigned, leftOut, isShuffled: roles.isShuffled, target });
  return { table, target, features, columns, dropped: leftOut.marks, rows, warnings };
}

/** @throws RangeError if a column must be read otherwise */
function requireRead(table: Table, roles: Roles): void {
  const readings = readingFor(table, roles)?.readings;
  if (readings === undefined) return;
  const names = [...readings].map(([name, reading]) => `${name} as ${reading}`);
  throw new RangeError(`Read the table again with these columns: ${names.join(', ')}.`);
}

/** Whether the column misses values beyond those of rows without any value. Rows that `drop` leaves out count. */
function missesValues(table: Table, index: number, leftOut: LeftOutRows): boolean {
  const { missing } = table.columns[index]!;
  if (missing === 0) return false;
  return leftOut.incomplete > 0 ? missing > leftOut.empty : usedCells(table, index, leftOut).missing > 0;
}

function noFeatures(target: string, nIgnored: number): DataError {
  const says =
    nIgnored > 0
      ? `ignore names every column besides the target ${quote(target)}, so no column is left to learn from: ignore fewer columns.`
      : `No column is left to learn from besides the target ${quote(target)}: add at least one, with commas, semicolons, tabs or bars between the columns, or name another delimiter in sep.`;
  return new DataError('no_features', says, { ...(nIgnored > 0 && { field: 'ignore' }), column: target });
}
