/** How the numbers of a file are written. */
export interface NumberForm {
  /** Whether `1,5` is a number and `1.5` is not. */
  readonly decimalComma: boolean;
  /** The sign between groups of digits, which pandas allows between any two digits of the whole part. */
  readonly thousands?: string | undefined;
}

/** Numbers as pandas' `read_csv` reads them: no hexadecimal, no digit groups. Blanks around a number are allowed. */
const WITH_POINT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const WITH_COMMA = /^\s*[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?\s*$/;
const WHOLE = /^\s*[+-]?\d+\s*$/;
const INFINITE = /^\s*([+-]?)inf(?:inity)?\s*$/i;

/** Texts that pandas' `read_csv` reads as missing values (its documentation, `na_values`). */
const PANDAS_MISSING =
  ',#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null'.split(
    ',',
  );
/** What MySQL and PostgreSQL write for NULL. */
const DATABASE_NULL = '\\N';

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

/** The texts that mean missing in one file. */
export class MissingTexts {
  readonly #texts: ReadonlySet<string>;
  /** Numbers that mean missing, in columns of numbers. */
  readonly numbers: readonly number[];

  /** @param naValues texts of the client, which pandas adds to its own; a number stands for its other spellings too */
  constructor(naValues: readonly string[] = [], form: NumberForm = { decimalComma: false }) {
    const values = naValues.flatMap((text) => [numberOf(text, false), numberOf(text, form)]);
    this.numbers = [...new Set(values.filter((value) => !Number.isNaN(value)))];
    const spellings = this.numbers.filter(Number.isInteger).flatMap((value) => [`${value}`, `${value}.0`]);
    this.#texts = new Set([...PANDAS_MISSING, DATABASE_NULL, ...naValues, ...spellings]);
  }

  /** Whether the text is exactly one of the texts. */
  has(cell: string): boolean {
    return this.#texts.has(cell);
  }

  /** Whether a number column takes the text for missing: blanks alone, or one of the texts with blanks around it. */
  hasPadded(cell: string): boolean {
    return this.#texts.has(cell.trim());
  }
}

const DEFAULT_MISSING = new MissingTexts();

/** Whether pandas takes the cell for missing, or databases write the cell for NULL. */
export function isMissing(cell: string): boolean {
  return DEFAULT_MISSING.has(cell);
}

/** The number in a cell, also infinity. NaN if the cell is not a number. */
export function numberOf(cell: string, form: boolean | NumberForm): number {
  const { decimalComma, thousands = undefined } = typeof form === 'boolean' ? { decimalComma: form } : form;
  const text = thousands === undefined ? cell : withoutGroups(cell, thousands);
  if (!decimalNumber(decimalComma).test(text)) return infinity(cell);
  return Number(decimalComma ? text.replace(',', '.') : text);
}

/** Removes the signs between the digits of the whole part, also one at its end, as pandas does. */
export function withoutGroups(cell: string, thousands: string): string {
  const begin = /^\s*[+-]?\d/.exec(cell)?.[0];
  if (begin === undefined || !cell.includes(thousands)) return cell;
  let digits = begin;
  let at = begin.length;
  for (; at < cell.length; at++) {
    const char = cell[at]!;
    if (char === thousands) continue;
    if (char < '0' || char > '9') break;
    digits += char;
  }
  const rest = cell.slice(at);
  // pandas accepts doubled signs in whole numbers only.
  const isDoubled = rest.trim() !== '' && cell.slice(0, at).includes(thousands + thousands);
  return isDoubled ? cell : digits + rest;
}

/** Whether a cell's number has no point or exponent and is exact as a double. */
export function isWhole(cell: string, value: number): boolean {
  return WHOLE.test(cell) && Number.isSafeInteger(value);
}

/** Whether a cell's number has no point or exponent and is too large to be exact as a double. */
export function isLarge(cell: string, value: number): boolean {
  return WHOLE.test(cell) && !Number.isSafeInteger(value);
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
