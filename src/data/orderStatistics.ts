/** Room that the statistics of a column need, used again column after column: its size does not depend on the rows. */
export interface SummaryScratch {
  readonly counts: Uint32Array;
  readonly slots: Uint8Array;
  readonly gathered: Float64Array;
  readonly table: Float64Array;
}

/** As many buckets as leave some ten values in each: fewer are nearer to the processor. */
const BUCKET_BITS_MIN = 8;
const BUCKET_BITS_MAX = 16;
const VALUES_A_BUCKET_BITS = 4;
const BUCKETS_MAX = 1 << BUCKET_BITS_MAX;
/** So many values of one bucket are sorted; of a bucket with more, buckets are made again. */
const GROUP_MAX = 1 << 14;
/** After these the bits decide: outliers beyond outliers have left one large bucket. */
const ROUNDS_BY_VALUE = 2;
/** Each quantile lies between two ranks. */
const RANKS_MAX = 10;
/** In place of an index: a group whose values are not copied. */
const LARGE = 2 ** 32 - 1;
const TABLE_SIZE = 1 << 17;

/** Which half of a double has its sign and exponent: the second, where bytes are little-endian. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1;

/** A scratch that any number of columns can share, one at a time. */
export function summaryScratch(): SummaryScratch {
  return {
    counts: new Uint32Array(BUCKETS_MAX + 1),
    slots: new Uint8Array(BUCKETS_MAX + 1),
    gathered: new Float64Array(RANKS_MAX * GROUP_MAX),
    table: new Float64Array(TABLE_SIZE),
  };
}

/** The two halves of each double, as they lie in memory. */
export function halvesOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, 2 * length);
}

/** 32 mixed bits of the double at `index`, a whole number of 0 or more; those of 0 are 0. */
export function hashAt(halves: Int32Array, index: number): number {
  const [high, low] = [halves[2 * index + HIGH]!, halves[2 * index + 1 - HIGH]!];
  // Odd constants of MurmurHash3's finaliser (Appleby 2011).
  const mixed = Math.imul(high, 0xc2b2ae35) ^ low;
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
}

/** The values from `low` to `high`, and the places in their order that are asked for, from 0 and ascending. */
interface Span {
  readonly low: number;
  readonly high: number;
  readonly ranks: readonly number[];
  /** Where the first of these ranks stands in the result. */
  readonly first: number;
  /** How many times it was narrowed. */
  readonly round: number;
}

/** One bucket in which ranks were found. */
interface Group {
  readonly bucket: number;
  readonly size: number;
  readonly ranks: readonly number[];
  readonly first: number;
}

/**
 * The values at these places of the sorted column, exactly, without sorting it and without a copy. Values are counted
 * in up to 65,536 buckets, and only the buckets with a wanted rank are looked into: small ones are sorted, of large ones
 * buckets are made again. The first buckets are of equal width, which is best for most columns; later ones are cut from
 * the bits of the doubles (which are in the doubles' order), so that the bits left to tell apart get 16 fewer each
 * time, whatever the distribution.
 *
 * @param ranks at most 10, ascending, each below the number of finite values
 * @param min the least and `max` the largest finite value; all others are passed over
 */
export function orderStatistics(
  values: Float64Array,
  ranks: readonly number[],
  { min, max }: { readonly min: number; readonly max: number },
  scratch: SummaryScratch,
): Float64Array {
  const found = new Float64Array(ranks.length);
  const spans: Span[] = [{ low: min, high: max, ranks, first: 0, round: 0 }];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    if (span.low === span.high) found.fill(span.low, span.first, span.first + span.ranks.length);
    else spans.push(...lookInto(values, span, scratch, found));
  }
  return found;
}

/** Writes what it finds in small buckets; gives back the large ones as spans to look into. */
function lookInto(values: Float64Array, span: Span, scratch: SummaryScratch, found: Float64Array): Span[] {
  const cut = cutOf(span, values.length);
  countBuckets(values, cut, scratch.counts);
  const groups = groupsOf(span, scratch.counts);
  const ranges = gather(values, cut, groups, scratch);
  const left: Span[] = [];
  for (const [slot, { size, ranks, first }] of groups.entries()) {
    const range = ranges[slot]!;
    if (size > GROUP_MAX) {
      left.push({ ...range, ranks, first, round: span.round + 1 });
      continue;
    }
    const sorted = scratch.gathered.subarray(slot * GROUP_MAX, slot * GROUP_MAX + size).sort();
    for (const [index, rank] of ranks.entries()) found[first + index] = sorted[rank]!;
  }
  return left;
}

