import { ensureBytes, kernelsOf } from '../kernels/module.ts';
import { POWERS_OF_TEN, segmentsOf } from './segments.ts';
import { type NumberSummary, quantilesOf } from './summary.ts';
import type { Table } from './table.ts';

/** Counts that are kept at a time: more would fall out of the processor's second cache. */
const COUNTS_MAX = 1 << 18;
const COUNT_BITS = 18;
/** Room in the table's memory that one thread needs to summarise columns. */
const ROOM_BYTES = COUNTS_MAX * Uint32Array.BYTES_PER_ELEMENT;

/**
 * Room behind a table, for as long as nothing else works there.
 * @param seat a number from 0 that no other thread has
 */
export function packedRoom({ memory, freeAddress }: Table, seat: number): number {
  const address = freeAddress + seat * ROOM_BYTES;
  ensureBytes(memory, address + ROOM_BYTES);
  return address;
}

/** The whole numbers of a column, of which each stands for `number / 10^decimals`. */
interface Integers {
  readonly decimals: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Summary of a column that is packed as whole numbers with as many decimals in every block, exactly and without
 * unpacking it; undefined for any other column. Numbers are counted, and quantiles follow from the counts: where they
 * lie far apart, neighbours are counted together first, and those that hold a wanted rank once more, each by itself.
 *
 * mean = (c + Σ(k - c) / n) / 10^decimals and std² = (Σ(k - c)² - (Σ(k - c))² / n) / (n - 1) / 100^decimals, over the
 * numbers k and a c among them.
 */
export function summarizePacked(
  table: Table,
  column: number,
  room: number,
): Omit<NumberSummary, 'distinct'> | undefined {
  const integers = rangeOf(table, column, room);
  if (integers === undefined) return undefined;
  const { decimals, low, high } = integers;
  const centre = Math.round(low + (high - low) / 2);
  const { count, sum, squares } = moments(table, column, centre, room);
  const ranked = (ranks: readonly number[]) => numbersAt(table, column, integers, ranks, room);
  const power = POWERS_OF_TEN[decimals] as number;
  return {
    count,
    missing: table.rows - count,
    infinite: 0,
    min: low / power,
    max: high / power,
    mean: low === high ? low / power : (centre + sum / count) / power,
    std: count > 1 ? Math.sqrt(Math.max(squares - sum ** 2 / count, 0) / (count - 1)) / power : Number.NaN,
    quantiles: quantilesOf(count, (ranks) => ranked(ranks).map((number) => number / power)),
  };
}

/** Undefined where the column is not packed as `summarizePacked` wants it. */
function rangeOf(table: Table, column: number, room: number): Integers | undefined {
  const range = new Int32Array(table.memory.buffer, room, 2);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let common: number | undefined;
  for (const { entry, cells, decimals, missing } of segmentsOf(table, column)) {
    common ??= decimals;
    // Doubles have no number that stands for what is missing.
    if (missing === undefined || decimals !== common) return undefined;
    kernelsOf(table.memory).rangeOfSegment(entry, cells.length, room);
    const [least, largest] = range as unknown as [number, number];
    // They are the wrong way round where all cells are missing.
    if (least > largest) continue;
    low = Math.min(low, least);
    high = Math.max(high, largest);
  }
  return common === undefined || low > high ? undefined : { decimals: common, low, high };
}

function moments(table: Table, column: number, centre: number, room: number) {
  const sums = new Float64Array(table.memory.buffer, room, 3).fill(0);
  for (const { entry, cells } of segmentsOf(table, column)) {
    kernelsOf(table.memory).momentsOfSegment(entry, cells.length, centre, room);
  }
  const [sum, squares, count] = sums as unknown as [number, number, number];
  return { sum, squares, count };
}

/** The numbers at these places of the sorted column, ascending. */
function numbersAt(
  table: Table,
  column: number,
  { low, high }: Integers,
  ranks: readonly number[],
  room: number,
): number[] {
  const shift = Math.max(0, 32 - Math.clz32(high - low) - COUNT_BITS);
  const counts = countNumbers(table, column, { low, high, shift }, room);
  const found = ranks.map((rank) => placeAt(counts, rank));
  if (shift === 0) return found.map(({ place }) => low + place);
  return found.map(({ place, below }, index) => {
    const from = low + place * 2 ** shift;
    const to = Math.min(from + 2 ** shift - 1, high);
    const each = countNumbers(table, column, { low: from, high: to, shift: 0 }, room);
    return from + placeAt(each, (ranks[index] as number) - below).place;
  });
}

function countNumbers(
  table: Table,
  column: number,
  { low, high, shift }: { readonly low: number; readonly high: number; readonly shift: number },
  room: number,
): Uint32Array {
  const counts = new Uint32Array(table.memory.buffer, room, Math.floor((high - low) / 2 ** shift) + 1).fill(
    0,
  );
  for (const { entry, cells } of segmentsOf(table, column)) {
    kernelsOf(table.memory).countSegment(entry, cells.length, low, high, shift, room);
  }
  return counts;
}

/** The place of the count that a rank falls into, and how many are below it. */
function placeAt(counts: Uint32Array, rank: number): { readonly place: number; readonly below: number } {
  let below = 0;
  let place = 0;
  while (below + (counts[place] as number) <= rank) {
    below += counts[place] as number;
    place += 1;
  }
  return { place, below };
}
