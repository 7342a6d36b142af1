import { charCount, pyStringPieces, pyStringRepr } from './repr.ts';

/**
 * A value for `pyRepr`: scikit-learn's estimators and lists of them. MLflow stores their `repr` as params.
 * Source: scikit-learn 1.9, sklearn/utils/_pprint.py and BaseEstimator.__repr__, on CPython's pprint.
 */
export type PyRepr = string | PyText | PyEstimator | PySequence;

/** A text that is broken into pieces if it does not fit on a line. */
interface PyText {
  readonly text: string;
}

/** A class and its arguments that differ from the defaults, in order. */
interface PyEstimator {
  readonly className: string;
  readonly args: readonly PyArg[];
}

interface PyArg {
  readonly name: string;
  readonly value: PyRepr;
}

/** A list or a tuple. */
export interface PySequence {
  readonly brackets: '[]' | '()';
  readonly items: readonly PyRepr[];
}

const LINE_CHARS_MAX = 80;
/** Most items of a sequence, or arguments, that are printed over several lines. The rest is replaced by `...`. */
const ITEMS_MAX = 30;
/** Most characters of an estimator, without blanks. The middle of a longer text is left out. */
const CHARS_MAX = 700;

export const pyList = (items: readonly PyRepr[]): PySequence => ({ brackets: '[]', items });
export const pyTuple = (...items: readonly PyRepr[]): PySequence => ({ brackets: '()', items });

/**
 * Returns Python's `repr`, to the character. An estimator has lines of at most 80 characters and is shortened, a
 * sequence is on one line.
 */
export function pyRepr(value: PyRepr): string {
  if (typeof value === 'string') return value;
  if ('text' in value) return pyStringRepr(value.text);
  if ('items' in value) return `${open(value)}${value.items.map(pyRepr).join(', ')}${close(value)}`;
  return shortened(pretty(value, 0, 0));
}

/** Returns the value on one line of any length. */
function oneLine(value: PyRepr): string {
  if (typeof value === 'string') return value;
  if ('text' in value) return pyStringRepr(value.text);
  if ('items' in value) return `${open(value)}${value.items.map(oneLine).join(', ')}${close(value)}`;
  return `${value.className}(${value.args.map((arg) => `${arg.name}=${oneLine(arg.value)}`).join(', ')})`;
}

/**
 * Returns the value on one line if it fits, else broken into lines after its commas.
 * @param indent characters before it on its line
 * @param allowance characters that follow it on its last line
 */
function pretty(value: PyRepr, indent: number, allowance: number): string {
  const line = oneLine(value);
  if (typeof value === 'string' || charCount(line) <= LINE_CHARS_MAX - indent - allowance) return line;
  if ('text' in value) {
    return pyStringPieces(value.text, LINE_CHARS_MAX - indent, allowance).join(`\n${' '.repeat(indent)}`);
  }
  if ('items' in value) {
    const items = value.items.map((item) => ({ name: '', value: item }));
    return open(value) + prettyItems(items, indent, allowance + close(value).length) + close(value);
  }
  const { className, args } = value;
  return `${className}(${prettyItems(args, indent + className.length, allowance + 1)})`;
}

/** Puts as many items on a line as fit. Breaks an item that does not fit on a line. */
function prettyItems(items: readonly PyArg[], indent: number, allowance: number): string {
  const start = indent + 1;
  const lineBreak = `,\n${' '.repeat(start)}`;
  let text = '';
  let separator = '';
  let widthMax = LINE_CHARS_MAX - start + 1;
  let width = widthMax;
  for (const [index, { name, value }] of items.entries()) {
    if (index === ITEMS_MAX) return `${text}, ...`;
    const isLast = index === items.length - 1;
    if (isLast) {
      widthMax -= allowance;
      width -= allowance;
    }
    const prefix = name === '' ? '' : `${name}=`;
    const line = prefix + oneLine(value);
    const needed = charCount(line) + 2;
    if (width < needed) {
      width = widthMax;
      if (separator !== '') separator = lineBreak;
    }
    if (width >= needed) {
      width -= needed;
      text += separator + line;
      separator = ', ';
    } else {
      text += separator + prefix + pretty(value, start + prefix.length, isLast ? allowance : 1);
      separator = lineBreak;
    }
  }
  return text;
}

/** Leaves out the middle of a text that is too long. The second part begins on a new line if possible. */
function shortened(text: string): string {
  const characters = [...text];
  const visible = [...characters.keys()].filter((index) => /\S/.test(characters[index]!));
  if (visible.length <= CHARS_MAX) return text;
  const left = visible[CHARS_MAX / 2 - 1]! + 1;
  let right = visible.at(-CHARS_MAX / 2)!;
  const broken = characters.slice(left, right).lastIndexOf('\n');
  if (broken >= 0) right = left + broken;
  if (left + 3 >= right) return text;
  return `${characters.slice(0, left).join('')}...${characters.slice(right).join('')}`;
}

function open({ brackets }: PySequence): string {
  return brackets.charAt(0);
}

function close({ brackets, items }: PySequence): string {
  return brackets === '()' && items.length === 1 ? ',)' : brackets.charAt(1);
}
