import Papa from 'papaparse';
import { DataError, quote } from '../errors.ts';
import { isBlank, withJoinedBlanks } from './delimiter.ts';
import type { Encoding } from './encoding.ts';
import { type Header, pandasNames, withRowNames } from './header.ts';
import { withLf } from './lineEnds.ts';
import { type LineCounter, lineEndsIn } from './lines.ts';
import { type Place, type RowPlace, rowPlace, rowText } from './places.ts';
import { hasRowNames, raggedRow } from './raggedRow.ts';
import { type CsvFormat, CTRL_Z, withoutEndMark } from './sniff.ts';
import type { TableLimits } from './tableLimits.ts';

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
  readonly lines: LineCounter;
  begin(header: Header): void;
  add(cells: readonly string[]): void;
}

/** Returns rows of the file's first bytes, from the header line on. */
export type Sample = () => readonly (readonly string[])[];

/** A row of another length than the header line, until it is known what follows. */
interface HeldRow {
  readonly place: RowPlace;
  readonly cells: readonly string[];
  /** Rows of a wrong length so far. */
  count: number;
}

/** The original's target. Without it, the original read no file to its end. */
const TARGET_OF_ORIGINAL = 'Outcome';
/** More rows of a wrong length are not a footer. */
const FOOTER_ROWS_MAX = 5;

/**
 * Reads a text piece by piece and passes on its rows.
 * The rows and the error do not depend on where the pieces are cut. Each row is read from its start once it is
 * complete, and the first bad row is reported.
 */
export class RowReader {
  readonly #format: CsvFormat;
  readonly #limits: TableLimits;
  readonly #sink: RowSink;
  readonly #sample: Sample;
  /** Cells of the header line. */
  #names: readonly string[] | undefined;
  #headerLine = 1;
  /** Cells that each row must have, once the first row is known. */
  #width = 0;
  #held: HeldRow | undefined;
  /** The incomplete row, from its start. */
  #rest = '';
  /** Whether the last piece ended in a CR that ended a row: an LF at the start of the next piece belongs to it. */
  #hasCr = false;

  constructor(format: CsvFormat, limits: TableLimits, sink: RowSink, sample: Sample = () => []) {
    this.#format = format;
    this.#limits = limits;
    this.#sink = sink;
    this.#sample = sample;
    if (format.sepLineBytes !== undefined) this.#countLines(1);
  }

  /** Whether the columns are known and the next character would begin a row of theirs. */
  get isAtRow(): boolean {
    return this.#width > 0 && this.#rest === '' && this.#held === undefined && !this.#hasCr;
  }

