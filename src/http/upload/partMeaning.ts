import { isUtf8 } from 'node:buffer';
import { isFileName } from '../../training/fields/parse.ts';
import { isMadeUp } from './fileName.ts';
import { encodedPart, fileInField, nestedForm, tableInField } from './formErrors.ts';
import type { PartHead } from './partHead.ts';

/** The fields of a form. */
export interface FormFields {
  /** The fields that hold a file. */
  readonly files: ReadonlySet<string>;
  /** The fields that hold text. */
  readonly texts: ReadonlySet<string>;
  /** Most bytes of a text. */
  readonly textBytesMax: number;
}

/** What a part is. `unknown` belongs to no field, and multer or the parser of the fields rejects it. */
export type PartMeaning = 'file' | 'text' | 'unknown';

/**
 * Types that clients give a table, or bytes that they know nothing about. Windows names Excel's type for `.csv`. Multer
 * takes a part of the type `application/octet-stream` for a file, and loses it if the part has no file name.
 */
const TABLE_TYPES: ReadonlySet<string> = new Set([
  'application/csv',
  'application/gzip',
  'application/octet-stream',
  'application/vnd.ms-excel',
  'application/x-csv',
  'application/x-gzip',
  'binary/octet-stream',
  'text/comma-separated-values',
  'text/csv',
  'text/tab-separated-values',
  'text/tsv',
  'text/x-comma-separated-values',
  'text/x-csv',
]);
/** Types of text, with which clients also send a text field. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['', 'text/plain']);
/** Codings that leave the bytes as they are (RFC 2045, 6.2). */
const PLAIN_ENCODINGS: ReadonlySet<string> = new Set(['', '7bit', '8bit', 'binary', 'identity']);

// biome-ignore lint/suspicious/noControlCharactersInRegex: text has none of these characters.
const CONTROL = /[\0-\x08\x0e-\x1f]/;
/** A line end with something after it, apart from more line ends. */
const SECOND_LINE = /[\r\n][^\r\n]/;
const JSON_OBJECT = /^\s*\{/;

/**
 * Decides by the headers what a part is.
 * @returns undefined if the content has to decide
 * @throws FieldError if no content could make the part right
 */
export function meaningOfHead(head: PartHead, fields: FormFields): PartMeaning | undefined {
  const { name, hasFileName, fileName, type, transferEncoding } = head;
  if (name === undefined) return 'unknown';
  if (type.startsWith('multipart/')) throw nestedForm(name);
  if (!PLAIN_ENCODINGS.has(transferEncoding)) throw encodedPart(name);
  // requests and httpx make a file of the text "data.csv", too, if somebody forgets to open the file.
  if (fields.files.has(name)) return isMadeUp(fileName) ? undefined : 'file';
  if (fields.texts.has(name)) return hasFileName || TABLE_TYPES.has(type) ? undefined : 'text';
  return fileName === '' && TABLE_TYPES.has(type) ? undefined : 'unknown';
}

/**
 * Decides by its content what a part is.
 * @param start the first bytes of the content
 * @param isWhole whether these are all bytes of the content
 * @returns undefined if more of the content has to be seen
 * @throws FieldError if the content is in the wrong field
 */
export function meaningOfContent(
  head: PartHead,
  start: Buffer,
  { isWhole, fields }: { readonly isWhole: boolean; readonly fields: FormFields },
): PartMeaning | undefined {
  const { name = '', fileName, type } = head;
  if (fields.files.has(name)) {
    if (isTable(start, fields)) return 'file';
    if (!isWhole) return undefined;
    // A browser sends an empty part without a name if no file was chosen. The part is an empty field.
    if (start.length === 0) return fileName === '' ? 'text' : 'file';
    const saysFile = fileName !== '' || !TEXT_TYPES.has(type);
    return saysFile && !isFileName(start.toString()) ? 'file' : 'text';
  }
  if (fields.texts.has(name)) {
    if (start.length > fields.textBytesMax) throw tableInField(name, fileFieldOf(fields));
    if (!isWhole) return undefined;
    if (!isText(start, head)) throw tableInField(name, fileFieldOf(fields));
    return 'text';
  }
  if (start.length > 0) throw fileInField(name, fileFieldOf(fields));
  return isWhole ? 'unknown' : undefined;
}

/** Whether bytes of an unnamed part are a file: many lines, one line that is too long for a text, or no text at all. */
function isTable(start: Buffer, { textBytesMax }: FormFields): boolean {
  const text = start.toString('latin1');
  return start.length > textBytesMax || CONTROL.test(text) || SECOND_LINE.test(text);
}

/** Whether the content of a file can be the value of a field: one line, or a JSON object of several lines. */
function isText(content: Buffer, { charset }: PartHead): boolean {
  const text = content.toString('latin1');
  // A text in another charset is decoded, and checked, later.
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') return true;
  if (!isUtf8(content) || CONTROL.test(text)) return false;
  return JSON_OBJECT.test(text) || !SECOND_LINE.test(text);
}

/** The field of the most important file. */
function fileFieldOf({ files }: FormFields): string {
  const [first = ''] = files;
  return first;
}
