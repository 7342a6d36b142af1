import { MissingTexts, numberOf } from './column.ts';
import { markMissing } from './missing.ts';
import { isMissingCell, segmentsOf } from './segments.ts';
import type { CsvFormat } from './sniff.ts';
import type { Cell, Table, TableColumn, TextColumn } from './table.ts';

/** Rows that are left out. Without marks every row is used. */
export interface LeftOutRows {
  /** 1 for each row that is left out. */
  readonly marks: Uint8Array | undefined;
  /** Rows without a value in any column, and the first of them. */
  readonly empty: number;
  readonly firstEmpty: number;
  /** Rows that miss a value, if such rows are left out. Rows without any value do not count. */
  readonly incomplete: number;
}

/** Counts of a column's cells in the rows that are used. */
export interface UsedCells {
  readonly numbers: number;
  /** Cells that are neither numbers nor missing, without those that a number column takes for missing. */
  readonly others: number;
  readonly missing: number;
  /** Rows that are used. */
  readonly rows: number;
}

/**
 * Finds the rows to leave out: rows without any value, and with `dropsMissing` each row that misses a value in one of
 * the columns.
 */
export function leftOutRows(table: Table, columns: readonly number[], dropsMissing: boolean): LeftOutRows {
  const marks = markEmpty(table);
  const empty = marks === undefined ? 0 : countMarks(marks);
  const firstEmpty = marks === undefined ? -1 : marks.indexOf(1);
  const missing = dropsMissing ? markMissing(table, columns) : undefined;
  if (missing === undefined) return { marks, empty, firstEmpty, incomplete: 0 };
  if (marks !== undefined) for (let row = 0; row < marks.length; row++) missing[row]! |= marks[row]!;
  return { marks: missing, empty, firstEmpty, incomplete: countMarks(missing) - empty };
}

/** Marks the rows without a value in any column of the file. */
function markEmpty(table: Table): Uint8Array | undefined {
  const { columns, rows } = table;
  // Nearly every file has a column without a missing value.
  if (rows === 0 || columns.some((column) => column.missing === 0 || hasUnknownCells(column)))
    return undefined;
  const counts = new Uint16Array(rows);
  for (const index of columns.keys()) {
    const marks = markMissing(table, [index]) as Uint8Array;
    for (let row = 0; row < rows; row++) counts[row]! += marks[row]!;
  }
  const marks = Uint8Array.from(counts, (count) => (count === columns.length ? 1 : 0));
  return marks.includes(1) ? marks : undefined;
}

/** Whether the column has cells with a value of which only the number is known. */
function hasUnknownCells(column: TableColumn): boolean {
  if (column.kind === 'text') return column.overflowed;
  return column.others > 0 && column.notes?.otherRows === undefined;
}

function countMarks(marks: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < marks.length; row++) count += marks[row]!;
  return count;
}

/** Counts a column's cells in the used rows. */
export function usedCells(table: Table, index: number, { marks }: LeftOutRows): UsedCells {
  const column = table.columns[index]!;
  const padded = column.notes?.padded ?? 0;
  if (marks === undefined || hasUnknownCells(column)) {
    const { numbers, missing } = column;
    return { numbers, others: column.others - padded, missing, rows: table.rows };
  }
  return column.kind === 'text'
    ? usedTexts(table, column, index, marks)
    : usedNumbers(table, column, index, marks);
}

function usedNumbers(table: Table, column: TableColumn, index: number, marks: Uint8Array): UsedCells {
  let [rows, empty] = [0, 0];
  for (const segment of segmentsOf(table, index)) {
    for (let i = 0; i < segment.cells.length; i++) {
      if (marks[segment.firstRow + i] === 1) continue;
      rows++;
      if (isMissingCell(segment, i)) empty++;
    }
  }
  // A cell that is not a number is missing in the segments.
  const otherRows = column.notes?.otherRows;
  const others = otherRows?.filter((row) => marks[row] !== 1).length ?? column.others;
  return { numbers: rows - empty, others, missing: empty - others, rows };
}

