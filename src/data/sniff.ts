import { isUtf8 } from 'node:buffer';
import Papa from 'papaparse';
import type { Warning } from '../values/warning.ts';
import { decimalNumber } from './column.ts';
import { characterEnd, decode, type Encoding } from './encoding.ts';
import { type Newline, newlineOf, withLf } from './lineEnds.ts';
import { refuseOtherText, refuseSignatures } from './notATable.ts';

/** The format of a file as plain data, detected once and used by every reader of its rows. */
export interface CsvFormat {
  readonly encoding: Encoding;
  /** Length of the byte order mark before the text. */
  readonly bomBytes: number;
  readonly delimiter: Delimiter;
  /** Line ends of the examined rows. Later rows may have others. */
  readonly newline: Newline;
  /** Whether `1,5` is a number and `1.5` is not. */
  readonly decimalComma: boolean;
  readonly warnings: readonly Warning[];
}

/** The comma is first because it wins ties. */
const DELIMITERS = [',', ';', '\t', '|'] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** Some hundred rows of an ordinary table: enough to detect the format, and read in 1 ms. */
export const SNIFF_BYTES = 1 << 16;

const BYTE_ORDER_MARKS: readonly (readonly [mark: readonly number[], encoding: Encoding])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * Detects the format of a file from its first `windowBytes`.
 * The encoding follows from the byte order mark. Without a mark it is UTF-8 if valid, else Windows-1252 with a
 * warning. The delimiter is the one that gives the most rows as many cells as the header. The decimal sign is a comma
 * if cells between semicolons are numbers with one. Quotes are always `"`.
 * @throws NotATableError `not_a_table` if the content is something else
 */
export function sniff(bytes: Uint8Array, windowBytes = SNIFF_BYTES): CsvFormat {
  refuseSignatures(bytes);
  const { encoding, bomBytes, warnings } = findEncoding(bytes, windowBytes);
  const end = characterEnd(bytes, bomBytes, Math.max(windowBytes, bomBytes), encoding);
  const isCut = end < bytes.length;
  const decoded = decode(bytes.subarray(bomBytes, end), encoding).text;
  // A CR at the cut may be part of a CRLF.
  const text = isCut && decoded.endsWith('\r') ? decoded.slice(0, -1) : decoded;
  refuseOtherText(text);
  const delimiter = findDelimiter(text, isCut);
  return {
    encoding,
    bomBytes,
    delimiter,
    newline: newlineOf(text, delimiter),
    decimalComma: delimiter === ';' && hasDecimalComma(rowsOf(text, delimiter, isCut)),
    warnings,
  };
}

function findEncoding(
  bytes: Uint8Array,
  windowBytes: number,
): Pick<CsvFormat, 'encoding' | 'bomBytes' | 'warnings'> {
  const marked = BYTE_ORDER_MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) return { encoding: marked[1], bomBytes: marked[0].length, warnings: [] };
  const window = bytes.subarray(0, characterEnd(bytes, 0, windowBytes, 'utf-8'));
  if (isUtf8(window)) return { encoding: 'utf-8', bomBytes: 0, warnings: [] };
  const message =
    'The file is not UTF-8 and was read as Windows-1252: save it as "CSV UTF-8" if names or texts look wrong.';
  return { encoding: 'windows-1252', bomBytes: 0, warnings: [{ code: 'assumed_cp1252', message }] };
}

/**
 * Picks the delimiter: the largest share of rows as long as the header wins, then the longer header, then the order
 * of `DELIMITERS`.
 */
function findDelimiter(text: string, isCut: boolean): Delimiter {
  const candidates = DELIMITERS.filter((delimiter) => text.includes(delimiter));
  // Most files have only one candidate.
  if (candidates.every((delimiter) => delimiter === ',')) return ',';
  let best: { readonly delimiter: Delimiter; readonly share: number; readonly cells: number } | undefined;
  for (const delimiter of candidates) {
    const lengths = rowsOf(text, delimiter, isCut).map((row) => row.length);
    const cells = lengths[0] ?? 0;
    if (cells < 2) continue;
    const share = lengths.filter((length) => length === cells).length / lengths.length;
    if (best === undefined || share > best.share || (share === best.share && cells > best.cells)) {
      best = { delimiter, share, cells };
    }
  }
  return best?.delimiter ?? ',';
}

/** Returns the rows that are not blank. A row that the window cuts counts only if there is no other. */
function rowsOf(text: string, delimiter: Delimiter, isCut: boolean): string[][] {
  const parser = new Papa.Parser({ delimiter, newline: '\n' });
  const input = withLf(text, delimiter);
  const read = (withoutLast: boolean) =>
    (parser.parse(input, 0, withoutLast).data as string[][]).filter((row) => !isBlank(row));
  const whole = read(isCut);
  return whole.length > 0 ? whole : read(false);
}

/** Whether the row is a line of blanks only, which is not a row, as in pandas. */
export function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0]!.trim() === '';
}

function hasDecimalComma([, ...rows]: readonly (readonly string[])[]): boolean {
  let commas = 0;
  let points = 0;
  for (const cell of rows.flat()) {
    if (cell.includes(',')) commas += decimalNumber(true).test(cell) ? 1 : 0;
    else if (cell.includes('.')) points += decimalNumber(false).test(cell) ? 1 : 0;
  }
  return commas > points;
}
