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

/**
 * Draws tables of counts as often as rows are drawn with replacement, and computes values of each.
 * A resample of rows has multinomial counts, so the cost does not depend on the number of rows.
 *
 * @param cells rows of each kind
 * @param valuesOf values of a table of counts; the table is used again for the next draw
 * @returns the values of the draws, one array for each value
 */
export function bootstrap(
  cells: readonly number[],
  valuesOf: (counts: readonly number[]) => readonly number[],
): readonly Float64Array[] {
  const random = randomFrom(SEED);
  const nRows = cells.reduce((sum, count) => sum + count, 0);
  const shares = sharesOfRest(cells, nRows);
  const counts = [...cells];
  const samples = valuesOf(counts).map(() => new Float64Array(DRAWS));
  for (let draw = 0; draw < DRAWS; draw++) {
    let rows = nRows;
    for (let cell = 0; cell < cells.length; cell++) {
      const drawn = drawBinomial(rows, shares[cell]!, random);
      counts[cell] = drawn;
      rows -= drawn;
    }
    const values = valuesOf(counts);
    for (let index = 0; index < samples.length; index++) samples[index]![draw] = values[index]!;
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
