/**
 * What a terminal obeys, or a reader does not see: control characters but tab and line end (C0, DEL, C1), line and
 * paragraph separators, the marks that turn the direction of text, the byte order mark.
 */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** The text with each of these as JSON writes it, `\u001b`; a line of JSON stays one, and says the same. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a line of JSON that is unfolded before it is shown: its texts keep their escapes as text. */
export function printableInside(line: string): string {
  return printable(line).replace(ESCAPE, (whole, kind: string) => (SHOWN.test(kind) ? whole : `\\${whole}`));
}

/** An escape of JSON, taken in turn, so that a backslash that stands for itself begins none. */
const ESCAPE = /\\(u[0-9a-f]{4}|.)/g;
/** Escapes of what may be shown as it is: quotes, backslashes, slashes, tabs and line ends. */
const SHOWN = /^["\\/nt]$/;
