import { halvesOf, hashAt, orderStatistics, type SummaryScratch } from './orderStatistics.ts';

/** What is known of a column of numbers. Where there is no finite value, its statistics are NaN. */
export interface NumberSummary {
  /** Rows whose value is finite: those that the statistics are of. */
  readonly count: number;
  /** Rows that are NaN, and rows that are infinite. */
  readonly missing: number;
  readonly infinite: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Sample standard deviation, divided by `count - 1`; NaN where there is one value. */
  readonly std: number;
  /** One each of `QUANTILES`, as `numpy.quantile` gives them. */
  readonly quantiles: readonly number[];
  /** Different finite values; `DISTINCT_MAX + 1` stands for more than `DISTINCT_MAX`. */
  readonly distinct: number;
}

export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
export const DISTINCT_MAX = 1_000;

/** So few values are sorted sooner than they are counted. */
const SORTED_MAX = 1 << 12;
/** Slots of the table of different values, a power of two: it is never a quarter full. */
const DISTINCT_SLOTS = 1 << 12;
const DISTINCT_SHIFT = 20;
/** Different values that one pass of `areAllDistinct` keeps, about: half of the scratch's table. */
const DISTINCT_PART = 1 << 16;

/**
 * Summary of a column, in passes over it that copy nothing.
 *
 * mean = Σx / n, where what each addition rounds off is summed up beside it (Knuth, TAOCP 4.2.2);
 * std² = (Σ(x - mean)² - (Σ(x - mean))² / n) / (n - 1): the corrected two-pass algorithm (Chan, Golub & LeVeque 1983).
 */
export function summarize(values: Float64Array, scratch: SummaryScratch): NumberSummary {
  const { count, missing, infinite, min, max, mean } = firstPass(values);
  if (count === 0) {
    const none = { min: Number.NaN, max: Number.NaN, mean: Number.NaN, std: Number.NaN };
    return { count, missing, infinite, ...none, quantiles: QUANTILES.map(() => Number.NaN), distinct: 0 };
  }
  const distinct = countDistinct(values, scratch);
  const atRanks = (ranks: readonly number[]) => {
    if (values.length <= SORTED_MAX) return fromSorted(values, ranks);
    return distinct > DISTINCT_MAX
      ? orderStatistics(values, ranks, { min, max }, scratch)
      : fromCounts(ranks, scratch);
  };
  return {
    count,
    missing,
    infinite,
    min,
    max,
    mean,
    std: deviation(values, count, mean),
    quantiles: quantilesOf(count, atRanks),
    distinct,
  };
}

/** The values at these places of the sorted column. */
function fromSorted(values: Float64Array, ranks: readonly number[]): number[] {
  const sorted = values.filter(Number.isFinite).sort();
  return ranks.map((rank) => sorted[rank]!);
}

function firstPass(values: Float64Array) {
  let count = 0;
  let missing = 0;
  let sum = 0;
  let lost = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value - value === 0) {
      count++;
      const next = sum + value;
      const taken = next - sum;
      lost += sum - (next - taken) + (value - taken);
      sum = next;
      if (value < min) min = value;
      if (value > max) max = value;
    } else if (Number.isNaN(value)) {
      missing++;
    }
  }
  // No -0: it would be told as "-0". The mean of equal values is theirs, which a sum and a quotient can miss.
  return {
    count,
    missing,
    infinite: values.length - count - missing,
    min: min + 0,
    max: max + 0,
    mean: min === max ? min + 0 : (sum + lost) / count,
  };
}

/** NaN for one value, and where a sum is beyond the largest double. */
function deviation(values: Float64Array, count: number, mean: number): number {
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const difference = values[index]! - mean;
    if (difference - difference === 0) {
      sum += difference;
      squares += difference * difference;
    }
  }
  if (!Number.isFinite(mean + squares)) return Number.NaN;
  return Math.sqrt(Math.max(squares - sum ** 2 / count, 0) / (count - 1));
}

