import { DataError } from '../errors.ts';
import { decodePieces, type Encoding } from './encoding.ts';
import { gunzip, UNFOLDED_BYTES_MAX } from './gunzip.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';
import {
  type Place,
  type RawTable,
  rowText,
  TABLE_LIMITS,
  type TableLimits,
  TableReader,
} from './tableReader.ts';

export type { RawTable } from './tableReader.ts';

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
const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

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
  const reader = new TableReader(format, limits);
  for (const { text, badAt } of decodePieces(bytes.subarray(format.bomBytes), format.encoding, pieceBytes)) {
    reader.push(badAt < 0 ? text : text.slice(0, badAt));
    if (badAt >= 0) throw badEncoding(reader.place(), format.encoding);
  }
  return reader.end();
}

function badEncoding(place: Place, encoding: Encoding): DataError {
  return new DataError(
    'bad_encoding',
    `${rowText(place.row)} has bytes that are no ${ENCODING_NAMES[encoding]}: save the file again as "CSV UTF-8".`,
    place,
  );
}