/** How a span's values are cut into buckets whose numbers never fall as the values rise. */
interface Cut {
  readonly low: number;
  readonly high: number;
  /** Into equal widths; or by the first half of the bits, where that differs within the span, else by the second. */
  readonly by: 'value' | 'high' | 'low';
  /** Equal widths: buckets a unit. */
  readonly scale: number;
  /** How many there are; values that are of no interest go behind the last one. */
  readonly buckets: number;
  /** Bits: the least of them, and how many a bucket leaves out. */
  readonly base: number;
  readonly shift: number;
}

function cutOf({ low, high, round }: Span, nValues: number): Cut {
  const wanted = Math.ceil(Math.log2(nValues)) - VALUES_A_BUCKET_BITS;
  const bucketBits = Math.min(Math.max(wanted, BUCKET_BITS_MIN), BUCKET_BITS_MAX);
  const buckets = 1 << bucketBits;
  // No -0, as in `bucketAt`.
  const ends = halvesOf(Float64Array.of(low + 0, high + 0));
  const [lowHigh, highHigh] = [ends[HIGH]!, ends[2 + HIGH]!];
  const isHigh = lowHigh !== highHigh;
  const base = isHigh ? orderedHigh(lowHigh) : orderedLow(lowHigh, ends[1 - HIGH]!);
  const last = isHigh ? orderedHigh(highHigh) : orderedLow(highHigh, ends[3 - HIGH]!);
  const byBits = isHigh ? 'high' : 'low';
  return {
    low,
    high,
    by: round < ROUNDS_BY_VALUE ? 'value' : byBits,
    buckets,
    scale: (buckets - 1) / (high - low),
    base,
    shift: shiftOf(last - base, bucketBits),
  };
}

/** So that the largest difference, as a number of 32 bits, still finds a bucket. */
function shiftOf(width: number, bucketBits: number): number {
  return Math.max(0, 32 - Math.clz32(width) - bucketBits);
}

/** Whole numbers that are in the doubles' order: those below 0 have their magnitude's bits turned over. */
function orderedHigh(high: number): number {
  return high ^ ((high >> 31) & 0x7fffffff);
}

/** Among doubles of the same first half. */
function orderedLow(high: number, low: number): number {
  return low ^ (high >> 31);
}

/** The bucket of a value, or the one behind the last: there NaN and infinite ones are, too. */
function bucketAt(values: Float64Array, halves: Int32Array, index: number, cut: Cut): number {
  const value = values[index]!;
  if (!(value >= cut.low && value <= cut.high)) return cut.buckets;
  if (cut.by === 'value') return ((value - cut.low) * cut.scale) | 0;
  const high = value === 0 ? 0 : halves[2 * index + HIGH]!;
  const ordered = cut.by === 'high' ? orderedHigh(high) : orderedLow(high, halves[2 * index + 1 - HIGH]!);
  return (ordered - cut.base) >>> cut.shift;
}

function countBuckets(values: Float64Array, cut: Cut, counts: Uint32Array): void {
  counts.fill(0, 0, cut.buckets + 1);
  const halves = halvesOf(values);
  for (let index = 0; index < values.length; index++) counts[bucketAt(values, halves, index, cut)]!++;
}

/** The buckets that hold wanted ranks, and which of their own values those are. */
function groupsOf({ ranks, first }: Span, counts: Uint32Array): Group[] {
  const groups: Group[] = [];
  let below = 0;
  let next = 0;
  for (let bucket = 0; next < ranks.length; bucket++) {
    const size = counts[bucket]!;
    const begin = next;
    while (next < ranks.length && ranks[next]! < below + size) next++;
    if (next > begin) {
      const inGroup = ranks.slice(begin, next).map((rank) => rank - below);
      groups.push({ bucket, size, ranks: inGroup, first: first + begin });
    }
    below += size;
  }
  return groups;
}

/** Copies the values of the small groups, and finds the least and the largest of the others. */
function gather(
  values: Float64Array,
  cut: Cut,
  groups: readonly Group[],
  { slots, gathered }: SummaryScratch,
): readonly { readonly low: number; readonly high: number }[] {
  slots.fill(0, 0, cut.buckets + 1);
  for (const [index, { bucket }] of groups.entries()) slots[bucket] = index + 1;
  const lows = new Float64Array(groups.length).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(groups.length).fill(Number.NEGATIVE_INFINITY);
  const next = Uint32Array.from(groups, ({ size }, slot) => (size > GROUP_MAX ? LARGE : slot * GROUP_MAX));
  const halves = halvesOf(values);
  for (let index = 0; index < values.length; index++) {
    const slot = slots[bucketAt(values, halves, index, cut)]! - 1;
    if (slot < 0) continue;
    const value = values[index]!;
    if (next[slot] !== LARGE) {
      gathered[next[slot]!++] = value;
    } else {
      if (value < lows[slot]!) lows[slot] = value;
      if (value > highs[slot]!) highs[slot] = value;
    }
  }
  return groups.map((_, slot) => ({ low: lows[slot]!, high: highs[slot]! }));
}
