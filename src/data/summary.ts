import { halvesOf, hashAt, orderStatistics, type SummaryScratch } from './orderStatistics.ts';

/** Statistics of a column of numbers. They are NaN if there is no finite value. */
export interface NumberSummary {
  /** Rows with a finite value. All statistics describe these rows. */
  readonly count: number;
  /** Rows that are NaN, and rows that are infinite. */
  readonly missing: number;
  readonly infinite: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Sample standard deviation, divided by `count - 1`. NaN if there is only one value. */
  readonly std: number;
  /** One value for each of `QUANTILES`, as `numpy.quantile` gives it. */
  readonly quantiles: readonly number[];
  /** Number of different finite values. `DISTINCT_MAX + 1` means more than `DISTINCT_MAX`. */
  readonly distinct: number;
}

export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
export const DISTINCT_MAX = 1_000;

/** Most values for which sorting is faster than counting. */
const SORTED_MAX = 1 << 12;
/** Slots of the table of different values, a power of two. The table is always less than a quarter full. */
const DISTINCT_SLOTS = 1 << 12;
const DISTINCT_SHIFT = 20;
/** Approximate number of values that one pass of `areAllDistinct` keeps: half of the scratch's table. */
const DISTINCT_PART = 1 << 16;

/**
 * Summarises a column in passes that copy nothing.
 *
 * mean = Σx / n, with a second sum of what each addition rounds off (Knuth, TAOCP 4.2.2).
 * std² = (Σ(x - mean)² - (Σ(x - mean))² / n) / (n - 1), the corrected two-pass algorithm (Chan, Golub & LeVeque
 * 1983).
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

/** Returns the values at these ranks of the sorted column. */
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
  // Adding 0 avoids -0, which would be printed as "-0". Equal values have exactly their own mean, which a sum and a
  // quotient can miss.
  return {
    count,
    missing,
    infinite: values.length - count - missing,
    min: min + 0,
    max: max + 0,
    mean: min === max ? min + 0 : (sum + lost) / count,
  };
}

/** Returns the standard deviation. NaN for one value, and if a sum exceeds the largest double. */
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

/**
 * Returns the quantiles by NumPy's method `linear`.
 * It interpolates between the ranks around `q * (count - 1)`, from the nearer rank (NumPy's `_lerp`).
 */
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
    // Avoids -0 here too.
    return (share < 0.5 ? below + difference * share : above - difference * (1 - share)) + 0;
  });
}

/**
 * Counts different values until there are more than `DISTINCT_MAX`.
 * If there are not more, the first slots of the scratch's table hold the values (NaN: empty), and its counts hold
 * their rows.
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

/** Returns the slot of a value, or the empty slot (NaN) for it, in a table that is not full. */
function slotOf(table: Float64Array, firstSlot: number, value: number): number {
  // -0 equals 0, whose hash is 0.
  let slot = value === 0 ? 0 : firstSlot;
  while (table[slot] !== value && !Number.isNaN(table[slot])) slot = slot + 1 === table.length ? 0 : slot + 1;
  return slot;
}

/** Returns the values at these ranks of the sorted column, if `countDistinct` has counted all of them. */
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
 * Whether no two rows have the same number. Missing values are skipped.
 * Values that rise or fall from row to row are detected at once. Others are looked up in several passes, so that the
 * table stays small, until the first duplicate. A column built to fill the table too early is reported as having
 * duplicates.
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
    // The high bits choose the slot, so the low bits choose the part. -0 equals 0, whose part is the first.
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
