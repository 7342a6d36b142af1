import { isUtf8 } from 'node:buffer';
import type { Warning } from '../values/warning.ts';
import { type NumberForm, withoutGroups } from './column.ts';
import type { CsvOptions } from './csvOptions.ts';
import { type Cutting, findDelimiter, rowsOf } from './delimiter.ts';
import { characterEnd, decode, type Encoding, isUtf16 } from './encoding.ts';
import { type Newline, newlineOf } from './lineEnds.ts';
import { refuseOtherText, refuseSignatures } from './notATable.ts';
import { COMMA_PROOF, POINT_PROOF, shapesOf } from './numberShapes.ts';

/** The format of a file as plain data, detected once and used by every reader of its rows. */
export interface CsvFormat extends Cutting, NumberForm {
  readonly encoding: Encoding;
  /** Length of the byte order mark before the text, or of several marks. */
  readonly bomBytes: number;
  /** Bytes of a line `sep=;` before the header line, with its line end. */
  readonly sepLineBytes?: number;
  /** Line ends of the examined rows. Later rows may have others. */
  readonly newline: Newline;
  /** Whether no examined row proves the decimal sign: a later row may. */
  readonly signIsOpen?: boolean;
  /** Whether rows came before the proof whose numbers are only read with the proved sign. */
  readonly signCameLate?: boolean;
  /** Whether the client names the decimal sign or the sign between groups of digits. */
  readonly signIsGiven?: boolean;
  /** First cell whose groups of digits are not groups of thousands. */
  readonly oddGroup?: string;
  /** Texts that mean missing, in addition to those that pandas knows. */
  readonly naValues?: readonly string[];
  readonly warnings: readonly Warning[];
}

/** Some hundred rows of an ordinary table: enough to detect the format, and read in 1 ms. */
export const SNIFF_BYTES = 1 << 16;

/** The end mark of CP/M and DOS, which some programs still write. */
export const CTRL_Z = '\x1a';

const BYTE_ORDER_MARKS: readonly (readonly [mark: readonly number[], encoding: Encoding])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** The line with which Excel is instructed, with the delimiter itself or `\t` behind the sign. */
const SEP_LINE = /^"?sep=(\\t|[^\r\n"])"?[ \t]*(?:\r\n|\r|\n|$)/i;

/**
 * Detects the format of a file from its first `windowBytes`.
 * The encoding follows from the byte order mark. Without a mark it is UTF-8 if valid, else Windows-1252 with a
 * warning. The delimiter is that of a line `sep=;`, or the one that gives the most rows as many cells as the header.
 * The decimal sign is a comma if cells between other delimiters prove it. Quotes are always `"`.
 * @param csv what the client says
 * @throws NotATableError `not_a_table` if the content is something else
 */
export function sniff(bytes: Uint8Array, windowBytes = SNIFF_BYTES, csv: CsvOptions = {}): CsvFormat {
  refuseSignatures(bytes);
  const { encoding, bomBytes, warnings } = findEncoding(bytes, windowBytes, csv.encoding);
  const window = decodeWindow(bytes, { encoding, bomBytes }, windowBytes);
  const [sepLine = '', sign] = SEP_LINE.exec(window.text) ?? [];
  const text = window.text.slice(sepLine.length);
  refuseOtherText(text, csv.delimiter);
  const cutting = cuttingOf(text, window.isCut, csv, sign);
  const signs = signsOf(text, window.isCut, cutting, csv);
  return {
    encoding,
    bomBytes,
    ...(sepLine !== '' && { sepLineBytes: sepLine.length * (isUtf16(encoding) ? 2 : 1) }),
    ...cutting,
    newline: newlineOf(text, cutting.delimiter),
    ...signs,
    ...(csv.naValues && { naValues: csv.naValues }),
    warnings,
  };
}

/** Bytes before the header line. */
export function textStart({ bomBytes, sepLineBytes = 0 }: CsvFormat): number {
  return bomBytes + sepLineBytes;
}

/** Returns the rows that are not blank of the file's first bytes, which begin with the header line. */
export function sampleRows(bytes: Uint8Array, format: CsvFormat, isCut: boolean): string[][] {
  return rowsOf(decode(bytes, format.encoding).text, format, isCut);
}

