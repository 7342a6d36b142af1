import type { Interval } from '../../values/intervals.ts';
import { sortDoubles } from '../sortDoubles.ts';
import { drawBinomial } from './binomial.ts';
import { randomFrom } from './random.ts';

/** Draws: enough for two digits of the ends of an interval. */
export const DRAWS = 2_000;
/** The seed: equal rows give equal intervals. */
const SEED = 20_140_801;
/** If a larger share of the draws has no value, then the interval is not known. */
const UNDEFINED_MAX = 0.5;
const TAIL = 0.025;

/** Tables of counts that were drawn: `cells` numbers a draw. */
export interface DrawnTables {
  readonly cells: number;
  readonly counts: Float64Array;
}

/**
 * Draws tables of counts as often as rows are drawn with replacement.
 * A resample of rows has multinomial counts, so the cost does not depend on the number of rows.
 *
 * @param cells rows of each kind
 */
export function drawTables(cells: readonly number[]): DrawnTables {
  const random = randomFrom(SEED);
  const nRows = cells.reduce((sum, count) => sum + count, 0);
  const shares = sharesOfRest(cells, nRows);
  const counts = new Float64Array(DRAWS * cells.length);
  for (let at = 0; at < counts.length; ) {
    let rows = nRows;
    for (let cell = 0; cell < cells.length; cell++) {
      const drawn = drawBinomial(rows, shares[cell]!, random);
      counts[at++] = drawn;
      rows -= drawn;
    }
  }
  return { cells: cells.length, counts };
}

/**
 * Splits each count of drawn tables in two, as if the rows had been drawn with the split.
 * @param shares the share of the first part in each cell
 * @returns the first parts, in the place of the counts
 */
export function splitTables({ cells, counts }: DrawnTables, shares: readonly number[]): DrawnTables {
  // Other numbers than those that drew the counts.
  const random = randomFrom(SEED + 1);
  const parts = new Float64Array(counts.length);
  for (let at = 0; at < counts.length; at++)
    parts[at] = drawBinomial(counts[at]!, shares[at % cells]!, random);
  return { cells, counts: parts };
}

/**
 * Draws tables of counts, and computes values of each.
 * @param valuesOf values of a table of counts; the table is used again for the next draw
 * @returns the values of the draws, one array for each value
 */
export function bootstrap(
  cells: readonly number[],
  valuesOf: (counts: readonly number[]) => readonly number[],
): readonly Float64Array[] {
  return valuesOfTables([drawTables(cells)], ([counts]) => valuesOf(counts!));
}

/** As `bootstrap`, of tables that are drawn already. Each draw has a table of each kind. */
export function valuesOfTables(
  kinds: readonly DrawnTables[],
  valuesOf: (tables: readonly (readonly number[])[]) => readonly number[],
): readonly Float64Array[] {
  const tables = kinds.map(({ cells }) => new Array<number>(cells).fill(0));
  const samples: Float64Array[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let kind = 0; kind < kinds.length; kind++) {
      const { cells, counts } = kinds[kind]!;
      const table = tables[kind]!;
      for (let cell = 0; cell < cells; cell++) table[cell] = counts[draw * cells + cell]!;
    }
    const values = valuesOf(tables);
    for (let index = 0; index < values.length; index++) {
      samples[index] ??= new Float64Array(DRAWS);
      samples[index]![draw] = values[index]!;
    }
  }
  return samples;
}

/** The share of each cell among the rows of the cells from there on. */
function sharesOfRest(cells: readonly number[], nRows: number): number[] {
  let rest = nRows;
  return cells.map((count) => {
    const share = rest <= 0 ? 0 : count / rest;
    rest -= count;
    return share;
  });
}

/**
 * Returns the 95 % interval between percentiles of a sample, as `numpy.nanpercentile` finds them.
 * @returns undefined if too few values are finite
 */
export function percentileInterval(sample: Float64Array): Interval | undefined {
  const sorted = finiteOf(sample);
  sortDoubles(sorted);
  if (sorted.length < (1 - UNDEFINED_MAX) * sample.length || sorted.length === 0) return undefined;
  return [quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)];
}

/** The two-sided p-value of a difference of 0: twice the smaller share of draws on one side, both with one more draw. */
export function signPValue(differences: Float64Array): number {
  let [count, notAbove, notBelow] = [0, 0, 0];
  for (const value of differences) {
    if (!Number.isFinite(value)) continue;
    count++;
    if (value <= 0) notAbove++;
    if (value >= 0) notBelow++;
  }
  return Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (count + 1));
}

/** A copy of the finite values. */
function finiteOf(sample: Float64Array): Float64Array {
  const finite = new Float64Array(sample.length);
  let count = 0;
  for (const value of sample) if (Number.isFinite(value)) finite[count++] = value;
  return finite.subarray(0, count);
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (place - low) * (b - a);
}
