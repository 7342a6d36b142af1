import { NotATableError } from '../errors.ts';

/** First bytes, as latin1 text, of files that people send by mistake (from the specification of each format). */
const SIGNATURES: readonly (readonly [signature: string, kind: string])[] = [
  ['\x89PNG\r\n\x1a\n', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF87a', 'a GIF picture'],
  ['GIF89a', 'a GIF picture'],
  ['PK\x03\x04', 'a zip archive or an Excel workbook'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old Excel workbook'],
  ['%PDF-', 'a PDF document'],
  ['PAR1\x15', 'a Parquet file'],
  ['ARROW1\0\0', 'an Arrow file'],
  ['SQLite format 3\0', 'an SQLite database'],
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file'],
  ['\x93NUMPY', 'a NumPy array'],
  ['\x1f\x8b', 'gzip inside gzip'],
  ['BZh91AY&SY', 'a bzip2 archive'],
  ['\xfd7zXZ\0', 'an xz archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive'],
];
const SIGNATURE_BYTES_MAX = 16;

const HTML_OR_XML = /^\s*<(?:!--|(?:!doctype|\?xml|html|head|body|table|svg)\b)/i;
/**
 * An object, or an array of objects, arrays, texts or numbers. `[id],[name]` is a header in database style, not JSON.
 */
const JSON_TEXT = /^\s*(?:\{\s*["}]|\[\s*(?:[[{"]|-?[\d.]+\s*,))/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: text has none of these characters.
const CONTROL = /[\0-\x08\x0e-\x1f]/g;
/** A table with a stray NUL is still a table. The NUL is reported with row and column. */
const CONTROLS_MAX = 3;
const CONTROL_SHARE_MAX = 0.02;

/** Rejects files of other formats by their first bytes. @throws NotATableError `not_a_table` */
export function refuseSignatures(bytes: Uint8Array): void {
  const start = Buffer.from(bytes.subarray(0, SIGNATURE_BYTES_MAX)).toString('latin1');
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (known !== undefined) throw notATable(known[1]);
}

/**
 * Rejects text that is not a table.
 * @param delimiter the client's delimiter, which may be a control character
 * @throws NotATableError `not_a_table`
 */
export function refuseOtherText(text: string, delimiter?: string): void {
  const controls = text.match(CONTROL)?.filter((char) => char !== delimiter).length ?? 0;
  if (controls > CONTROLS_MAX && controls > text.length * CONTROL_SHARE_MAX) {
    throw notATable('binary data (name UTF-16 without a byte order mark in encoding)');
  }
  if (HTML_OR_XML.test(text)) throw notATable('HTML or XML');
  if (JSON_TEXT.test(text)) throw notATable('JSON');
}

function notATable(kind: string): NotATableError {
  return new NotATableError(
    'not_a_table',
    `The file is ${kind}, not a table: save the table as CSV and send the CSV file.`,
  );
}
