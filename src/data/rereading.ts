import { type FileReading, fileReading } from './fileReading.ts';
import { type AssignedRoles, assignRoles, type Roles, usedColumns } from './roles.ts';
import type { Table } from './table.ts';
import type { ColumnReading } from './tableBuilder.ts';
import { type LeftOutRows, leftOutRows, usedCells } from './usedRows.ts';

/**
 * Returns how the file must be read again because the first rows did not show what its columns are, or undefined if
 * the table is right.
 * A column that began like numbers is text if it is a target with another cell, or a feature most of whose cells are
 * no numbers. A column that began like text is numbers if the rows that are used have no other cell.
 * @param before how the table was read, beyond what its first rows show
 * @throws FieldError as `assignRoles`
 */
export function readingFor(table: Table, roles: Roles, before: FileReading = {}): FileReading | undefined {
  const ofFile = before.decimalComma === undefined ? fileReading(table) : undefined;
  if (ofFile !== undefined) return merged(before, ofFile);
  const readings = columnReadings(table, roles, before);
  return readings.size === 0 ? undefined : merged(before, { readings });
}

/** Names of the columns that must be read as text. @throws FieldError as `assignRoles` */
export function columnsToReadAsText(table: Table, roles: Roles): ReadonlySet<string> {
  const readings = columnReadings(table, roles, {});
  return new Set([...readings].filter(([, reading]) => reading === 'texts').map(([name]) => name));
}

function merged(before: FileReading, after: FileReading): FileReading {
  return {
    ...before,
    ...after,
    readings: new Map([...(before.readings ?? []), ...(after.readings ?? [])]),
  };
}

function columnReadings(table: Table, roles: Roles, before: FileReading): Map<string, ColumnReading> {
  const assigned = assignRoles(table, roles);
  const used = usedColumns(table, assigned);
  const odd = used.filter((index) => {
    const { others, notes } = table.columns[index]!;
    return others > (notes?.padded ?? 0);
  });
  const readings = new Map<string, ColumnReading>();
  if (odd.length === 0) return readings;
  const leftOut = leftOutRows(table, used, roles.missing === 'drop');
  for (const index of odd) {
    const { name } = table.columns[index]!;
    const reading = columnReading(table, index, assigned, leftOut);
    // A column that was read again stays as it is: otherwise it could be read again without end.
    if (reading !== undefined && before.readings?.has(name) !== true) readings.set(name, reading);
  }
  return readings;
}

function columnReading(
  table: Table,
  index: number,
  { targetIndex }: AssignedRoles,
  leftOut: LeftOutRows,
): ColumnReading | undefined {
  const { kind } = table.columns[index]!;
  const { numbers, others } = usedCells(table, index, leftOut);
  if (kind === 'text') return others === 0 && numbers > 0 ? 'numbers' : undefined;
  return others > 0 && (index === targetIndex || others > numbers) ? 'texts' : undefined;
}
