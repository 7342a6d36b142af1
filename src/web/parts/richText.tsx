import type { ComponentChildren } from 'preact';

/** A sentence of the table of fields: its Markdown has code, and links whose text is enough. */
export function richText(markdown: string): ComponentChildren {
  return withoutLinks(markdown)
    .split('`')
    .map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part));
}

/** The same as plain text. */
export function plainText(markdown: string): string {
  return withoutLinks(markdown).replaceAll('`', '');
}

/** A longer sentence ends at its colon, if it has one. */
const LONG = 120;

/** The first sentence, and the rest. A full stop inside of code ends no sentence. */
export function firstSentence(markdown: string): readonly [first: string, rest: string] {
  const [sentence] = /^(?:`[^`]*`|[^`])*?\.(?= |$)/.exec(markdown) ?? [markdown];
  const colon = sentence.indexOf(': ');
  const first = sentence.length > LONG && colon > 0 ? sentence.slice(0, colon) : sentence;
  const rest = markdown.slice(first.length).replace(/^:? /, '');
  return [first.endsWith('.') ? first : `${first}.`, rest];
}

function withoutLinks(markdown: string): string {
  return markdown.replaceAll(/: \[([^\]]*)\]\([^)]*\)/g, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
