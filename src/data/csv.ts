import Papa from 'papaparse';
import { DataError, NotATableError } from '../errors.ts';

/** A CSV as it was read: cells are text still, one array a column. */
export interface RawTable {
  readonly names: readonly string[];
  readonly cells: readonly string[][];
  readonly rows: number;
}

/** Papa Parse cuts a text into pieces of this length, so that it never holds all rows at once. */
const CHUNK_CHARS = 1 << 20;
const UTF8_BOM = '\uFEFF';

/**
 * Reads a CSV with a header line, RFC 4180 with the liberties that pandas takes: LF or CRLF line ends,
 * blank lines skipped, a byte order mark ignored. Papa Parse gives the meaning.
 * @throws NotATableError where the bytes are no text in UTF-8
 * @throws DataError where the text is no table: empty, no rows, a ragged row, a doubled or empty name
 */
export function parseCsv(bytes: Uint8Array): RawTable {
  const text = decode(bytes);
  let names: string[] | undefined;
  let cells: string[][] = [];
  let rows = 0;
  Papa.parse<string[]>(text, {
    // Papa Parse merges rows where CRLF and LF are mixed, so LF alone ends a row and `withoutReturn`
    // takes the CR off the last cell.
    newline: '\n',
    delimiter: ',',
    chunkSize: CHUNK_CHARS,
    step: ({ data: line, errors }) => {
      if (errors.some((error) => error.type === 'Quotes')) throw malformedQuote(names ? rows + 1 : 0);
      withoutReturn(line);
      if (line.length === 1 && line[0] === '') return;
      if (names === undefined) {
        names = checkedHeader(line);
        cells = names.map(() => []);
      } else {
        rows += 1;
        appendRow(cells, line, rows);
      }
    },
  });
  if (names === undefined)
    throw new DataError('empty_file', 'The file is empty: it needs a header line and rows.');
  if (rows === 0)
    throw new DataError('no_rows', 'The file has a header line but no rows below it.', { actual: 0 });
  return { names, cells, rows };
}

function decode(bytes: Uint8Array): string {
  if (bytes.includes(0)) {
    throw new NotATableError(
      'not_a_table',
      'The file is no CSV: it has NUL bytes, as images and archives do.',
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.startsWith(UTF8_BOM) ? text.slice(1) : text;
  } catch {
    throw new NotATableError('not_a_table', 'The file is no CSV in UTF-8: save it again as "CSV UTF-8".');
  }
}

function withoutReturn(line: string[]): void {
  const last = line.at(-1);
  if (last?.endsWith('\r')) line[line.length - 1] = last.slice(0, -1);
}

function checkedHeader(names: string[]): string[] {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    const column = String(index + 1);
    if (name.trim() === '') {
      throw new DataError(
        'empty_column_name',
        `Column ${column} has no name: give it one in the header line.`,
        {
          column,
        },
      );
    }
    if (seen.has(name)) {
      throw new DataError('duplicate_column', 'Two columns have the same name: rename one of them.', {
        column: name,
      });
    }
    seen.add(name);
  }
  return names;
}

function appendRow(cells: readonly string[][], line: readonly string[], row: number): void {
  if (line.length !== cells.length) {
    throw new DataError(
      'ragged_row',
      `Row ${row} has ${line.length} cells, but the header has ${cells.length}: a comma is missing or too many.`,
      { row, limit: cells.length, actual: line.length },
    );
  }
  for (const [index, column] of cells.entries()) column.push(line[index] as string);
}

/** Row 0 is the header line. */
function malformedQuote(row: number): DataError {
  return new DataError(
    'malformed_quote',
    `A quote in or after row ${row} is never closed or stands in the middle of a cell: write it twice ("") inside quotes.`,
    { row },
  );
}
