import { POWERS_OF_TEN, type Segment } from './segments.ts';
import type { Cell } from './table.ts';

/** Cells that were made missing. */
interface Replaced {
  readonly cells: number;
  readonly first: Cell;
}

/**
 * Makes the cells of a number column missing that are one of these numbers.
 * pandas compares numbers too, and not their texts.
 * @returns undefined if there is no such cell
 */
export function makeMissing(segments: Iterable<Segment>, numbers: readonly number[]): Replaced | undefined {
  let count = 0;
  let first: Cell | undefined;
  for (const { cells, decimals, missing = Number.NaN, firstRow } of segments) {
    for (const number of numbers) {
      const stored = cells instanceof Float64Array ? number : storedAs(number, decimals);
      if (stored === undefined) continue;
      for (let at = cells.indexOf(stored); at >= 0; at = cells.indexOf(stored, at + 1)) {
        cells[at] = missing;
        count++;
        const row = firstRow + at;
        if (first === undefined || row < first.row) first = { row, text: String(number) };
      }
    }
  }
  return first && { cells: count, first };
}

/** Returns the whole number that stands for the number in a segment with these decimals. */
function storedAs(number: number, decimals: number): number | undefined {
  const power = POWERS_OF_TEN[decimals]!;
  const stored = Math.round(number * power);
  return stored / power === number ? stored : undefined;
}
