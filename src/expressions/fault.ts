import { FieldError } from '../errors.ts';
import type { ErrorDetails } from '../values/errorData.ts';

/** Most characters of an expression's text, and of the custom metric's name before it. */
const CHARS_MAX = 500;
/** Most nodes of an expression's tree. A custom metric counts with all its nodes each time that it is used. */
export const NODES_MAX = 200;
/** Most parentheses within each other: mathjs' parser calls itself about 20 times for each. */
export const DEPTH_MAX = 50;
/** Most expressions of one field. */
const EXPRESSIONS_MAX = 20;

/** An expression, and the place of its text in a form. */
export interface Source {
  readonly field: string;
  /** The field's whole text. */
  readonly text: string;
  /** Index at which the expression begins. */
  readonly start: number;
}

/**
 * Describes a fault in an expression: "<field> has <what> at character <n>: <advice>."
 * @param at index of the fault in the field's text
 */
export function expressionError(
  code: string,
  { field, text }: Source,
  at: number,
  what: string,
  advice: string,
  details: ErrorDetails = {},
): FieldError {
  const position = at + 1;
  const message = `${field} has ${what} at character ${position}: ${advice}.`;
  return new FieldError(code, message, { field, value: text, position, ...details });
}

/** @throws FieldError `too_many_expressions` */
export function checkCount(field: string, texts: readonly string[]): void {
  if (texts.length <= EXPRESSIONS_MAX) return;
  throw new FieldError(
    'too_many_expressions',
    `${field} has ${texts.length} expressions, but at most ${EXPRESSIONS_MAX} are accepted: leave some out.`,
    { field, limit: EXPRESSIONS_MAX, actual: texts.length },
  );
}

/** @throws FieldError `expression_too_long` */
export function checkLength(field: string, text: string): void {
  if (text.length <= CHARS_MAX) return;
  throw new FieldError(
    'expression_too_long',
    `${field} has an expression of ${text.length} characters, but at most ${CHARS_MAX} are accepted: shorten it.`,
    { field, value: text.slice(0, CHARS_MAX), limit: CHARS_MAX, actual: text.length },
  );
}
