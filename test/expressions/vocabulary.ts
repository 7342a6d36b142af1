import { expect } from 'vitest';
import { FieldError } from '../../src/errors.ts';
import { parseExpression } from '../../src/expressions/parse.ts';
import type { NamedFunction, Vocabulary } from '../../src/expressions/vocabulary.ts';
import type { ExpressionKind } from '../../src/values/expression.ts';

const METRICS = ['tp', 'fp', 'tn', 'fn', 'n', 'recall', 'roc_auc', 'log_loss'];
const of = new Set([...METRICS, 'train.recall']);

export const VOCABULARY: Vocabulary = {
  names: new Set([...of, 'champion.logged.recall']),
  functions: new Map<string, NamedFunction>([
    ['low', { gives: 'number', of }],
    ['worse', { gives: 'boolean', of }],
  ]),
};

export const parse = <Kind extends ExpressionKind>(text: string, kind: Kind, vocabulary = VOCABULARY) =>
  parseExpression(text, { ...vocabulary, kind, field: 'gate' });

/** The error of a promise, which must be a FieldError. */
export async function refusal(promise: Promise<unknown>): Promise<FieldError> {
  const error = await promise.then(
    (value) => expect.unreachable(`accepted: ${JSON.stringify(value)}`),
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(FieldError);
  return error as FieldError;
}
