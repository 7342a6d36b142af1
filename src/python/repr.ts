/** Texts as Python's `repr` writes them: MLflow keeps params as text, and people compare them with their own Python runs. */

/** From these decimal exponents on, `repr(float)` writes an exponent (CPython's float_repr_style `short`). */
const EXPONENT_MIN = -4;
const EXPONENT_MAX = 16;

/** `repr` of a float: `1.0`, `1e-05`, `1e+16`, `nan`, `-inf`. Both languages write the shortest digits that read back the same. */
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

/** Digits with the point after the one of weight 10^0; there is always a digit on both sides of it. */
function placePoint(digits: string, exponent: number): string {
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const part = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  return `${whole}.${part || '0'}`;
}

/**
 * `repr` of a text: in single quotes, unless it has some itself and no double ones. What does not print (Unicode's
 * categories Other and Separator, but for the space) is written by its code point.
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

/** `\x7f`, `\u2028`, `\U000e0001`: as few digits of these as it takes. */
function escapedCodePoint(character: string): string {
  const digits = character.codePointAt(0)!.toString(16);
  if (digits.length <= 2) return `\\x${digits.padStart(2, '0')}`;
  return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

/** A line with its end, as `str.splitlines` parts them. */
const LINES = /[^\n\r\v\f\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x85\u2028\u2029])|.+/g;

/**
 * `repr` of a text in pieces, as pprint breaks one that does not fit on its line: after line ends, and after blanks.
 * @param width characters that fit on a line
 * @param allowance characters that will follow the last piece on its line
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

/** Python counts characters, not UTF-16 units. */
export function charCount(text: string): number {
  return [...text].length;
}

export function pyBoolRepr(value: boolean): string {
  return value ? 'True' : 'False';
}
