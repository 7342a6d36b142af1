/**
 * Texts as Python's `repr` writes them. MLflow stores params as text, and people compare them with their Python runs.
 */

/** Decimal exponents beyond which `repr(float)` writes an exponent (CPython's float_repr_style `short`). */
const EXPONENT_MIN = -4;
const EXPONENT_MAX = 16;

/**
 * Returns `repr` of a float: `1.0`, `1e-05`, `1e+16`, `nan`, `-inf`. Both languages write the shortest digits that
 * read back as the same double.
 */
export function pyFloatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponentText] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < EXPONENT_MIN || exponent >= EXPONENT_MAX) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  return sign + placePoint(mantissa.replace('.', ''), exponent);
}

/** Inserts the point after the digit of weight 10^0, with at least one digit on both sides. */
function placePoint(digits: string, exponent: number): string {
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const part = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  return `${whole}.${part || '0'}`;
}

/**
 * Returns `repr` of a text: in single quotes, unless it contains single quotes and no double quotes.
 * Characters that do not print (Unicode's categories Other and Separator, except the space) are written as code
 * points.
 */
export function pyStringRepr(text: string): string {
  const delimiter = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(delimiter, `\\${delimiter}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/(?! )[\p{C}\p{Z}]/gu, escapedCodePoint);
  return delimiter + escaped + delimiter;
}

/** Returns `\x7f`, `\u2028` or `\U000e0001`, in the shortest form that fits. */
function escapedCodePoint(character: string): string {
  const digits = character.codePointAt(0)!.toString(16);
  if (digits.length <= 2) return `\\x${digits.padStart(2, '0')}`;
  return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

/** A line with its end, as `str.splitlines` splits lines. */
const LINES = /[^\n\r\v\f\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x85\u2028\u2029])|.+/g;

/**
 * Returns `repr` of a text in pieces, as pprint breaks a text that does not fit on its line: after line ends and
 * blanks.
 * @param width characters that fit on a line
 * @param allowance characters that follow the last piece on its line
 */
export function pyStringPieces(text: string, width: number, allowance: number): string[] {
  const lines = text.match(LINES) ?? [''];
  return lines.flatMap((line, index) => {
    const reserved = index === lines.length - 1 ? allowance : 0;
    const whole = pyStringRepr(line);
    return charCount(whole) <= width - reserved ? [whole] : wordPieces(line, width, reserved);
  });
}

function wordPieces(line: string, width: number, reserved: number): string[] {
  const words = line.match(/\S*\s+|\S+/g) ?? [];
  const pieces: string[] = [];
  let current = '';
  for (const [index, word] of words.entries()) {
    const room = width - (index === words.length - 1 ? reserved : 0);
    if (charCount(pyStringRepr(current + word)) <= room) {
      current += word;
      continue;
    }
    if (current !== '') pieces.push(pyStringRepr(current));
    current = word;
  }
  return [...pieces, pyStringRepr(current)];
}

/** Counts characters like Python, not UTF-16 units. */
export function charCount(text: string): number {
  return [...text].length;
}

export function pyBoolRepr(value: boolean): string {
  return value ? 'True' : 'False';
}
