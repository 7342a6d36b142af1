import type { FieldRow } from './table.ts';

/** A default that is one word, as the form would have it: "`lbfgs`". */
const ONE_WORD = /^`([^`<\s]+)`$/;

/**
 * The default as a form has it; undefined if the form has nothing, or if the default depends on the request or on a setting.
 */
export function defaultText(row: FieldRow): string | undefined {
  if (row.default === undefined) return undefined;
  return ONE_WORD.exec(row.defaultSays ?? `\`${row.default}\``)?.[1];
}
