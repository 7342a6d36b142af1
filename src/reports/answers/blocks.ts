/** The parts of a page, before it is Markdown or HTML. A text goes in as text: each form escapes it in its own way. */

/** A text stands as it is; `code` is a name or value that a client chose; `link` leads to an address. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly text: string; readonly link: string };

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly lines: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly Line[])[];
      /** Columns of text; the others are numbers, which end at the right. The first column is text. */
      readonly text?: readonly number[];
    }
  | { readonly kind: 'code'; readonly language: 'sh' | 'mermaid'; readonly text: string }
  | { readonly kind: 'details'; readonly title: string; readonly blocks: readonly Block[] };

/** Characters of one name or value. Longer ones are cut in their middle, because names often differ at their ends only. */
const CODE_CHARS_MAX = 100;
/** Characters of one message. */
const TEXT_CHARS_MAX = 600;

export const short = (text: string): string => shortened(text, CODE_CHARS_MAX);
export const code = (text: string): Inline => ({ code: short(text) });
export const prose = (text: string): Inline => shortened(text, TEXT_CHARS_MAX);
export const paragraph = (...line: Line): Block => ({ kind: 'paragraph', line });

function shortened(text: string, max: number): string {
  const characters = [...text];
  if (characters.length <= max) return text;
  const half = Math.floor(max / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}

/** Signs that end a line, turn its direction, or are not for printing. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A text that UTF-8 can encode: a surrogate that stands alone is replaced. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

/** A text on one line, with a blank for each sign that is not for printing. */
export function printable(text: string): string {
  return wellFormed(text).replaceAll(UNPRINTABLE, ' ');
}
