import { type LineNumbers, lineOf } from './lines.ts';

/** A position in the file. Row 0 is the header line. A column without a name is named by its number. */
export interface Place {
  readonly row: number;
  /** Undefined if it is not known. */
  readonly line?: number;
  readonly column: string;
}

/** Row and line for the details of an error. */
export interface RowPlace {
  readonly row: number;
  readonly line?: number;
}

/** @param row counted from 0; -1 is the header line */
export function rowPlace(row: number, lines: LineNumbers | undefined): RowPlace {
  const line = lines && lineOf(lines, row);
  return { row: row + 1, ...(line !== undefined && { line }) };
}

/** Returns `Row 3 (line 4)` or `The header line`, to begin a sentence with. */
export function rowText({ row, line }: RowPlace): string {
  if (row === 0) return 'The header line';
  return line === undefined ? `Row ${row}` : `Row ${row} (line ${line})`;
}
