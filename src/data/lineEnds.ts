/** What ends the rows of a file. */
export type Newline = 'lf' | 'crlf' | 'cr' | 'mixed';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Makes every line end LF: CRLF and a lone CR end a row too, as in pandas, also where a file mixes them. Inside
 * quotes they are the cell's own and stay.
 * @param text begins where a row begins
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

/** What ends the rows of `text`; `lf` where nothing does. */
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

/** Visits the line ends outside of quotes; a quote opens where a cell begins and nowhere else. */
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

/** Where the text goes on behind the quotes that open at `open`; its end where they never close. */
function behindQuotes(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
  }
  return text.length;
}