function usedTexts(table: Table, column: TextColumn, index: number, marks: Uint8Array): UsedCells {
  const kinds = kindsOf(column, table.format);
  const counts = { number: 0, padded: 0, other: 0, missing: 0 };
  let rows = 0;
  for (const segment of segmentsOf(table, index)) {
    for (let i = 0; i < segment.cells.length; i++) {
      if (marks[segment.firstRow + i] === 1) continue;
      rows++;
      if (isMissingCell(segment, i)) counts.missing++;
      else counts[kinds[segment.cells[i]!] ?? 'other']++;
    }
  }
  return { numbers: counts.number, others: counts.other, missing: counts.missing, rows };
}

/** Returns for each text whether it is a number, something that a number column takes for missing, or anything else. */
function kindsOf({ texts }: TextColumn, format: CsvFormat): ('number' | 'padded' | 'other')[] {
  const missing = new MissingTexts(format.naValues, format);
  return texts.map((text) => {
    if (!Number.isNaN(numberOf(text, format))) return 'number';
    return missing.hasPadded(text) ? 'padded' : 'other';
  });
}

/** Whether the row of a cell is used. */
export function isUsed(marks: Uint8Array | undefined, row: number): boolean {
  return marks?.[row] !== 1;
}

/** Returns the first missing cell among the used rows. */
export function firstMissing(table: Table, index: number, { marks }: LeftOutRows): Cell | undefined {
  const column = table.columns[index]!;
  const first = column.firstMissing;
  if (first === undefined || isUsed(marks, first.row)) return first;
  const others = new Set(column.notes?.otherRows);
  return firstCell(table, index, marks, (segment, i) => {
    return isMissingCell(segment, i) && !others.has(segment.firstRow + i);
  });
}

/** Returns the first infinite cell among the used rows. */
export function firstInfinite(table: Table, index: number, { marks }: LeftOutRows): Cell | undefined {
  const first = table.columns[index]!.firstInfinite;
  if (first === undefined || isUsed(marks, first.row)) return first;
  const isInfinite = (cell: number) => Math.abs(cell) === Number.POSITIVE_INFINITY;
  const found = firstCell(table, index, marks, ({ cells }, i) => isInfinite(cells[i]!));
  return found && { ...found, text: 'inf' };
}

/** Returns the first cell that is not a number among the used rows of a number column or a text column. */
export function firstOther(table: Table, index: number, { marks }: LeftOutRows): Cell | undefined {
  const column = table.columns[index]!;
  const first = column.firstOther;
  if (first === undefined || isUsed(marks, first.row)) return first;
  if (column.kind === 'number') {
    const { otherRows = [], otherTexts = [] } = column.notes ?? {};
    const at = otherRows.findIndex((row) => isUsed(marks, row));
    return at < 0 ? first : { row: otherRows[at]!, text: otherTexts[at] ?? '' };
  }
  const kinds = kindsOf(column, table.format);
  return firstCell(table, index, marks, ({ cells }, i) => kinds[cells[i]!] === 'other') ?? first;
}

function firstCell(
  table: Table,
  index: number,
  marks: Uint8Array | undefined,
  isWanted: (segment: Parameters<typeof isMissingCell>[0], i: number) => boolean,
): Cell | undefined {
  const column = table.columns[index]!;
  for (const segment of segmentsOf(table, index)) {
    for (let i = 0; i < segment.cells.length; i++) {
      const row = segment.firstRow + i;
      if (!isUsed(marks, row) || !isWanted(segment, i)) continue;
      return { row, text: column.kind === 'text' ? (column.texts[segment.cells[i]!] ?? '') : '' };
    }
  }
  return undefined;
}

/** Returns the indices of a text column's texts that used rows hold, in order of first appearance. */
export function usedPlaces(table: Table, index: number, { marks }: LeftOutRows): readonly number[] {
  const { texts } = table.columns[index] as TextColumn;
  if (marks === undefined) return [...texts.keys()];
  const places = new Set<number>();
  for (const segment of segmentsOf(table, index)) {
    for (let i = 0; i < segment.cells.length; i++) {
      if (isUsed(marks, segment.firstRow + i) && !isMissingCell(segment, i)) places.add(segment.cells[i]!);
    }
  }
  return [...places].sort((a, b) => a - b);
}