/** NumPy's method `linear`: between the two ranks beside `q * (count - 1)`, from the nearer one (its `_lerp`). */
export function quantilesOf(
  count: number,
  atRanks: (ranks: readonly number[]) => ArrayLike<number>,
): number[] {
  const places = QUANTILES.map((q) => q * (count - 1));
  const ranks = [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))];
  ranks.sort((a, b) => a - b);
  const found = atRanks(ranks);
  return places.map((place) => {
    const below = found[ranks.indexOf(Math.floor(place))]!;
    const above = found[ranks.indexOf(Math.ceil(place))]!;
    const share = place - Math.floor(place);
    const difference = above - below;
    // No -0 here either.
    return (share < 0.5 ? below + difference * share : above - difference * (1 - share)) + 0;
  });
}

/**
 * Counts the different values until there are more than `DISTINCT_MAX`. If there are not, the first slots of the
 * scratch's table hold them (NaN: none), and those of its counts their rows.
 */
function countDistinct(values: Float64Array, { table, counts }: SummaryScratch): number {
  const slots = table.subarray(0, DISTINCT_SLOTS).fill(Number.NaN);
  counts.fill(0, 0, DISTINCT_SLOTS);
  const halves = halvesOf(values);
  let distinct = 0;
  for (let index = 0; index < values.length && distinct <= DISTINCT_MAX; index++) {
    const value = values[index]!;
    let slot = hashAt(halves, index) >>> DISTINCT_SHIFT;
    if (slots[slot] !== value) {
      if (value - value !== 0) continue;
      slot = slotOf(slots, slot, value);
      if (slots[slot] !== value) distinct++;
      slots[slot] = value;
    }
    counts[slot]!++;
  }
  return distinct;
}

/** Where a value is in a table that is not full, or where there is room for it (NaN). */
function slotOf(table: Float64Array, firstSlot: number, value: number): number {
  // -0 is 0, whose hash is 0.
  let slot = value === 0 ? 0 : firstSlot;
  while (table[slot] !== value && !Number.isNaN(table[slot])) slot = slot + 1 === table.length ? 0 : slot + 1;
  return slot;
}

/** The values at these places of the sorted column, where `countDistinct` has counted them all. */
function fromCounts(ranks: readonly number[], { table, counts }: SummaryScratch): number[] {
  const order = [...Array(DISTINCT_SLOTS).keys()].filter((slot) => !Number.isNaN(table[slot]));
  order.sort((a, b) => table[a]! - table[b]!);
  let place = 0;
  let end = counts[order[0]!]!;
  return ranks.map((rank) => {
    while (rank >= end) {
      place++;
      end += counts[order[place]!]!;
    }
    return table[order[place]!]!;
  });
}

/**
 * Whether no two rows hold the same number; missing ones are passed over. Values that rise or fall from row to row are
 * seen at once; others are looked up in as many passes as keep the table small, which ends at the first that is there
 * twice. A column made to fill the table before its time is told to have doubles.
 */
export function areAllDistinct(values: Float64Array, { table }: SummaryScratch): boolean {
  if (isMonotonic(values)) return true;
  const halves = halvesOf(values);
  const parts = 2 ** Math.ceil(Math.log2(Math.max(values.length / DISTINCT_PART, 1)));
  for (let part = 0; part < parts; part++) {
    if (!isPartDistinct(values, halves, { part, parts }, table.fill(Number.NaN))) return false;
  }
  return true;
}

function isMonotonic(values: Float64Array): boolean {
  const direction = Math.sign(values[1]! - values[0]!);
  for (let index = 1; index < values.length; index++) {
    if (Math.sign(values[index]! - values[index - 1]!) !== direction) return false;
  }
  return direction !== 0;
}

function isPartDistinct(
  values: Float64Array,
  halves: Int32Array,
  { part, parts }: { readonly part: number; readonly parts: number },
  table: Float64Array,
): boolean {
  const slotBits = Math.log2(table.length);
  let free = table.length - 1;
  for (let index = 0; index < values.length; index++) {
    const hash = hashAt(halves, index);
    // The high bits choose the slot, so the part goes by low ones. -0 is 0, whose part is the first.
    if ((hash & (parts - 1)) !== part) continue;
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    const slot = slotOf(table, hash >>> (32 - slotBits), value);
    if (free === 0 || table[slot] === value) return false;
    table[slot] = value;
    free--;
  }
  return true;
}