  /** @throws DataError at the first bad row */
  push(piece: string): void {
    const text = this.#hasCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.#hasCr = false;
    this.#rest = this.#read(this.#withLf(this.#rest + text), false);
    this.#hasCr ||= this.#rest === '' && piece.endsWith('\r');
    if (this.#rest.length > this.#limits.lineChars) throw this.#lineTooLong(this.#rest.length);
  }

  /** @throws DataError if the last row is bad, or if the text has no header or no rows */
  end(): void {
    this.#read(withoutEndMark(this.#rest), true);
    if (this.#held !== undefined && !isEndMark(this.#held)) throw this.#ragged(this.#held, true);
    if (this.#names === undefined)
      throw new DataError('empty_file', 'The file is empty: it needs a header line and rows.');
    if (this.#sink.rows === 0)
      throw new DataError('no_rows', 'The file has a header line but no rows below it.', { actual: 0 });
  }

  /** Position of the next character. */
  place(): Place {
    return this.#at(this.#cellsIn(this.#rest) - 1);
  }

  #withLf(text: string): string {
    const lines = withLf(text, this.#format.delimiter);
    return this.#format.joinsBlanks ? withJoinedBlanks(lines) : lines;
  }

  /** Reads the complete rows of a text that begins with a row. Returns the remaining text. */
  #read(text: string, isEnd: boolean): string {
    const hasNul = text.includes('\0');
    const hasQuotes = text.includes('"');
    let from = 0;
    const step = ({ data: [row], errors, meta }: Step) => {
      const chars = meta.cursor - from;
      // The line end is not part of the line.
      if (chars > this.#limits.lineChars + 1) throw this.#lineTooLong(chars - 1);
      if (errors.length > 0) throw this.#malformedQuote(text.slice(from, errors[0]?.index), text.slice(from));
      const lines = hasQuotes ? lineEndsIn(text.slice(from, meta.cursor)) : 1;
      if (isBlank(row)) this.#countLines(lines);
      else this.#take(row, lines, hasNul);
      from = meta.cursor;
    };
    // The types describe the steps of the whole library, of which this step is a part.
    const config = { delimiter: this.#format.delimiter, newline: '\n', step } as unknown as Papa.ParseConfig;
    new Papa.Parser(config).parse(text, 0, !isEnd);
    return text.slice(from);
  }

  /** Notes lines that are not rows. */
  #countLines(lines: number): void {
    if (this.#names === undefined) this.#headerLine += lines;
    this.#sink.lines.add(this.#sink.rows, lines);
  }

  /** @param lines how many lines the row has */
  #take(row: string[], lines: number, mayHaveNul: boolean): void {
    const isHeader = this.#names === undefined;
    if (isHeader) this.#checkWidth(row.length);
    const bad = row.findIndex(
      (cell) => cell.length > this.#limits.cellChars || (mayHaveNul && cell.includes('\0')),
    );
    if (bad >= 0) throw this.#badCell(row[bad]!, bad);
    if (isHeader) {
      this.#names = row;
    } else {
      if (this.#width === 0 && this.#held === undefined) this.#begin(row);
      if (!this.#checkRow(row)) return;
      this.#sink.add(row);
    }
    if (lines > 1) this.#sink.lines.add(this.#sink.rows, lines - 1);
  }

  /** Names the columns. The first row may show that the header line has one name less, or one delimiter more. */
  #begin(row: readonly string[]): void {
    const names = this.#names as readonly string[];
    const more = row.length - names.length;
    let header = pandasNames(names);
    if (more === 1 && row.at(-1) === '') {
      header = { ...pandasNames([...names, '']), hasOverhang: true };
    } else if (more === 1 && this.#isReadWithRowNames(names)) {
      header = withRowNames(header);
    } else if (more === -1 && names.at(-1) === '') {
      header = pandasNames(names.slice(0, -1));
    }
    // The columns are not known before a row of theirs.
    if (header.names.length !== row.length) return;
    this.#width = row.length;
    this.#sink.begin(header);
  }

  /** pandas takes such a first column as row names, and so did the original if the header line has its target. */
  #isReadWithRowNames(header: readonly string[]): boolean {
    const isOfOriginal = this.#format.delimiter === ',' && header.includes(TARGET_OF_ORIGINAL);
    return isOfOriginal && hasRowNames({ header, sample: this.#sample() });
  }

  #checkWidth(actual: number): void {
    const { columns } = this.#limits;
    if (actual <= columns) return;
    const message = `The header line has ${actual} columns, but at most ${columns} are allowed: remove some.`;
    throw new DataError('too_many_columns', message, { ...this.#rowPlace(), limit: columns, actual });
  }

  /** @returns whether the row is one of the table; false if it may be a footer */
  #checkRow(cells: readonly string[]): boolean {
    const row = this.#sink.rows + 1;
    const columns = this.#width;
    if (this.#held !== undefined || cells.length !== columns) {
      this.#hold(cells);
      return false;
    }
    const { rows, cells: cellsMax } = this.#limits;
    if (row > rows) throw this.#tooMany('rows', rows, row);
    if (row * columns > cellsMax) throw this.#tooMany('cells', cellsMax, row * columns);
    return true;
  }

  /**
   * Keeps a row of a wrong length until it is known whether others follow.
   * @throws DataError `ragged_row` if the row is not one of the last rows
   */
  #hold(cells: readonly string[]): void {
    const held = this.#held ?? { place: this.#rowPlace(), cells, count: 0 };
    if (cells.length === this.#columns || held.count === FOOTER_ROWS_MAX) throw this.#ragged(held, false);
    held.count++;
    this.#held = held;
  }

  get #columns(): number {
    return this.#width > 0 ? this.#width : (this.#names?.length ?? 0);
  }

  #ragged({ place, cells }: HeldRow, isAtEnd: boolean): DataError {
    return raggedRow({
      place,
      cells,
      columns: this.#columns,
      header: this.#names as readonly string[],
      format: this.#format,
      sample: this.#sample(),
      isAtEnd,
    });
  }

  #badCell(cell: string, index: number): DataError {
    const place = this.#at(index);
    const where = `${rowText(place)}, column ${quote(place.column)}`;
    const limit = this.#limits.cellChars;
    if (cell.length > limit) {
      const message = `${where}, has a cell of ${cell.length} characters, but at most ${limit} are allowed: shorten it.`;
      return new DataError('cell_too_long', message, { ...place, limit, actual: cell.length });
    }
    return new DataError('nul_character', `${where}, has a NUL character: remove it.`, place);
  }

  #lineTooLong(actual: number): DataError {
    const place = this.#rowPlace();
    const limit = this.#limits.lineChars;
    const message = `${rowText(place)} has more than ${limit} characters: check for a quote that is never closed.`;
    return new DataError('line_too_long', message, { ...place, limit, actual });
  }

  /**
   * @param begin the row up to the bad cell, its quote included
   * @param row the row and the text behind it
   */
  #malformedQuote(begin: string, row: string): DataError {
    const place = this.#at(this.#cellsIn(begin) - 1);
    const where = `${rowText(place)}, column ${quote(place.column)},`;
    const isEscaped = row.slice(0, begin.length + this.#limits.cellChars).includes('\\"');
    const message = isEscaped
      ? `${where} has a quote with a backslash before it, which does not escape a quote in CSV: write each quote inside quotes twice ("").`
      : `${where} has a quote that is never closed or is in the middle of a cell: close it, or write it twice ("") inside quotes.`;
    return new DataError('malformed_quote', message, place);
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
    const name = this.#width > 0 ? pandasNames(this.#names ?? []).names[index] : this.#names?.[index];
    return { ...this.#rowPlace(), column: name || String(index + 1) };
  }

  /** Position of the current row. */
  #rowPlace(): RowPlace {
    if (this.#names === undefined) return { row: 0, line: this.#headerLine };
    return rowPlace(this.#sink.rows, this.#sink.lines.numbers);
  }

  #tooMany(what: 'rows' | 'cells', limit: number, actual: number): DataError {
    const message = `The table has more than ${limit} ${what}: send fewer rows${what === 'cells' ? ' or columns' : ''}.`;
    return new DataError(`too_many_${what}`, message, { ...this.#rowPlace(), limit, actual });
  }
}

/** Whether the last row is nothing but Ctrl-Z, with a line end behind it. */
function isEndMark({ cells, count }: HeldRow): boolean {
  const [cell = ''] = cells;
  return count === 1 && cells.length === 1 && withoutEndMark(cell) === '' && cell.includes(CTRL_Z);
}

const ENCODING_NAMES: Readonly<Partial<Record<Encoding, string>>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

/** Error for invalid bytes at `place`. */
export function badEncoding(place: Place, encoding: Encoding): DataError {
  return new DataError(
    'bad_encoding',
    `${rowText(place)} has bytes that are not valid ${ENCODING_NAMES[encoding] ?? encoding}: name the encoding of the file in the field encoding, such as latin-1, or save the file again as "CSV UTF-8".`,
    place,
  );
}
