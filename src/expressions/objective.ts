import { quote } from '../errors.ts';
import type { Objective } from '../values/expression.ts';
import { expressionError } from './fault.ts';
import { parseExpression } from './parse.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Metrics that are better if they are smaller: scikit-learn ends their names so, except for Brier's score.
 * Source: scikit-learn, user guide, "The scoring parameter".
 */
const MINIMISED = /(?:^|[._])(?:loss|error|deviance|entropy|brier(?:_score)?)$/;

const CALL = /^\s*(?:max|min)\s*\(/;
const NAME = /^[A-Za-z_][\w.]*$/;

/**
 * Reads `max(EXPRESSION)` or `min(EXPRESSION)`, with one expression in it.
 * @throws FieldError as `parseExpression`; `objective_expected` for any other expression
 */
export async function parseObjective(
  text: string,
  field: string,
  vocabulary: Vocabulary,
): Promise<Objective> {
  const whole = await parseExpression(text, { ...vocabulary, kind: 'number', field });
  const { op, args = [] } = { args: undefined, ...whole.tree };
  const [tree] = args;
  if (!CALL.test(text) || (op !== 'max' && op !== 'min') || args.length !== 1 || tree === undefined) {
    const what = 'an expression without max(...) or min(...) around it';
    const advice = 'say what is to be done with it, such as min(5*fn + fp)';
    throw expressionError('objective_expected', { field, text, start: 0 }, 0, what, advice);
  }
  return { text: whole.text, direction: op, expression: { ...whole, tree } };
}

/**
 * Reads the metric that chooses the best candidate: a metric's name, or an objective. A metric whose name ends in
 * loss, error, deviance, entropy or brier is minimised, and all others are maximised.
 * @throws FieldError as `parseObjective`; `objective_expected` for the bare name of a custom metric, because nobody
 *   knows its direction
 */
export async function parseSelect(text: string, field: string, vocabulary: Vocabulary): Promise<Objective> {
  const name = text.trim();
  if (vocabulary.metrics?.has(name)) {
    const source = { field, text, start: 0 };
    const what = `the custom metric ${quote(name)}`;
    const advice = `write min(${name}) or max(${name})`;
    throw expressionError('objective_expected', source, text.indexOf(name), what, advice);
  }
  if (!NAME.test(name)) return parseObjective(text, field, vocabulary);
  const expression = await parseExpression(text, { ...vocabulary, kind: 'number', field });
  return { text: name, direction: MINIMISED.test(name) ? 'min' : 'max', expression };
}
