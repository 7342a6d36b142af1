import Papa from 'papaparse';
import { withLf } from './lineEnds.ts';

/** The delimiters that are recognised. The comma is first because it wins ties. */
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** How rows are cut into cells. */
export interface Cutting {
  readonly delimiter: string;
  /** Whether any number of blanks and tabs is one delimiter. Blanks around a row do not count. */
  readonly joinsBlanks?: boolean;
}

interface Candidate extends Cutting {
  readonly share: number;
  readonly cells: number;
}

/**
 * Picks the delimiter: the largest share of rows as long as the header wins, then the longer header, then the order
 * of `DELIMITERS`. If no header has two cells, as below a title line, the most frequent length of a row decides.
 */
export function findDelimiter(text: string, isCut: boolean): string {
  const candidates = DELIMITERS.filter((delimiter) => text.includes(delimiter));
  // Most files have only one candidate.
  if (candidates.every((delimiter) => delimiter === ',')) return ',';
  const lengths = candidates.map((delimiter) => ({ delimiter, rows: lengthsOf(text, { delimiter }, isCut) }));
  const byHeader = lengths.map(({ delimiter, rows }) => candidate(delimiter, rows, rows[0] ?? 0));
  const byRows = lengths.map(({ delimiter, rows }) => candidate(delimiter, rows, usualLength(rows)));
  return (best(byHeader) ?? best(byRows))?.delimiter ?? ',';
}

function lengthsOf(text: string, cutting: Cutting, isCut: boolean): number[] {
  return rowsOf(text, cutting, isCut).map((row) => row.length);
}

function candidate(delimiter: string, lengths: readonly number[], cells: number): Candidate {
  return { delimiter, cells, share: lengths.filter((length) => length === cells).length / lengths.length };
}

function best(candidates: readonly Candidate[]): Candidate | undefined {
  const better = (a: Candidate, b: Candidate) =>
    a.share > b.share || (a.share === b.share && a.cells > b.cells);
  return candidates
    .filter(({ cells }) => cells > 1)
    .reduce<Candidate | undefined>((found, one) => (found && !better(one, found) ? found : one), undefined);
}

/** Returns the most frequent length of rows with several cells, 0 if there is no such row. */
export function usualLength(lengths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const length of lengths) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0])[0] as number;
}

/** Returns the rows that are not blank. A row that the window cuts counts only if there is no other. */
export function rowsOf(text: string, cutting: Cutting, isCut: boolean): string[][] {
  const parser = new Papa.Parser({ delimiter: cutting.delimiter, newline: '\n' });
  const input = withLf(text, cutting.delimiter);
  const joined = cutting.joinsBlanks ? withJoinedBlanks(input) : input;
  const read = (withoutLast: boolean) =>
    (parser.parse(joined, 0, withoutLast).data as string[][]).filter((row) => !isBlank(row));
  const whole = read(isCut);
  return whole.length > 0 ? whole : read(false);
}

/** Whether the row is a line of blanks only, which is not a row, as in pandas. */
export function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0]!.trim() === '';
}

/** Makes one blank of blanks and tabs outside quotes, and none around a line. The lines must end in LF. */
export function withJoinedBlanks(text: string): string {
  const joined = text.replace(/"(?:[^"]|"")*"?|[ \t]+/g, (part) => (part.startsWith('"') ? part : ' '));
  return joined.replace(/"(?:[^"]|"")*"?|^ | (?=\n)/gm, (part) => (part.startsWith('"') ? part : ''));
}
