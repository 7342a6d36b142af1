import type { ColumnType } from '../result.ts';

/** The column as numbers, with what each cell that is none holds. */
export interface NumericColumn {
  readonly values: Float64Array;
  /**
   * `long` where every number is written without point and exponent and is exact as a double; `boolean` where every
   * cell is one, and then 0 and 1 are the numbers.
   */
  readonly type: Exclude<ColumnType, 'string'>;
  readonly numbers: number;
  readonly missing: number;
  /** Index of the first cell that is missing, and of the first that holds anything but a number; -1: none. */
  readonly firstMissing: number;
  readonly firstText: number;
}

/** How pandas' `read_csv` writes a number: no hexadecimal, no digit groups; blanks around it are allowed. */
const WITH_POINT = /^[ \t]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t]*$/;
const WITH_COMMA = /^[ \t]*[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?[ \t]*$/;
const WHOLE = /^[ \t]*[+-]?\d+[ \t]*$/;
const INFINITE = /^[ \t]*([+-]?)inf(?:inity)?[ \t]*$/i;

/** What pandas' `read_csv` takes for a missing value (its documentation, `na_values`). */
const MISSING: ReadonlySet<string> = new Set(
  ',#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null'.split(
    ',',
  ),
);

/** What pandas' `read_csv` takes for truth values, where a whole column is made of them. */
const BOOLEANS: ReadonlyMap<string, 0 | 1> = new Map([
  ['True', 1],
  ['TRUE', 1],
  ['true', 1],
  ['False', 0],
  ['FALSE', 0],
  ['false', 0],
]);

/** The grammar of a number with a decimal comma, in which `1.5` is none, or with a point, in which `1,5` is none. */
export function decimalNumber(withComma: boolean): RegExp {
  return withComma ? WITH_COMMA : WITH_POINT;
}

export function isMissing(cell: string): boolean {
  return MISSING.has(cell) || MISSING.has(cell.trim());
}

/** The number that a cell holds, infinite ones included; NaN where it holds none. */
export function numberOf(cell: string, decimalComma: boolean): number {
  if (!decimalNumber(decimalComma).test(cell)) return infinity(cell);
  return Number(decimalComma ? cell.replace(',', '.') : cell);
}

/** Whether a cell's number is written without point and exponent and is exact as a double. */
export function isWhole(cell: string, value: number): boolean {
  return WHOLE.test(cell) && Number.isSafeInteger(value);
}

/** The truth value that a cell holds, as a number. */
export function truthValue(cell: string): 0 | 1 | undefined {
  return BOOLEANS.get(cell);
}

/** Reads a column of cells as numbers, or as booleans; what is neither becomes NaN and is counted. */
export function toNumeric(cells: readonly string[], decimalComma = false): NumericColumn {
  return toBooleans(cells) ?? toNumbers(cells, decimalComma);
}

function toBooleans(cells: readonly string[]): NumericColumn | undefined {
  if (!cells.every((cell) => BOOLEANS.has(cell))) return undefined;
  const values = Float64Array.from(cells, (cell) => BOOLEANS.get(cell) as number);
  return { values, type: 'boolean', numbers: cells.length, missing: 0, firstMissing: -1, firstText: -1 };
}

function toNumbers(cells: readonly string[], decimalComma: boolean): NumericColumn {
  const values = new Float64Array(cells.length);
  let whole = true;
  let numbers = 0;
  let missing = 0;
  let firstMissing = -1;
  let firstText = -1;
  for (const [index, cell] of cells.entries()) {
    const value = numberOf(cell, decimalComma);
    values[index] = value;
    if (!Number.isNaN(value)) {
      numbers += 1;
      whole &&= isWhole(cell, value);
    } else if (isMissing(cell)) {
      missing += 1;
      if (firstMissing < 0) firstMissing = index;
    } else if (firstText < 0) {
      firstText = index;
    }
  }
  // One missing cell makes an integer column of pandas a column of doubles.
  const type = whole && missing === 0 && firstText < 0 ? 'long' : 'double';
  return { values, type, numbers, missing, firstMissing, firstText };
}

function infinity(cell: string): number {
  const sign = INFINITE.exec(cell)?.[1];
  if (sign === undefined) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
