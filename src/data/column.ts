/** Numbers as pandas' `read_csv` reads them: no hexadecimal, no digit groups. Blanks around a number are allowed. */
const WITH_POINT = /^[ \t]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t]*$/;
const WITH_COMMA = /^[ \t]*[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?[ \t]*$/;
const WHOLE = /^[ \t]*[+-]?\d+[ \t]*$/;
const INFINITE = /^[ \t]*([+-]?)inf(?:inity)?[ \t]*$/i;

/** Texts that pandas' `read_csv` reads as missing values (its documentation, `na_values`). */
const MISSING: ReadonlySet<string> = new Set(
  ',#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null'.split(
    ',',
  ),
);

/** Texts that pandas' `read_csv` reads as truth values if a whole column consists of them. */
const BOOLEANS: ReadonlyMap<string, 0 | 1> = new Map([
  ['True', 1],
  ['TRUE', 1],
  ['true', 1],
  ['False', 0],
  ['FALSE', 0],
  ['false', 0],
]);

/** The grammar of a number with a decimal comma (`1.5` is then not a number) or a decimal point (`1,5` is not). */
export function decimalNumber(withComma: boolean): RegExp {
  return withComma ? WITH_COMMA : WITH_POINT;
}

export function isMissing(cell: string): boolean {
  return MISSING.has(cell) || MISSING.has(cell.trim());
}

/** The number in a cell, also infinity. NaN if the cell is not a number. */
export function numberOf(cell: string, decimalComma: boolean): number {
  if (!decimalNumber(decimalComma).test(cell)) return infinity(cell);
  return Number(decimalComma ? cell.replace(',', '.') : cell);
}

/** Whether a cell's number has no point or exponent and is exact as a double. */
export function isWhole(cell: string, value: number): boolean {
  return WHOLE.test(cell) && Number.isSafeInteger(value);
}

/** The truth value in a cell, as a number. */
export function truthValue(cell: string): 0 | 1 | undefined {
  return BOOLEANS.get(cell);
}

function infinity(cell: string): number {
  const sign = INFINITE.exec(cell)?.[1];
  if (sign === undefined) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
