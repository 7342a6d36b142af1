import type { Expression, ExpressionKind, ExpressionTree } from '../values/expression.ts';
import { checkLength, expressionError, type Source } from './fault.ts';
import { loadParser, type Parse } from './mathjsParser.ts';
import { operandsOf } from './tokens.ts';
import { TreeChecker } from './tree.ts';
import type { Vocabulary } from './vocabulary.ts';

const AT_END = 'close each parenthesis, and end with a value';
const BEFORE_END = 'write one operator between two values, and close each parenthesis';

/** How an expression is to be read. */
export interface ParseOptions<Kind extends ExpressionKind> extends Vocabulary {
  /** The kind of value that the expression must give. */
  readonly kind: Kind;
  /** The form field that an error names. */
  readonly field: string;
  /** Index in the text at which the expression begins. Default: 0. */
  readonly start?: number;
}

/**
 * Reads an expression of mathjs that a client sent. Accepted are finite numbers, the names and functions of the
 * options, `+ - * / ^`, comparisons (also `0 < x < 1`), `and`, `or`, `not`, `condition ? a : b`, parentheses, and the
 * functions `min`, `max`, `abs`, `sqrt`, `log`, `exp` and `round`. mathjs parses the text and evaluates nothing.
 *
 * @param text at most 500 characters
 * @throws FieldError `expression_too_long`, `invalid_expression`, `unknown_name`, `unknown_function`,
 *   `number_expected` or `condition_expected`, with the fault's `position` in the text
 */
export async function parseExpression<Kind extends ExpressionKind>(
  text: string,
  { kind, field, start = 0, ...vocabulary }: ParseOptions<Kind>,
): Promise<Expression<Kind>> {
  checkLength(field, text);
  const source = { field, text, start };
  const operands = operandsOf(source);
  const node = parsed(await loadParser(), source);
  const tree = new TreeChecker(source, operands, vocabulary).check(node, kind);
  return { text: text.slice(start).trim(), kind, symbols: symbolsOf(tree), tree };
}

/** mathjs counts from the expression's beginning. A line break is a blank here, and would be a statement's end there. */
function parsed(parse: Parse, source: Source) {
  const text = source.text.slice(source.start).replaceAll(/\s/g, ' ');
  try {
    return parse(text);
  } catch (error) {
    const { char = 1 } = error as { readonly char?: number };
    const isAtEnd = char > text.trimEnd().length;
    const at = source.start + Math.min(char, text.length) - 1;
    const what = isAtEnd ? 'an unfinished expression' : 'something unexpected';
    throw expressionError('invalid_expression', source, at, what, isAtEnd ? AT_END : BEFORE_END);
  }
}

/** The symbols of a tree, each once, in the order of the text. */
function symbolsOf(tree: ExpressionTree): string[] {
  if (tree.op === 'symbol') return [tree.name];
  return 'args' in tree ? [...new Set(tree.args.flatMap(symbolsOf))] : [];
}
