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

function infinity(cell: string): number {
  const sign = INFINITE.exec(cell)?.[1];
  if (sign === undefined) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
