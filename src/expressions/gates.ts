import type { Gate } from '../values/expression.ts';
import { checkCount } from './fault.ts';
import { parseExpression } from './parse.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a gate begins with that only warns. */
const WARN = /^\s*warn:/;

/**
 * Reads gates, each a condition such as `recall > 0.8 and not worse(roc_auc)`, with `warn:` before it if it only warns.
 * @throws FieldError as `parseExpression`; `too_many_expressions`
 */
export async function parseGates(
  texts: readonly string[],
  field: string,
  vocabulary: Vocabulary,
): Promise<Gate[]> {
  checkCount(field, texts);
  const gates: Gate[] = [];
  for (const text of texts) {
    const [prefix = ''] = WARN.exec(text) ?? [];
    const start = prefix.length;
    const expression = await parseExpression(text, { ...vocabulary, kind: 'boolean', field, start });
    gates.push({ expression, onlyWarns: start > 0 });
  }
  return gates;
}
