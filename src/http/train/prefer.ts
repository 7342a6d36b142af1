import type { IncomingHttpHeaders } from 'node:http';

/** What a client prefers (RFC 7240). Unknown and malformed preferences are ignored. */
export interface Preferences {
  /** How long the response may wait for MLflow, in milliseconds. */
  readonly waitMs?: number;
  /** Whether the client does not want to wait for MLflow, or not longer than `waitMs`. */
  readonly respondAsync: boolean;
}

/** How long a response waits for MLflow, in milliseconds: by default, and at most if the client asks for more. */
export interface AnswerWait {
  readonly defaultMs: number;
  readonly maxMs: number;
}

/** A longer list is ignored, because no honest client sends one. */
const LIST_CHARS_MAX = 1_000;
/** `name`, `name=token` or `name="quoted"`, with or without parameters after it. Any character may be quoted. */
const PREFERENCE =
  /^\s*(?<name>[!#$%&'*+\-.^_`|~\w]+)\s*(?:=\s*(?:(?<token>[!#$%&'*+\-.^_`|~\w]+)|"(?<quoted>(?:[^"\\]|\\.)*)"))?\s*(?:;.*)?$/s;
const SECONDS = /^\d{1,9}$/;

/** Reads all `Prefer` headers of a request; together they are one list. */
export function readPreferences({ prefer }: IncomingHttpHeaders): Preferences {
  const list = [prefer ?? []].flat().join(',');
  const values = new Map<string, string>();
  for (const item of list.length > LIST_CHARS_MAX ? [] : splitOutsideQuotes(list)) {
    const { name, token, quoted } = PREFERENCE.exec(item)?.groups ?? {};
    // If a preference is repeated, the first one counts (section 2).
    if (name !== undefined && !values.has(name.toLowerCase())) {
      values.set(name.toLowerCase(), token ?? quoted?.replaceAll(/\\(.)/gs, '$1') ?? '');
    }
  }
  const wait = values.get('wait') ?? '';
  return {
    ...(SECONDS.test(wait) && { waitMs: Number(wait) * 1000 }),
    // `respond-async` has no value. With a value, the preference is unknown.
    respondAsync: values.get('respond-async') === '',
  };
}

/** Splits a list at its commas, except those in quoted strings. */
function splitOutsideQuotes(list: string): string[] {
  return list.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/gs) ?? [];
}

/**
 * How long a response waits for MLflow, in milliseconds. `wait` is the client's wish, up to the service's maximum.
 * `respond-async` alone means 0 ms; together with `wait`, it says what happens after the wait (section 4.3).
 */
export function waitMsOf({ waitMs, respondAsync }: Preferences, { defaultMs, maxMs }: AnswerWait): number {
  if (waitMs !== undefined) return Math.min(waitMs, maxMs);
  return respondAsync ? 0 : defaultMs;
}

/** The `Preference-Applied` header of a response; undefined if no preference was applied. */
export function preferenceApplied(
  preferences: Preferences,
  applied: { readonly waitMs: number; readonly isPending: boolean },
): string | undefined {
  const words = [
    ...(preferences.respondAsync && applied.isPending ? ['respond-async'] : []),
    // The client learns how long the wait was if the service allows less than it asked for.
    ...(preferences.waitMs === undefined ? [] : [`wait=${Math.floor(applied.waitMs / 1000)}`]),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}
