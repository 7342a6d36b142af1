/** What an error answer of MLflow, or of a proxy before it, says. */
export interface ErrorBody {
  /** MLflow's own code, `RESOURCE_DOES_NOT_EXIST`; undefined where it gave none. */
  readonly errorCode: string | undefined;
  /** Whole text of the message, as long as it came. */
  readonly message: string;
}

/** What of MLflow's message is worth showing: its first line, for below it come SQL and stack traces. */
const SHOWN_CHARS_MAX = 300;

/**
 * Reads the forms in which errors come: `{error_code, message}` (MLflow), `{detail}` (FastAPI), plain text, and
 * HTML (Flask, proxies), of which the title counts.
 */
export function parseErrorBody(text: string): ErrorBody {
  const json = parseObject(text);
  if (json === undefined) return { errorCode: undefined, message: htmlTitle(text) ?? text };
  const { error_code: errorCode, message, detail } = json;
  const said = message ?? detail;
  return {
    errorCode: typeof errorCode === 'string' ? errorCode : undefined,
    message: typeof said === 'string' ? said : (JSON.stringify(said) ?? ''),
  };
}

/** The message as it may stand in a sentence: one line, no control characters, bounded, without its full stop. */
export function shownMessage(message: string): string {
  const line = message
    .trim()
    .split('\n', 1)[0]!
    .replaceAll(/\p{Cc}+/gu, ' ');
  const bounded = line.length > SHOWN_CHARS_MAX ? `${line.slice(0, SHOWN_CHARS_MAX)}…` : line;
  return bounded.trim().replace(/\.$/, '');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function htmlTitle(text: string): string | undefined {
  if (!/^\s*<(!doctype|html)/i.test(text)) return undefined;
  return /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? 'an HTML page';
}
