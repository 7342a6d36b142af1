import type { IncomingMessage } from 'node:http';

/** What a caller would rather have (RFC 7240); whatever is not known here, or not written as it wants, is ignored. */
export interface Preferences {
  /** How long the answer may wait for MLflow, in milliseconds. */
  readonly waitMs?: number;
  /** The caller does not want to wait for MLflow, or no longer than `waitMs`. */
  readonly respondAsync: boolean;
}

/** How long an answer waits for MLflow, in milliseconds: as a rule, and at most when a client asks for it. */
export interface AnswerWait {
  readonly defaultMs: number;
  readonly maxMs: number;
}

/** A longer list is no preference that anybody wrote, and is ignored. */
const LIST_CHARS_MAX = 1_000;
/** `name`, `name=token` or `name="quoted"`, with or without parameters behind it; what is quoted may hold anything. */
const PREFERENCE =
  /^\s*(?<name>[!#$%&'*+\-.^_`|~\w]+)\s*(?:=\s*(?:(?<token>[!#$%&'*+\-.^_`|~\w]+)|"(?<quoted>(?:[^"\\]|\\.)*)"))?\s*(?:;.*)?$/s;
const SECONDS = /^\d{1,9}$/;

/** Reads all `Prefer` headers of a request as the one list that they are. */
export function readPreferences(request: IncomingMessage): Preferences {
  const list = (request.headersDistinct['prefer'] ?? []).join(',');
  const values = new Map<string, string>();
  for (const item of list.length > LIST_CHARS_MAX ? [] : splitOutsideQuotes(list)) {
    const { name, token, quoted } = PREFERENCE.exec(item)?.groups ?? {};
    // Of a preference that is given twice the first one counts (section 2).
    if (name !== undefined && !values.has(name.toLowerCase())) {
      values.set(name.toLowerCase(), token ?? quoted?.replaceAll(/\\(.)/gs, '$1') ?? '');
    }
  }
  const wait = values.get('wait') ?? '';
  return {
    ...(SECONDS.test(wait) && { waitMs: Number(wait) * 1000 }),
    // It takes no value; one that is given says nothing known.
    respondAsync: values.get('respond-async') === '',
  };
}

/** Text between commas, those in quoted strings apart. */
function splitOutsideQuotes(list: string): string[] {
  return list.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/gs) ?? [];
}

/**
 * How long an answer waits for MLflow, in milliseconds. `wait` is the caller's own word, up to what the service allows;
 * `respond-async` alone means not at all, and beside `wait` what happens after it (section 4.3).
 */
export function waitMsOf({ waitMs, respondAsync }: Preferences, { defaultMs, maxMs }: AnswerWait): number {
  if (waitMs !== undefined) return Math.min(waitMs, maxMs);
  return respondAsync ? 0 : defaultMs;
}

/** The `Preference-Applied` of an answer; undefined where no preference had a part in it. */
export function preferenceApplied(
  preferences: Preferences,
  applied: { readonly waitMs: number; readonly isPending: boolean },
): string | undefined {
  const words = [
    ...(preferences.respondAsync && applied.isPending ? ['respond-async'] : []),
    // Where the service allows less than was asked for, it says how much.
    ...(preferences.waitMs === undefined ? [] : [`wait=${Math.floor(applied.waitMs / 1000)}`]),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}
