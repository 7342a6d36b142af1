import { FieldError, quote } from '../errors.ts';
import type { CustomMetric } from '../values/expression.ts';
import { checkCount, checkLength } from './fault.ts';
import { parseExpression } from './parse.ts';
import { RESERVED_WORDS } from './tokens.ts';
import { FUNCTIONS, type Vocabulary } from './vocabulary.ts';

/** Most characters of a name. MLflow accepts 250, with the prefixes of its own. */
const NAME_CHARS_MAX = 100;
const NAME = new RegExp(`^[A-Za-z]\\w{0,${NAME_CHARS_MAX - 1}}$`);

/**
 * Reads custom metrics, each as `name = expression`.
 * @param vocabulary names and functions of the expressions, which a metric's name must differ from
 * @throws FieldError as `parseExpression`; `too_many_expressions`; `invalid_metric` if a text has no name, or if its
 *   name is taken or has other characters than letters, digits and _; `repeated_metric` if two have one name
 */
export async function parseMetrics(
  texts: readonly string[],
  field: string,
  vocabulary: Vocabulary,
): Promise<CustomMetric[]> {
  checkCount(field, texts);
  const metrics = new Map<string, CustomMetric>();
  for (const text of texts) {
    checkLength(field, text);
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(equals, 0)).trim();
    const start = equals + 1;
    if (!NAME.test(name) || text[start] === '=') {
      throw new FieldError(
        'invalid_metric',
        `${field} is ${quote(text)}, but it must be name = expression, with a name of letters, digits and _.`,
        { field, value: text, position: 1 },
      );
    }
    checkName(name, text, field, vocabulary);
    if (metrics.has(name)) {
      throw new FieldError(
        'repeated_metric',
        `${field} defines ${quote(name)} twice: rename one of the two.`,
        { field, value: text, position: text.indexOf(name) + 1 },
      );
    }
    const expression = await parseExpression(text, { ...vocabulary, kind: 'number', field, start });
    metrics.set(name, { name, expression });
  }
  return [...metrics.values()];
}

/** A part of a known name is taken as well: `train` because of `train.recall`. */
function checkName(name: string, text: string, field: string, { names, functions }: Vocabulary): void {
  const isTaken =
    FUNCTIONS.includes(name) ||
    RESERVED_WORDS.includes(name) ||
    functions?.has(name) === true ||
    [...names].some((known) => known === name || known.startsWith(`${name}.`));
  if (!isTaken) return;
  throw new FieldError(
    'invalid_metric',
    `${field} defines ${quote(name)}, which has a meaning already: give the metric another name.`,
    { field, value: text, position: text.indexOf(name) + 1 },
  );
}
