import { codecOf } from '../python/encodings.ts';
import type { CsvSpec } from '../values/plan.ts';
import { type Encoding, encodingOf } from './encoding.ts';

/** How a file is written, as far as the client says it. The reader finds out the rest. */
export interface CsvOptions {
  readonly delimiter?: string;
  /** Whether any number of blanks and tabs is one delimiter. Blanks around a row do not count. */
  readonly joinsBlanks?: boolean;
  readonly decimalComma?: boolean;
  readonly thousands?: string;
  /** More texts that mean missing. */
  readonly naValues?: readonly string[];
  readonly encoding?: Encoding;
}

/** pandas' regular expression for any number of blanks. */
const BLANKS = '\\s+';
/** A sign that a regular expression must escape, or a character by its number. */
const ESCAPED = /^\\(?:x([0-9a-f]{2})|(.))$/is;
const ESCAPES: Readonly<Record<string, string>> = { t: '\t' };

/** Returns the options, or undefined if the client leaves everything to the reader. */
export function csvOptionsOf(spec: CsvSpec): CsvOptions | undefined {
  const { sep, decimal, thousands, naValues = [], encoding } = spec;
  const codec = encoding === undefined ? undefined : codecOf(encoding);
  const signs = decimal ?? (thousands === undefined ? undefined : decimalBeside(thousands));
  const options: CsvOptions = {
    ...(sep !== undefined && delimiterOf(sep)),
    ...(signs !== undefined && { decimalComma: signs === ',' }),
    ...(thousands !== undefined && { thousands }),
    ...(naValues.length > 0 && { naValues }),
    ...(codec !== undefined && { encoding: encodingOf(codec) }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

function delimiterOf(sep: string): Pick<CsvOptions, 'delimiter' | 'joinsBlanks'> {
  if (sep === BLANKS) return { delimiter: ' ', joinsBlanks: true };
  const [, code, char] = ESCAPED.exec(sep) ?? [];
  if (code !== undefined) return { delimiter: String.fromCharCode(Number.parseInt(code, 16)) };
  return { delimiter: char === undefined ? sep : (ESCAPES[char] ?? char) };
}

/** The decimal sign of numbers with these groups, if the sign decides it: a sign has one meaning only. */
function decimalBeside(thousands: string): ',' | '.' | undefined {
  if (thousands === ',') return '.';
  return thousands === '.' ? ',' : undefined;
}
