import { decodePieces } from './encoding.ts';
import { gunzip } from './gunzip.ts';
import { badEncoding, RowReader, type RowSink } from './rowReader.ts';
import { type CsvFormat, SNIFF_BYTES, sniff } from './sniff.ts';
import { TABLE_LIMITS, type TableLimits } from './tableLimits.ts';
import { UNFOLDED_BYTES_MAX } from './unfold.ts';

/** A CSV as it was read: cells are text still, one array a column. */
export interface RawTable {
  readonly names: readonly string[];
  readonly cells: readonly string[][];
  readonly rows: number;
  readonly format: CsvFormat;
}

export interface CsvOptions {
  /** The most bytes that a gzip file may unfold to. */
  readonly unfoldedBytesMax?: number;
  /** How much of the file tells how it is written. */
  readonly sniffBytes?: number;
  /** How much of the file is decoded at a time; the table does not depend on it. */
  readonly pieceBytes?: number;
  readonly limits?: TableLimits;
}

/** Large enough to be fast, small enough that text and rows of a piece are nothing beside the table. */
const PIECE_BYTES = 1 << 20;

/**
 * Reads a CSV with a header line, gzip or not, written as `sniff` finds it: RFC 4180 with the liberties that pandas
 * takes (LF, CRLF or CR ends a row, blank lines are skipped). Papa Parse gives the meaning.
 * @throws NotATableError where the content is no table
 * @throws TooLargeError where a gzip file unfolds to too much
 * @throws DataError where the text is no whole table: empty, no rows, a ragged row, a doubled or empty name, a quote
 *   that does not close, a NUL, bytes that are no characters, a damaged gzip file, or more than `limits` allow
 */
export function parseCsv(file: Uint8Array, options: CsvOptions = {}): RawTable {
  const { unfoldedBytesMax = UNFOLDED_BYTES_MAX, sniffBytes = SNIFF_BYTES } = options;
  const { pieceBytes = PIECE_BYTES, limits = TABLE_LIMITS } = options;
  const bytes = gunzip(file, unfoldedBytesMax);
  const format = sniff(bytes, sniffBytes);
  const sink = new TextCells();
  const reader = new RowReader(format, limits, sink);
  for (const { text, badAt } of decodePieces(bytes.subarray(format.bomBytes), format.encoding, pieceBytes)) {
    reader.push(badAt < 0 ? text : text.slice(0, badAt));
    if (badAt >= 0) throw badEncoding(reader.place(), format.encoding);
  }
  reader.end();
  return { names: sink.names, cells: sink.cells, rows: sink.rows, format };
}

class TextCells implements RowSink {
  names: readonly string[] = [];
  cells: string[][] = [];
  rows = 0;

  begin(names: readonly string[]): void {
    this.names = names;
    this.cells = names.map(() => []);
  }

  add(cells: readonly string[]): void {
    this.rows += 1;
    for (const [index, column] of this.cells.entries()) column.push(cells[index] as string);
  }
}
