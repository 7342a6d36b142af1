import Papa from 'papaparse';
import { DataError, quote } from '../errors.ts';
import type { Encoding } from './encoding.ts';
import { withLf } from './lineEnds.ts';
import { type CsvFormat, isBlank } from './sniff.ts';
import type { TableLimits } from './tableLimits.ts';

/** A position in the file. Row 0 is the header line. A column without a name is named by its number. */
interface Place {
  readonly row: number;
  readonly column: string;
}

/** What Papa Parse passes to a step: one row, its errors, and how far it has read. */
interface Step {
  readonly data: readonly [string[]];
  readonly errors: readonly { readonly type: string; readonly index?: number }[];
  readonly meta: { readonly cursor: number };
}

/** Receives the rows of a file in order. */
export interface RowSink {
  /** Number of rows so far, without the header line. */
  readonly rows: number;
  begin(names: readonly string[]): void;
  add(cells: readonly string[]): void;
}

/**
 * Reads a text piece by piece and passes on its rows.
 * The rows and the error do not depend on where the pieces are cut. Each row is read from its start once it is
 * complete, and the first bad row is reported.
 */
export class RowReader {
  readonly #format: CsvFormat;
  readonly #limits: TableLimits;
  readonly #sink: RowSink;
  #names: readonly string[] | undefined;
  /** The incomplete row, from its start. */
  #rest = '';

