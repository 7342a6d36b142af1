import { charCount, pyStringPieces, pyStringRepr } from './repr.ts';

/**
 * `repr` of scikit-learn's estimators and of lists that hold them, to the character: MLflow keeps them as params.
 * Source: scikit-learn 1.9, sklearn/utils/_pprint.py and BaseEstimator.__repr__, on CPython's pprint.
 */
export type PyRepr = string | PyText | PyEstimator | PySequence;

/** A text that is broken where it fits on no line. */
interface PyText {
  readonly text: string;
}

/** A class and the arguments that are not the defaults, by name in order. */
interface PyEstimator {
  readonly className: string;
  readonly args: readonly PyArg[];
}

interface PyArg {
  readonly name: string;
  readonly value: PyRepr;
}

/** A list or a tuple. Whatever else there is stands as its `repr`. */
export interface PySequence {
  readonly brackets: '[]' | '()';
  readonly items: readonly PyRepr[];
}

const LINE_CHARS_MAX = 80;
/** Items of a sequence, and arguments, beyond these are left out where they do not fit on one line. */
const ITEMS_MAX = 30;
/** Characters that are not blank, of an estimator; beyond these its middle is left out. */
const CHARS_MAX = 700;

export const pyList = (items: readonly PyRepr[]): PySequence => ({ brackets: '[]', items });
export const pyTuple = (...items: readonly PyRepr[]): PySequence => ({ brackets: '()', items });

/** As `repr` writes it: an estimator in lines of at most 80 characters and not too long, a sequence in one line. */
export function pyRepr(value: PyRepr): string {
  if (typeof value === 'string') return value;
  if ('text' in value) return pyStringRepr(value.text);
  if ('items' in value) return `${open(value)}${value.items.map(pyRepr).join(', ')}${close(value)}`;
  return shortened(pretty(value, 0, 0));
}

/** The value in one line, however long. */
function oneLine(value: PyRepr): string {
  if (typeof value === 'string') return value;
  if ('text' in value) return pyStringRepr(value.text);
  if ('items' in value) return `${open(value)}${value.items.map(oneLine).join(', ')}${close(value)}`;
  return `${value.className}(${value.args.map((arg) => `${arg.name}=${oneLine(arg.value)}`).join(', ')})`;
}

/**
 * The value in one line if it fits, else broken into lines after its commas.
 * @param indent characters before it on its line
 * @param allowance characters that will follow it on its last line
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

/** As many on a line as fit; one that fits on no line is broken itself. */
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

/** Leaves out the middle of what is too long; what follows begins on a line of its own where it can. */
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
