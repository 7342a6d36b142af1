import { quote } from '../errors.ts';
import { DEPTH_MAX, expressionError, type Source } from './fault.ts';

/** A number or a name, in the order of the text; the leaves of the tree come in the same order. */
export interface Operand {
  readonly text: string;
  /** Index in the field's text. */
  readonly at: number;
}

/**
 * The tokens of an expression, which are a part of mathjs' syntax. Texts, arrays, objects, units, assignments and
 * several statements need characters that are not here, so mathjs never sees them.
 */
const TOKEN =
  /(?<blank>\s+)|(?<number>(?:\d+(?:\.(?![*/^])\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?<wrong><<|>>>?|\?\?|\.[*/^])|(?<operator>[=!<>]=|[-+*/^<>?:(),])|(?<other>.)/suy;

const LOGIC: readonly string[] = ['and', 'or', 'not'];
/** Operators of mathjs by name, which are not accepted here. */
const OTHER_OPERATORS: readonly string[] = ['mod', 'to', 'in', 'xor'];
/** Names that a metric must not have, because they mean something else in mathjs. */
export const RESERVED_WORDS: readonly string[] = [
  ...LOGIC,
  ...OTHER_OPERATORS,
  'true',
  'false',
  'null',
  'undefined',
  'NaN',
  'Infinity',
];
const OPERATORS = 'the operators + - * / ^ == != < <= > >= and or not ?: and parentheses';
/** What to write instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  '=': 'use == to compare',
  '&': 'write and',
  '|': 'write or',
  '!': 'write not (...)',
  '"': 'write names without quotes',
  "'": 'write names without quotes',
};

type Token = Operand & { readonly kind: string };

/**
 * Checks the tokens of an expression.
 * @returns its numbers and names in order
 * @throws FieldError `invalid_expression` if a token is not accepted, or if an operator is missing
 */
export function operandsOf(source: Source): Operand[] {
  const tokens = tokensOf(source);
  if (tokens.length === 0) {
    throw expressionError(
      'invalid_expression',
      source,
      source.start,
      'no expression',
      'write one, such as 5*fn + fp',
    );
  }
  let depth = 0;
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    if (before !== undefined && lacksOperator(before, token)) {
      const what = `${quote(token.text)} without an operator before it`;
      throw expressionError(
        'invalid_expression',
        source,
        token.at,
        what,
        'write one, such as * for a product',
      );
    }
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth > DEPTH_MAX) {
      const what = `more than ${DEPTH_MAX} parentheses within each other`;
      throw expressionError('expression_too_long', source, token.at, what, 'write a flatter expression');
    }
  });
  return tokens.filter(({ kind }) => kind === 'number' || kind === 'name');
}

function tokensOf(source: Source): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = source.start;
  while (TOKEN.lastIndex < source.text.length) {
    const at = TOKEN.lastIndex;
    const { 0: text, groups } = TOKEN.exec(source.text)!;
    const [kind] = Object.entries(groups!).find(([, value]) => value !== undefined)!;
    if (kind === 'blank') continue;
    if (kind === 'wrong' || kind === 'other' || OTHER_OPERATORS.includes(text)) {
      const instead = INSTEAD[text] ?? `use numbers, names, functions, ${OPERATORS}`;
      throw expressionError('invalid_expression', source, at, quote(text), instead);
    }
    tokens.push({ kind: LOGIC.includes(text) ? 'operator' : kind, text, at });
  }
  return tokens;
}

/** `2 fn`, `2(fn)`, `(a) b`; a name before a parenthesis calls a function. mathjs would multiply. */
function lacksOperator(before: Token, token: Token): boolean {
  const ends = before.kind !== 'operator' || before.text === ')';
  const begins = token.kind !== 'operator' || token.text === '(' || token.text === 'not';
  const calls = before.kind === 'name' && token.text === '(';
  return ends && begins && !calls;
}
