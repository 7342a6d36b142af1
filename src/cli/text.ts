import { printable } from '../log/printable.ts';
import type { Output } from './io.ts';

/** Writes lines. Names of files and servers cannot steer the terminal. */
export function writeLines(output: Output, ...lines: readonly string[]): void {
  output.write(`${lines.map(printable).join('\n')}\n`);
}

/** Lays out rows in columns. The first column is aligned on the left, the others on the right if `isRight` says so. */
export function textTable(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  const laidOut = (cell: string, column: number) =>
    isRight(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(laidOut).join('  ').trimEnd());
}

/** A metric with four digits; a metric that is not defined is a dash. */
export function digits(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : value.toFixed(4);
}
