import { FieldError, quote } from '../errors.ts';

/**
 * Rejects query parameters that the route does not read, so that the client notices a mistake.
 * @param advice what to do instead, if the route reads no query at all
 * @throws FieldError `unknown_parameter`
 */
export function refuseUnknownParameters(
  query: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
  advice = 'remove it',
): void {
  const field = Object.keys(query).find((name) => !allowed.includes(name));
  if (field === undefined) return;
  const says = allowed.length === 0 ? `this route reads no query: ${advice}` : `use ${allowed.join(', ')}`;
  throw new FieldError(
    'unknown_parameter',
    `Unknown parameter ${quote(field)} in the query string; ${says}.`,
    {
      field,
      allowed,
    },
  );
}
