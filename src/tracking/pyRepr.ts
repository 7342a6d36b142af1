/** Texts as Python's `repr` writes them: MLflow keeps params as text, and people compare them with their own Python runs. */

/** From these decimal exponents on, `repr(float)` writes an exponent (CPython's float_repr_style `short`). */
const EXPONENT_MIN = -4;
const EXPONENT_MAX = 16;
/** scikit-learn prints an estimator in lines of at most so many characters (pprint's default). */
const LINE_CHARS_MAX = 80;

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

/** `repr` of a text: in single quotes, unless it has some itself and no double ones. */
export function pyStringRepr(text: string): string {
  const delimiter = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(delimiter, `\\${delimiter}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return delimiter + escaped + delimiter;
}

export function pyBoolRepr(value: boolean): string {
  return value ? 'True' : 'False';
}

/**
 * `repr` of a scikit-learn estimator: its class and the arguments that are not the defaults, broken into lines of
 * at most 80 characters under the first argument (`_EstimatorPrettyPrinter`, compact).
 */
export function pyEstimatorRepr(className: string, args: readonly string[]): string {
  const line = `${className}(${args.join(', ')})`;
  if (line.length <= LINE_CHARS_MAX) return line;
  const indent = className.length + 1;
  const lines: string[] = [];
  for (const [index, arg] of args.entries()) {
    // What follows the argument on its line: a comma, or the closing bracket.
    const open = lines.at(-1);
    const fits = open !== undefined && indent + open.length + 2 + arg.length + 1 <= LINE_CHARS_MAX;
    if (fits) lines[lines.length - 1] = `${open} ${arg}${index < args.length - 1 ? ',' : ''}`;
    else lines.push(`${arg}${index < args.length - 1 ? ',' : ''}`);
  }
  return `${className}(${lines.join(`\n${' '.repeat(indent)}`)})`;
}
