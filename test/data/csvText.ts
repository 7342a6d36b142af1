import { gzipSync } from 'node:zlib';
import type { Encoding } from '../../src/data/encoding.ts';

/** One format of a table. */
export interface Writing {
  readonly encoding: Encoding;
  readonly bom: boolean;
  readonly delimiter: string;
  /** Line ends in turn: one, or several for a file that mixes them. */
  readonly newlines: readonly string[];
  readonly gzip: boolean;
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Windows-1252 by Unicode's CP1252.TXT, for the characters in the tests. */
const CP1252: Readonly<Record<string, number>> = { '€': 0x80, '„': 0x84, Š: 0x8a, '“': 0x93, Ÿ: 0x9f };

export function encode(text: string, { encoding, bom }: Pick<Writing, 'encoding' | 'bom'>): Buffer {
  const marked = bom ? `\uFEFF${text}` : text;
  if (encoding === 'utf-8') return Buffer.from(marked);
  if (encoding === 'utf-16le') return Buffer.from(marked, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(marked, 'utf16le').swap16();
  return Buffer.from(Array.from(text, (char) => CP1252[char] ?? char.charCodeAt(0)));
}

/** Writes rows of cells, which are already quoted if necessary. */
export function write(rows: readonly (readonly string[])[], writing: Writing, endsLast = true): Buffer {
  const { delimiter, newlines, gzip } = writing;
  const lines = rows.map((row, index) => {
    const end = index < rows.length - 1 || endsLast ? newlines[index % newlines.length] : '';
    return row.join(delimiter) + end;
  });
  const bytes = encode(lines.join(''), writing);
  return gzip ? gzipSync(bytes) : bytes;
}

/** Quotes a cell that could not be read otherwise, like every CSV writer. */
export function cellText(cell: string, delimiter: string, always: boolean): string {
  const must = always || cell.includes(delimiter) || /["\r\n]/.test(cell);
  return must ? `"${cell.replaceAll('"', '""')}"` : cell;
}
