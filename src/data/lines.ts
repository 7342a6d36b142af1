/** Where the rows of a table stand in their file, as plain data. */
export interface LineNumbers {
  /** Rows before which the lines run ahead, ascending, and by how many lines each. */
  readonly rows: readonly number[];
  readonly more: readonly number[];
  /** From this row on, the lines are not known. */
  readonly end?: number;
}

/** Most rows with another distance from their line than the row before. Beyond, only row numbers are known. */
const JUMPS_MAX = 1 << 20;
/** In an ordinary file, row 1 follows the header line. */
const LINE_OF_FIRST_ROW = 2;

/** Counts the lines of a file that are not rows: blank lines, and line ends inside quotes. */
export class LineCounter {
  readonly #rows: number[] = [];
  readonly #more: number[] = [];
  #end: number | undefined;

  /** Notes lines before a row. @param row counted from 0 */
  add(row: number, lines: number): void {
    if (lines === 0 || this.#end !== undefined) return;
    const last = this.#rows.length - 1;
    if (this.#rows[last] === row) {
      this.#more[last]! += lines;
    } else if (last + 1 < JUMPS_MAX) {
      this.#rows.push(row);
      this.#more.push(lines);
    } else {
      this.#end = row;
    }
  }

  get numbers(): LineNumbers {
    return { rows: this.#rows, more: this.#more, ...(this.#end !== undefined && { end: this.#end }) };
  }
}

/**
 * Returns the line on which a row begins, counted from 1.
 * @param row counted from 0
 */
export function lineOf({ rows, more, end }: LineNumbers, row: number): number | undefined {
  if (end !== undefined && row >= end) return undefined;
  let line = row + LINE_OF_FIRST_ROW;
  for (let at = 0; at < rows.length && rows[at]! <= row; at++) line += more[at]!;
  return line;
}

/** Number of line ends in a text, CRLF counting once. */
export function lineEndsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) count++;
  }
  return count;
}
