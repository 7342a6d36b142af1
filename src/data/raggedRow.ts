import { DataError, quote } from '../errors.ts';
import { usualLength } from './delimiter.ts';
import { type RowPlace, rowText } from './places.ts';
import type { CsvFormat } from './sniff.ts';

/** What is known about a row that is not as long as the header line. */
export interface RaggedRow {
  readonly place: RowPlace;
  readonly cells: readonly string[];
  /** Cells that each row must have: usually as many as the header line. */
  readonly columns: number;
  readonly header: readonly string[];
  readonly format: CsvFormat;
  /** Rows of the file's first bytes, from the header line on. */
  readonly sample: readonly (readonly string[])[];
  /** Whether no row of the right length follows. */
  readonly isAtEnd: boolean;
}

/** How lines begin that are comments in other programs. */
const COMMENT = /^\s*(?:#|%|\/\/)/;
/** A quote behind a blank does not open a quoted cell. */
const QUOTE_BEHIND_BLANK = /^[ \t]+"/;
/** Share of the sampled rows that have one length, so that a header line of another length is the odd one. */
const USUAL_SHARE_MIN = 0.8;
const EXCERPT_CHARS = 40;
/** Lines of a title, at most. */
const TITLE_ROWS_MAX = 10;

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
  ' ': 'blank',
};

/** The error for a row that is not as long as the header line. It says what the file looks like. */
export function raggedRow(ragged: RaggedRow): DataError {
  const { place, cells, columns } = ragged;
  const details = { ...place, limit: columns, actual: cells.length };
  return new DataError('ragged_row', `${whatHappened(ragged)} ${whatToDo(ragged)}`, details);
}

function whatHappened({ place, cells, columns, header }: RaggedRow): string {
  const count = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
  const others = columns === header.length ? 'the header has' : 'the rows before it have';
  return `${rowText(place)} has ${count}, but ${others} ${columns}:`;
}

function whatToDo(ragged: RaggedRow): string {
  const { place, cells, header, format, isAtEnd } = ragged;
  const delimiter = DELIMITER_NAMES[format.delimiter] ?? quote(format.delimiter);
  const [first = ''] = cells;
  const excerpt = quote(first, EXCERPT_CHARS);
  if (COMMENT.test(header[0] ?? '') || seemsTitle(ragged)) {
    const kind = COMMENT.test(header[0] ?? '') ? 'comment' : 'title';
    return `the file seems to begin with a ${kind} line (${quote(header[0] ?? '', EXCERPT_CHARS)}): remove all lines before the line of column names, or name another delimiter in sep.`;
  }
  if (hasRowNames(ragged)) {
    return "the header has one name less than every row, as R's write.table writes it: write the file with row.names=FALSE, or with col.names=NA.";
  }
  if (COMMENT.test(first)) return `the row begins with ${excerpt}, like a comment: remove it.`;
  if (isAtEnd && place.row > 1) {
    return `the file seems to end with a footer (${excerpt}), such as a total or a number of rows: remove it.`;
  }
  if (cells.some((cell) => QUOTE_BEHIND_BLANK.test(cell))) {
    return 'a quote behind a blank does not open a quoted cell: remove the blanks behind the delimiters.';
  }
  return `add or remove a ${delimiter}, or name the delimiter in sep.`;
}

/** Whether most rows have one length, and the header line has another. */
function isHeaderOdd({ header, sample }: RaggedRow): boolean {
  const lengths = sample.slice(1).map((row) => row.length);
  const usual = usualLength(lengths);
  const share = lengths.filter((length) => length === usual).length / lengths.length;
  return usual > 0 && usual !== header.length && share >= USUAL_SHARE_MIN;
}

/** A title is one cell, or some cells where its text has the delimiter, above the line of column names. */
function seemsTitle(ragged: RaggedRow): boolean {
  const { header, cells, place, sample } = ragged;
  if (place.row > TITLE_ROWS_MAX || !isHeaderOdd(ragged)) return false;
  return header.length === 1 || cells.length > header.length + 1 || isLineOfNames(cells, sample);
}

/** Whether a row is text in a column that has numbers in the rows below, and has no number itself. */
function isLineOfNames(cells: readonly string[], sample: RaggedRow['sample']): boolean {
  const below = sample.slice(1).filter((row) => row.length === cells.length && row.join() !== cells.join());
  const isNumber = (cell: string | undefined) => /^\s*[+-]?[\d.,]*\d\s*$/.test(cell ?? '');
  return (
    !cells.some(isNumber) && below.length > 0 && cells.some((_, j) => below.every((row) => isNumber(row[j])))
  );
}

/** Whether every sampled row has one cell more than the header line. */
export function hasRowNames({ header, sample }: Pick<RaggedRow, 'header' | 'sample'>): boolean {
  const rows = sample.slice(1);
  return header.length > 1 && rows.length > 0 && rows.every((row) => row.length === header.length + 1);
}