type Marked = Pick<CsvFormat, 'encoding' | 'bomBytes'>;

function findEncoding(
  bytes: Uint8Array,
  windowBytes: number,
  given: Encoding | undefined,
): Marked & Pick<CsvFormat, 'warnings'> {
  const marked = markOf(bytes);
  if (given !== undefined) {
    const isMarked = marked !== undefined && isUtf16(given) === isUtf16(marked.encoding);
    const encoding = isMarked && isUtf16(given) ? marked.encoding : given;
    return { encoding, bomBytes: isMarked ? marked.bomBytes : 0, warnings: [] };
  }
  if (marked !== undefined) return { ...marked, warnings: [] };
  const window = bytes.subarray(0, characterEnd(bytes, 0, windowBytes, 'utf-8'));
  if (isUtf8(window)) return { encoding: 'utf-8', bomBytes: 0, warnings: [] };
  const message =
    'The file is not UTF-8 and was read as Windows-1252: name its encoding in the field encoding, or save it as "CSV UTF-8", if names or texts look wrong.';
  return { encoding: 'windows-1252', bomBytes: 0, warnings: [{ code: 'assumed_cp1252', message }] };
}

/** Finds the byte order mark, also a doubled one: a program that adds a mark may have added it to another. */
function markOf(bytes: Uint8Array): Marked | undefined {
  const found = BYTE_ORDER_MARKS.find(([mark]) => isAt(bytes, mark, 0));
  if (found === undefined) return undefined;
  const [mark, encoding] = found;
  let bomBytes = mark.length;
  while (isAt(bytes, mark, bomBytes)) bomBytes += mark.length;
  return { encoding, bomBytes };
}

const isAt = (bytes: Uint8Array, mark: readonly number[], from: number) =>
  mark.every((byte, index) => bytes[from + index] === byte);

function decodeWindow(bytes: Uint8Array, { encoding, bomBytes }: Marked, windowBytes: number) {
  const end = characterEnd(bytes, bomBytes, Math.max(windowBytes, bomBytes), encoding);
  const isCut = end < bytes.length;
  const decoded = decode(bytes.subarray(bomBytes, end), encoding).text;
  // A CR at the cut may be part of a CRLF.
  if (isCut) return { isCut, text: decoded.endsWith('\r') ? decoded.slice(0, -1) : decoded };
  return { isCut, text: withoutEndMark(decoded) };
}

/** Removes Ctrl-Z at the end of a file. */
export function withoutEndMark(text: string): string {
  let end = text.length;
  while (text[end - 1] === CTRL_Z) end--;
  return text.slice(0, end);
}

function cuttingOf(text: string, isCut: boolean, csv: CsvOptions, sign: string | undefined): Cutting {
  const { delimiter, joinsBlanks } = csv;
  if (delimiter !== undefined) return { delimiter, ...(joinsBlanks && { joinsBlanks }) };
  if (sign !== undefined) return { delimiter: sign === '\\t' ? '\t' : sign };
  return { delimiter: findDelimiter(text, isCut) };
}

type Signs = NumberForm & Pick<CsvFormat, 'signIsOpen' | 'signIsGiven'>;

function signsOf(text: string, isCut: boolean, cutting: Cutting, csv: CsvOptions): Signs {
  const { decimalComma, thousands } = csv;
  const given = {
    ...(thousands !== undefined && { thousands }),
    ...((decimalComma ?? thousands) !== undefined && { signIsGiven: true }),
  };
  if (decimalComma !== undefined) return { decimalComma, ...given };
  // Between commas, numbers have points as in pandas, unless quotes around all of a column's cells show otherwise.
  if (cutting.delimiter === ',') return { decimalComma: false, ...given };
  const [, ...rows] = rowsOf(text, cutting, isCut);
  let commas = 0;
  let points = 0;
  for (const cell of rows.flat()) {
    if (!/[.,]/.test(cell)) continue;
    const shapes = shapesOf(thousands === undefined ? cell : withoutGroups(cell, thousands));
    if ((shapes & COMMA_PROOF) !== 0) commas++;
    else if ((shapes & POINT_PROOF) !== 0) points++;
  }
  if (commas + points === 0) return { decimalComma: false, signIsOpen: true, ...given };
  return { decimalComma: commas > points, ...given };
}
