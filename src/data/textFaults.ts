import { DataError } from '../errors.ts';
import type { Encoding } from './encoding.ts';
import { type Place, rowText } from './places.ts';

/** A row that begins with a quoted cell, a blank, and a cell that is quoted too or a number. */
const CELLS_BETWEEN_BLANKS = /^"[^"\n]*"[ \t]+["\d.+-]/;
const ENCODING_NAMES: Readonly<Partial<Record<Encoding, string>>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

/** What is wrong with the quotes of a row, and what to do. @param text the row and the text behind it */
export function quoteFault(text: string, delimiter: string): string {
  if (text.includes('\\"'))
    return 'has a quote with a backslash before it, which does not escape a quote in CSV: write each quote inside quotes twice ("").';
  if (delimiter !== ' ' && CELLS_BETWEEN_BLANKS.test(text))
    return "seems to have blanks between its cells, as R's write.table writes them: name the delimiter in sep (\\s+ for blanks), and write the file with row.names=FALSE.";
  return 'has a quote that is never closed or is in the middle of a cell: close it, or write it twice ("") inside quotes.';
}

/** Error for invalid bytes at `place`. */
export function badEncoding(place: Place, encoding: Encoding): DataError {
  return new DataError(
    'bad_encoding',
    `${rowText(place)} has bytes that are not valid ${ENCODING_NAMES[encoding] ?? encoding}: name the encoding of the file in the field encoding, such as latin-1, or save the file again as "CSV UTF-8".`,
    place,
  );
}