  constructor(format: CsvFormat, limits: TableLimits, sink: RowSink) {
    this.#format = format;
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Whether the header has been read and the next character would begin a row. */
  get isAtRow(): boolean {
    return this.#names !== undefined && this.#rest === '';
  }

  /** @throws DataError at the first bad row */
  push(piece: string): void {
    // The LF of a CRLF that was cut becomes a blank line.
    this.#rest = this.#read(withLf(this.#rest + piece, this.#format.delimiter), false);
    if (this.#rest.length > this.#limits.lineChars) throw this.#lineTooLong(this.#rest.length);
  }

  /** @throws DataError if the last row is bad, or if the text has no header or no rows */
  end(): void {
    this.#read(this.#rest, true);
    if (this.#names === undefined)
      throw new DataError('empty_file', 'The file is empty: it needs a header line and rows.');
    if (this.#sink.rows === 0)
      throw new DataError('no_rows', 'The file has a header line but no rows below it.', { actual: 0 });
  }

  /** Position of the next character. */
  place(): Place {
    return this.#at(this.#cellsIn(this.#rest) - 1);
  }

  /** Reads the complete rows of a text that begins with a row. Returns the remaining text. */
  #read(text: string, isEnd: boolean): string {
    const hasNul = text.includes('\0');
    let from = 0;
    const step = ({ data: [row], errors, meta }: Step) => {
      const chars = meta.cursor - from;
      // The line end is not part of the line.
      if (chars > this.#limits.lineChars + 1) throw this.#lineTooLong(chars - 1);
      if (errors.length > 0) throw this.#malformedQuote(text.slice(from, errors[0]?.index));
      if (!isBlank(row)) this.#take(row, hasNul);
      from = meta.cursor;
    };
    // The types describe the steps of the whole library, of which this step is a part.
    const config = { delimiter: this.#format.delimiter, newline: '\n', step } as unknown as Papa.ParseConfig;
    new Papa.Parser(config).parse(text, 0, !isEnd);
    return text.slice(from);
  }

  #take(row: string[], mayHaveNul: boolean): void {
    if (this.#names === undefined) this.#checkWidth(row.length);
    const bad = row.findIndex(
      (cell) => cell.length > this.#limits.cellChars || (mayHaveNul && cell.includes('\0')),
    );
    if (bad >= 0) throw this.#badCell(row[bad]!, bad);
    if (this.#names === undefined) {
      this.#names = checkedNames(row);
      this.#sink.begin(this.#names);
    } else {
      this.#checkRow(row, this.#names.length);
      this.#sink.add(row);
    }
  }

  #checkWidth(actual: number): void {
    const { columns } = this.#limits;
    if (actual <= columns) return;
    const message = `The header line has ${actual} columns, but at most ${columns} are allowed: remove some.`;
    throw new DataError('too_many_columns', message, { row: 0, limit: columns, actual });
  }

  #checkRow({ length }: readonly string[], columns: number): void {
    const row = this.#sink.rows + 1;
    if (length !== columns) {
      const delimiter = DELIMITER_NAMES[this.#format.delimiter];
      throw new DataError(
        'ragged_row',
        `Row ${row} has ${length} cells, but the header has ${columns}: add or remove a ${delimiter}.`,
        { row, limit: columns, actual: length },
      );
    }
    const { rows, cells } = this.#limits;
    if (row > rows) throw tooMany('rows', row, rows, row);
    if (row * columns > cells) throw tooMany('cells', row, cells, row * columns);
  }

  #badCell(cell: string, index: number): DataError {
    const place = this.#at(index);
    const where = `${rowText(place.row)}, column ${quote(place.column)}`;
    const limit = this.#limits.cellChars;
    if (cell.length > limit) {
      const message = `${where}, has a cell of ${cell.length} characters, but at most ${limit} are allowed: shorten it.`;
      return new DataError('cell_too_long', message, { ...place, limit, actual: cell.length });
    }
    return new DataError('nul_character', `${where}, has a NUL character: remove it.`, place);
  }

  #lineTooLong(actual: number): DataError {
    const row = this.#names === undefined ? 0 : this.#sink.rows + 1;
    const limit = this.#limits.lineChars;
    const message = `${rowText(row)} has more than ${limit} characters: check for a quote that is never closed.`;
    return new DataError('line_too_long', message, { row, limit, actual });
  }

  /** @param begin the row up to the bad cell, its quote included */
  #malformedQuote(begin: string): DataError {
    const place = this.#at(this.#cellsIn(begin) - 1);
    return new DataError(
      'malformed_quote',
      `A quote in ${place.row === 0 ? 'the header line' : `row ${place.row}`}, column ${quote(place.column)}, is never closed or is in the middle of a cell: close it, or write it twice ("") inside quotes.`,
      place,
    );
  }

  /** Number of cells of a row that has just begun. */
  #cellsIn(begin: string): number {
    const { data } = new Papa.Parser({ delimiter: this.#format.delimiter, newline: '\n' }).parse(
      begin,
      0,
      false,
    );
    return data[0]?.length ?? 1;
  }

  /** Position of a cell of the current row. */
  #at(index: number): Place {
    const column = this.#names?.[index] ?? String(index + 1);
    return { row: this.#names === undefined ? 0 : this.#sink.rows + 1, column };
  }
}

const DELIMITER_NAMES = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const;

const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

/** Error for invalid bytes at `place`. */
export function badEncoding(place: Place, encoding: Encoding): DataError {
  return new DataError(
    'bad_encoding',
    `${rowText(place.row)} has bytes that are not valid ${ENCODING_NAMES[encoding]}: save the file again as "CSV UTF-8".`,
    place,
  );
}

function rowText(row: number): string {
  return row === 0 ? 'The header line' : `Row ${row}`;
}

function tooMany(what: 'rows' | 'cells', row: number, limit: number, actual: number): DataError {
  const message = `The table has more than ${limit} ${what}: send fewer rows${what === 'cells' ? ' or columns' : ''}.`;
  return new DataError(`too_many_${what}`, message, { row, limit, actual });
}

function checkedNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (name.trim() === '') {
      const column = String(index + 1);
      const message = `Column ${column} has no name: give it one in the header line.`;
      throw new DataError('empty_column_name', message, { row: 0, column });
    }
    if (seen.has(name)) {
      const message = `Two columns have the name ${quote(name)}: rename one of them.`;
      throw new DataError('duplicate_column', message, { row: 0, column: name });
    }
    seen.add(name);
  }
  return names;
}
