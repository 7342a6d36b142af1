import { DataError } from '../errors.ts';
import type { Header } from './header.ts';
import { rowPlace, rowText } from './places.ts';
import { segmentsOf } from './segments.ts';
import { SEGMENT_BYTES, type Table } from './table.ts';

/**
 * Leaves out columns that hold no data: row names, and columns without a name and without a value.
 * @param segments address, kind and decimals of each segment, in the order of the directory
 * @throws DataError `ragged_row` if a row has a value for which the header line has no place
 */
export function finishTable(table: Table, header: Header, segments: readonly number[]): Table {
  const { names, unnamed, renamed, hasRowNames = false, hasOverhang = false } = header;
  if (hasOverhang) requireNoValue(table, names.length - 1);
  const empty = unnamed.filter((index) => table.columns[index]?.missing === table.rows);
  const leftOut = new Set(hasRowNames ? [0, ...empty] : empty);
  const kept = [...names.keys()].filter((index) => !leftOut.has(index));
  const notes = {
    unnamed: unnamed.filter((index) => !leftOut.has(index)).map((index) => names[index]!),
    renamed: renamed.map(({ index, from }) => ({ name: names[index]!, from })),
    leftOut: empty,
    hasRowNames,
  };
  if (leftOut.size === 0 || kept.length === 0) return { ...table, header: notes };
  writeDirectory(table, kept, segments);
  return { ...table, columns: kept.map((index) => table.columns[index]!), header: notes };
}

/** Writes the directory again, with the segments of the kept columns. */
function writeDirectory(table: Table, kept: readonly number[], segments: readonly number[]): void {
  const columns = table.columns.length;
  const words = new Uint32Array(table.memory.buffer, table.directoryAddress, segments.length);
  const wordsOfSegment = SEGMENT_BYTES / 4;
  let to = 0;
  for (let block = 0; block * columns * wordsOfSegment < segments.length; block++) {
    for (const index of kept) {
      const from = (block * columns + index) * wordsOfSegment;
      words.set(segments.slice(from, from + wordsOfSegment), to);
      to += wordsOfSegment;
    }
  }
}

/** @throws DataError `ragged_row` if the last column has a value */
function requireNoValue(table: Table, index: number): void {
  const column = table.columns[index]!;
  if (column.missing === table.rows) return;
  const place = rowPlace(firstValue(table, index, column.firstOther?.row), table.lines);
  throw new DataError(
    'ragged_row',
    `${rowText(place)} has ${index + 1} cells, but the header has ${index}: add a name to the header line, or remove the cell.`,
    { ...place, limit: index, actual: index + 1 },
  );
}

/** Returns the first row with a value. A value that is not a number is missing in the segments of a number column. */
function firstValue(table: Table, index: number, firstOther = Number.POSITIVE_INFINITY): number {
  for (const { cells, missing, firstRow } of segmentsOf(table, index)) {
    const at = cells.findIndex((cell) => cell !== missing && !Number.isNaN(cell));
    if (at >= 0) return Math.min(firstRow + at, firstOther);
  }
  return firstOther;
}
