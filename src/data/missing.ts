import { segmentsOf } from './segments.ts';
import type { Table } from './table.ts';

/**
 * Returns 1 for each row in which one of these columns is missing a value, or undefined if none of the columns is. A
 * cell that is not a number is not missing in a column of numbers.
 */
export function markMissing(table: Table, columns: readonly number[]): Uint8Array | undefined {
  const incomplete = columns.filter((index) => (table.columns[index]?.missing ?? 0) > 0);
  if (incomplete.length === 0) return undefined;
  const marks = new Uint8Array(table.rows);
  for (const index of incomplete) {
    const { otherRows = [] } = table.columns[index]?.notes ?? {};
    // The rows are marked with the others, and unmarked again, because there are few of them.
    const before = otherRows.map((row) => marks[row]!);
    for (const { firstRow, cells, missing } of segmentsOf(table, index)) {
      for (let i = 0; i < cells.length; i++) {
        if (cells[i] === missing || Number.isNaN(cells[i])) marks[firstRow + i] = 1;
      }
    }
    otherRows.forEach((row, at) => {
      marks[row] = before[at]!;
    });
  }
  return marks;
}
