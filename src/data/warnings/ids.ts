import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import { summaryScratch } from '../orderStatistics.ts';
import { rowPlace } from '../places.ts';
import { isMissingCell, POWERS_OF_TEN, readNumbers, segmentsOf } from '../segments.ts';
import { areAllDistinct } from '../summary.ts';
import type { NumberColumn, Table } from '../table.ts';
import { isUsed, type LeftOutRows } from '../usedRows.ts';

/** In fewer rows, all values may differ by chance. */
const ROWS_TO_JUDGE = 20;
/** Rows that usually have two equal values, unless the column is an ID. */
const ROWS_OF_SAMPLE = 512;
/** Names that pandas gives to an index which was written without a name, perhaps several times. */
const UNNAMED = /^Unnamed: \d+(?:_level_\d+)?(?:\.\d+)*$/;
const EXACT_MAX = Number.MAX_SAFE_INTEGER;
/** pandas reads a column with a larger whole number as objects. */
const UINT64_MAX = 2 ** 64;

/** Warnings about a feature that tells rows apart, and says nothing about them. */
export function idWarnings(table: Table, index: number, leftOut: LeftOutRows): Warning[] {
  const column = table.columns[index]!;
  const { name } = column;
  const hasNoName = table.header?.unnamed.includes(name) === true;
  const about = (says: string) => ({ message: `Column ${quote(name)} ${says}`, column: name });
  if (column.kind === 'number' && (hasNoName || UNNAMED.test(name)) && countsRows(table, index, column)) {
    const says = `${hasNoName ? 'has no name in the file and ' : ''}only counts the rows, like an index that pandas or R wrote: add it to ignore, or write the file without its index.`;
    return [{ code: 'row_number_column', ...about(says) }];
  }
  const unnamed = hasNoName ? [{ code: 'unnamed_column', ...about(noName(table, name)) }] : [];
  const large = column.notes?.isLarge === true ? largeText(table, index, leftOut) : undefined;
  if (large !== undefined) return [...unnamed, { code: 'id_like_column', ...about(large) }];
  if (!isIdLike(table, index)) return unnamed;
  const says = 'has a different value in every row, like an ID: if it is an ID, add it to ignore.';
  return [...unnamed, { code: 'id_like_column', ...about(says) }];
}

function noName({ columns }: Table, name: string): string {
  const place = columns.findIndex((column) => column.name === name) + 1;
  return `has no name in the file, and is named by its place as in pandas: name column ${place} in the header line, or add it to ignore.`;
}

/** Whether the whole numbers of a column rise from row to row. */
function countsRows(table: Table, index: number, { type }: NumberColumn): boolean {
  if (type !== 'long' || table.rows < 2) return false;
  let last = Number.NEGATIVE_INFINITY;
  for (const { cells, decimals } of segmentsOf(table, index)) {
    const power = POWERS_OF_TEN[decimals]!;
    for (let i = 0; i < cells.length; i++) {
      const value = cells[i]! / power;
      if (value <= last) return false;
      last = value;
    }
  }
  return true;
}

/** Whether every row has another whole number, or another text. */
function isIdLike(table: Table, index: number): boolean {
  const column = table.columns[index]!;
  const { rows } = table;
  if (rows < ROWS_TO_JUDGE || column.missing > 0) return false;
  if (column.kind === 'text') return !column.overflowed && column.texts.length === rows;
  if (column.type !== 'long') return false;
  const sample = readNumbers(table, index, 0, Math.min(rows, ROWS_OF_SAMPLE));
  if (new Set(sample).size < sample.length) return false;
  return areAllDistinct(readNumbers(table, index), summaryScratch());
}

/** Says which whole number is not exact, undefined if no used row has such a number. */
function largeText(table: Table, index: number, { marks }: LeftOutRows): string | undefined {
  for (const segment of segmentsOf(table, index)) {
    const { cells, firstRow } = segment;
    // Only doubles hold such numbers.
    if (!(cells instanceof Float64Array)) continue;
    const at = cells.findIndex(
      (cell, i) => Math.abs(cell) > EXACT_MAX && Number.isFinite(cell) && isUsed(marks, firstRow + i),
    );
    if (at < 0 || isMissingCell(segment, at)) continue;
    const { row, line } = rowPlace(firstRow + at, table.lines);
    const where = line === undefined ? `row ${row}` : `row ${row}, line ${line}`;
    const asText =
      Math.abs(cells[at]!) >= UINT64_MAX ? ' (pandas reads numbers of 2^64 and more as text)' : '';
    return `has whole numbers above 2^53, such as one near ${cells[at]!.toPrecision(4)} in ${where}, which a double cannot distinguish from their neighbours${asText}: if it is an ID, add it to ignore.`;
  }
  return undefined;
}
