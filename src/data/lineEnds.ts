/** Line ends of a file. */
export type Newline = 'lf' | 'crlf' | 'cr' | 'mixed';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Replaces every line end by LF. As in pandas, CRLF and a lone CR end a row too, even if a file mixes line ends.
 * Line ends inside quotes belong to the cell and stay.
 * @param text starts at the start of a row
 */
export function withLf(text: string, delimiter: string): string {
  if (!text.includes('\r')) return text;
  if (!text.includes('"')) return text.replace(/\r\n?/g, '\n');
  const rows: string[] = [];
  let from = 0;
  forEachLineEnd(text, delimiter, (at, length) => {
    rows.push(text.slice(from, at));
    from = at + length;
  });
  rows.push(text.slice(from));
  return rows.join('\n');
}

/** Returns the line ends of `text`, `lf` if there are none. */
export function newlineOf(text: string, delimiter: string): Newline {
  if (!text.includes('\r')) return 'lf';
  const kinds = new Set<Newline>();
  forEachLineEnd(text, delimiter, (at, length) => {
    if (length === 2) kinds.add('crlf');
    else kinds.add(text.charCodeAt(at) === LF ? 'lf' : 'cr');
  });
  if (kinds.size > 1) return 'mixed';
  return [...kinds][0] ?? 'lf';
}

/** Visits the line ends outside quotes. A quote opens only at the start of a cell. */
function forEachLineEnd(text: string, delimiter: string, visit: (at: number, length: 1 | 2) => void): void {
  const separator = delimiter.charCodeAt(0);
  let cellBegins = true;
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE && cellBegins) {
      at = behindQuotes(text, at);
      cellBegins = false;
    } else if (unit === LF || unit === CR) {
      const length = unit === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      visit(at, length);
      at += length;
      cellBegins = true;
    } else {
      cellBegins = unit === separator;
      at++;
    }
  }
}

/** Returns the index after the quotes that open at `open`, or the end of the text if they never close. */
function behindQuotes(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
  }
  return text.length;
}
