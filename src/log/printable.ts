/**
 * Characters that a terminal obeys or a reader does not see: control characters (C0, DEL, C1) except tab and line end,
 * line and paragraph separators, marks that turn the direction of text, and the byte order mark.
 */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Writes each of these characters as JSON does, `\u001b`. A line of JSON keeps its meaning. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a line of JSON that is parsed before people see it: the escapes in its texts stay visible. */
export function printableInside(line: string): string {
  return printable(line).replace(ESCAPE, (whole, kind: string) => (SHOWN.test(kind) ? whole : `\\${whole}`));
}

/** An escape of JSON. Matched one after the other, so that an escaped backslash begins no second escape. */
const ESCAPE = /\\(u[0-9a-f]{4}|.)/g;
/** Escapes of characters that may be shown as they are: quotes, backslashes, slashes, tabs and line ends. */
const SHOWN = /^["\\/nt]$/;
