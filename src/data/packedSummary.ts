import { ensureBytes, kernelsOf } from '../kernels/module.ts';
import type { ColumnOfTable } from '../kernels/passes.ts';
import { POWERS_OF_TEN } from './segments.ts';
import { type NumberSummary, quantilesOf } from './summary.ts';
import type { Table } from './table.ts';

/** Most counts at a time: more would not fit in the processor's second-level cache. */
const COUNTS_MAX = 1 << 18;
const COUNT_BITS = 18;
/** Bytes in the table's memory that one thread needs to summarise columns. */
const ROOM_BYTES = COUNTS_MAX * Uint32Array.BYTES_PER_ELEMENT;

/**
 * Reserves room after a table. Nothing else may use this room at the same time.
 * @param seat a number from 0 that no other thread has
 */
export function packedRoom({ memory, freeAddress }: Table, seat: number): number {
  const address = freeAddress + seat * ROOM_BYTES;
  ensureBytes(memory, address + ROOM_BYTES);
  return address;
}

/** Number of different 16-bit numbers. A missing cell counts as the first of them. */
const TALLIES = 65_536;
const TALLY_OF_0 = 32_768;
/** With fewer rows, there are more numbers to look through than cells. */
const ROWS_TO_TALLY = 32_768;

/** Whole numbers of a column. Each stands for `number / 10^decimals`. */
interface Integers {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** `sum` and `squares` are sums of distances to `centre`, a number in the middle, and of their squares. */
  readonly centre: number;
  readonly sum: number;
  readonly squares: number;
  /** Returns the numbers at these ranks of the sorted column. The ranks ascend. */
  at(ranks: readonly number[]): readonly number[];
}

/**
 * Summarises a column that every block stores as whole numbers with the same decimals, exactly and without unpacking.
 * Returns undefined for any other column. Numbers are counted, and all statistics follow from the counts. If the
 * numbers are far apart, neighbours are first counted together. A second pass counts each number in the groups that
 * contain a wanted rank.
 *
 * mean = (c + Σ(k - c) / n) / 10^decimals and std² = (Σ(k - c)² - (Σ(k - c))² / n) / (n - 1) / 100^decimals, over the
 * numbers k and a number c in their middle.
 */
export function summarizePacked(
  table: Table,
  column: number,
  room: number,
): Omit<NumberSummary, 'distinct'> | undefined {
  const { directoryAddress, blockRows, rows, columns } = table;
  const nBlocks = Math.ceil(rows / blockRows);
  const packing = kernelsOf(table.memory).packingOfColumn(directoryAddress, columns.length, nBlocks, column);
  if (packing < 0) return undefined;
  const place: ColumnOfTable = [directoryAddress, columns.length, blockRows, rows, column];
  const isTallied = rows >= ROWS_TO_TALLY && packing >> 8 <= Int16Array.BYTES_PER_ELEMENT;
  const integers = isTallied ? tallied(table, place, room) : counted(table, place, room);
  if (integers === undefined) return undefined;
  const { low, high, count, centre, sum, squares, at } = integers;
  const power = POWERS_OF_TEN[packing & 255]!;
  return {
    count,
    missing: rows - count,
    infinite: 0,
    min: low / power,
    max: high / power,
    mean: low === high ? low / power : (centre + sum / count) / power,
    std: count > 1 ? Math.sqrt(Math.max(squares - sum ** 2 / count, 0) / (count - 1)) / power : Number.NaN,
    quantiles: quantilesOf(count, (ranks) => at(ranks).map((number) => number / power)),
  };
}

/** Counts a column whose numbers have at most 16 bits. Undefined if all cells are missing. */
function tallied({ memory }: Table, place: ColumnOfTable, room: number): Integers | undefined {
  kernelsOf(memory).tallyColumn(...place, room);
  const tallies = new Uint32Array(memory.buffer, room, TALLIES);
  let [first, last] = [1, TALLIES - 1];
  while (first < TALLIES && tallies[first] === 0) first++;
  if (first === TALLIES) return undefined;
  while (tallies[last] === 0) last--;
  const counts = tallies.subarray(first, last + 1);
  const [low, high] = [first - TALLY_OF_0, last - TALLY_OF_0];
  const centre = centreOf(low, high);
  let [count, sum, squares] = [0, 0, 0];
  for (let index = 0; index < counts.length; index++) {
    const here = counts[index]!;
    const distance = low + index - centre;
    count += here;
    sum += here * distance;
    squares += here * distance * distance;
  }
  const at = (ranks: readonly number[]) => placesAt(counts, ranks).map(({ place }) => low + place);
  return { low, high, count, centre, sum, squares, at };
}

/** Counts a column whose numbers may be far apart. Undefined if all cells are missing. */
function counted(table: Table, place: ColumnOfTable, room: number): Integers | undefined {
  const kernels = kernelsOf(table.memory);
  kernels.rangeOfColumn(...place, room);
  const [low, high] = new Int32Array(table.memory.buffer, room, 2).slice() as unknown as [number, number];
  // low is above high if all cells are missing.
  if (low > high) return undefined;
  const centre = centreOf(low, high);
  const moments = new Float64Array(table.memory.buffer, room, 3).fill(0);
  kernels.momentsOfColumn(...place, centre, room);
  const [sum, squares, count] = moments.slice() as unknown as [number, number, number];
  const at = (ranks: readonly number[]) => numbersAt(table, place, { low, high }, ranks, room);
  return { low, high, count, centre, sum, squares, at };
}

/** An index into counts, and the number of values below it. */
interface Place {
  readonly place: number;
  readonly below: number;
}

function centreOf(low: number, high: number): number {
  return Math.round(low + (high - low) / 2);
}

function numbersAt(
  table: Table,
  column: ColumnOfTable,
  { low, high }: Pick<Integers, 'low' | 'high'>,
  ranks: readonly number[],
  room: number,
): number[] {
  const shift = Math.max(0, 32 - Math.clz32(high - low) - COUNT_BITS);
  const counts = countNumbers(table, column, { low, high, shift }, room);
  const found = placesAt(counts, ranks);
  if (shift === 0) return found.map(({ place }) => low + place);
  // Neighbouring ranks usually fall into the same group, so each group is counted only once.
  return [...new Set(found.map(({ place }) => place))].flatMap((place) => {
    const from = low + place * 2 ** shift;
    const to = Math.min(from + 2 ** shift - 1, high);
    const each = countNumbers(table, column, { low: from, high: to, shift: 0 }, room);
    const within = found.flatMap((one, index) => (one.place === place ? [ranks[index]! - one.below] : []));
    return placesAt(each, within).map((one) => from + one.place);
  });
}

function countNumbers(
  { memory }: Table,
  column: ColumnOfTable,
  { low, high, shift }: { readonly low: number; readonly high: number; readonly shift: number },
  room: number,
): Uint32Array {
  const counts = new Uint32Array(memory.buffer, room, Math.floor((high - low) / 2 ** shift) + 1).fill(0);
  kernelsOf(memory).countColumn(...column, low, high, shift, room);
  return counts;
}

/** Returns for each rank (ascending) the index of its count and the number of values below it. */
function placesAt(counts: Uint32Array, ranks: readonly number[]): readonly Place[] {
  let below = 0;
  let place = 0;
  return ranks.map((rank) => {
    while (below + counts[place]! <= rank) {
      below += counts[place]!;
      place++;
    }
    return { place, below };
  });
}
