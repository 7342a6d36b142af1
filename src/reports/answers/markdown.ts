import { type Block, type Inline, type Line, printable, wellFormed } from './blocks.ts';

/** A comment at GitHub takes 65,536 characters; an action adds some of its own. */
const CHARS_MAX = 60_000;
/** What the sentence about parts that are left out may take. */
const LEFT_OUT_CHARS = 200;

/**
 * Writes Markdown as GitHub and GitLab read it. Parts that would make it too long for a comment are left out and counted.
 * @param marker the first line, which nobody sees
 */
export function markdown(marker: string, blocks: readonly Block[]): string {
  const parts = [marker];
  let left = CHARS_MAX - LEFT_OUT_CHARS - marker.length;
  let leftOut = 0;
  for (const block of blocks) {
    const part = written(block);
    if (part.length + 2 > left) leftOut++;
    else {
      left -= part.length + 2;
      parts.push(part);
    }
  }
  if (leftOut > 0) {
    parts.push(
      `${leftOut} more ${leftOut === 1 ? 'part is' : 'parts are'} too long for a comment. The run in MLflow has everything.`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** The hidden line by which a later comment finds an earlier one. Its names are written as in an address, so nothing ends it early. */
export function markerOf(...names: readonly string[]): string {
  const written = names.map((name) => encodeURIComponent(wellFormed(name)));
  return `<!-- ${['trainpost', ...written].join(':')} -->`;
}

function written(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `### ${lineText(block.line)}`;
    case 'paragraph':
      return lineText(block.line);
    case 'list':
      return block.lines.map((line) => `- ${lineText(line)}`).join('\n');
    case 'table':
      return tableText(block);
    case 'code':
      return fenced(block);
    case 'details':
      return [`<details><summary>${block.title}</summary>`, ...block.blocks.map(written), '</details>'].join(
        '\n\n',
      );
  }
}

function tableText({ head, rows, text = [] }: Extract<Block, { kind: 'table' }>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 || text.includes(i) ? '---' : '---:'));
  return [
    line(head.map(escaped)),
    line(rule),
    ...rows.map((cells) => line(cells.map((cell) => lineText(cell, true)))),
  ].join('\n');
}

/** A fence that is longer than any in the text. Lines of a text keep their ends. */
function fenced({ language, text }: Extract<Block, { kind: 'code' }>): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  const lines = text.split('\n').map(printable);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

function lineText(line: Line, isCell = false): string {
  const text = line
    .map((part) => inlineText(part, isCell))
    .join('')
    .trim();
  return isCell ? text : text.replace(BLOCK_START, (found) => `${found.slice(0, -1)}\\${found.slice(-1)}`);
}

function inlineText(part: Inline, isCell: boolean): string {
  if (typeof part === 'string') return escaped(part);
  if ('strong' in part) return `**${escaped(part.strong)}**`;
  if ('code' in part) return codeText(part.code, isCell);
  const address = addressOf(part.link);
  return address === undefined ? escaped(part.text) : `[${escaped(part.text)}](<${address}>)`;
}

/** Code between backticks means nothing to Markdown, and links to nobody. */
function codeText(text: string, isCell: boolean): string {
  const plain = printable(text);
  if (plain.trim() === '') return plain === '' ? '(empty)' : '(blank)';
  // A cell ends at a bar, also within backticks, and a backslash before the bar would be shown there.
  if (isCell && plain.includes('|')) return escaped(plain);
  const runs = plain.match(/`+/g) ?? [];
  let length = 1;
  while (runs.some((run) => run.length === length)) length++;
  const marks = '`'.repeat(length);
  const isAtEdge = /^[` ]|[` ]$/.test(plain);
  return isAtEdge ? `${marks} ${plain} ${marks}` : `${marks}${plain}${marks}`;
}

/** An address that a browser may follow; undefined for any other. */
export function addressOf(link: string): string | undefined {
  if (!/^https?:\/\//i.test(link) || !URL.canParse(link)) return undefined;
  return new URL(link).href.replaceAll(/[<>\\`|\s]/g, encodeURIComponent);
}

/** An underscore within a word means nothing. */
const MARKS = /[\\`*[\]<>|~$&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** Signs with which GitHub and GitLab name a person, an issue, a label and more, and addresses that they make links of. */
const NAMING = /[@#!~%^$&](?=[\p{L}\p{N}_"'{[-])|:(?=[a-z+-][\w+-]*:)/giu;
const WEB = /\b(www)\.|:\/\//gi;
/** A list or a heading, if a line begins with it. */
const BLOCK_START = /^(?:[-+#]|\d+[.)](?=\s|$))/;
/** Takes no room, and ends what stands before it. */
const JOINER = '\u2060';

/** A text that is nothing but text: Markdown has no mark in it, and nobody is named by it. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll(NAMING, `$&${JOINER}`)
    .replaceAll(MARKS, '\\$&')
    .replaceAll(WEB, (found) => (found.startsWith(':') ? '\\://' : `${found.slice(0, 3)}\\.`));
}
