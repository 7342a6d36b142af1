/** Working memory for the statistics of a column, reused for each column. Its size does not depend on the rows. */
export interface SummaryScratch {
  readonly counts: Uint32Array;
  readonly slots: Uint8Array;
  readonly gathered: Float64Array;
  readonly table: Float64Array;
}

/** Number of buckets, so that each holds about ten values. Fewer buckets fit in a nearer cache. */
const BUCKET_BITS_MIN = 8;
const BUCKET_BITS_MAX = 16;
const VALUES_A_BUCKET_BITS = 4;
const BUCKETS_MAX = 1 << BUCKET_BITS_MAX;
/** Largest bucket that is sorted. A larger bucket is split into buckets again. */
const GROUP_MAX = 1 << 14;
/** Rounds by value. Later rounds cut buckets by bits, because outliers have left one large bucket. */
const ROUNDS_BY_VALUE = 2;
/** Most ranks: two for each quantile. */
const RANKS_MAX = 10;
/** Marks a group whose values are not copied, in place of an index. */
const LARGE = 2 ** 32 - 1;
const TABLE_SIZE = 1 << 17;

/** Index of the half of a double with sign and exponent: 1 if bytes are little-endian. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1;

/** Creates a scratch that any number of columns can use, one at a time. */
export function summaryScratch(): SummaryScratch {
  return {
    counts: new Uint32Array(BUCKETS_MAX + 1),
    slots: new Uint8Array(BUCKETS_MAX + 1),
    gathered: new Float64Array(RANKS_MAX * GROUP_MAX),
    table: new Float64Array(TABLE_SIZE),
  };
}

/** Returns a view of the two halves of each double in memory. */
export function halvesOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, 2 * length);
}

/** Hash of the double at `index`: 32 mixed bits, as a whole number of 0 or more. The hash of 0 is 0. */
export function hashAt(halves: Int32Array, index: number): number {
  const [high, low] = [halves[2 * index + HIGH]!, halves[2 * index + 1 - HIGH]!];
  // Odd constants of MurmurHash3's finaliser (Appleby 2011).
  const mixed = Math.imul(high, 0xc2b2ae35) ^ low;
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
}

/** The values from `low` to `high`, and the wanted ranks in their sorted order, from 0 and ascending. */
interface Span {
  readonly low: number;
  readonly high: number;
  readonly ranks: readonly number[];
  /** Index of the first of these ranks in the result. */
  readonly first: number;
  /** How often the span was narrowed. */
  readonly round: number;
}

/** One bucket that contains wanted ranks. */
interface Group {
  readonly bucket: number;
  readonly size: number;
  readonly ranks: readonly number[];
  readonly first: number;
}

/**
 * Returns the values at these ranks of the sorted column, exactly, without sorting or copying the column.
 * Values are counted in up to 65,536 buckets, and only buckets with a wanted rank are examined. Small buckets are
 * sorted, large buckets are split again. The first buckets have equal width, which is best for most columns. Later
 * buckets are cut from the bits of the doubles, whose order is the order of the doubles. Each such round resolves 16
 * more bits with any distribution.
 *
 * @param ranks at most 10, ascending, each below the number of finite values
 * @param range the smallest and the largest finite value. All other values are skipped.
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

/** Writes the values found in small buckets to `found`. Returns the large buckets as spans to examine. */
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

/** How the values of a span are divided into buckets. Bucket numbers never fall as values rise. */
interface Cut {
  readonly low: number;
  readonly high: number;
  /**
   * By equal widths, or by the first half of the bits if that half differs within the span, else by the second half.
   */
  readonly by: 'value' | 'high' | 'low';
  /** For equal widths: buckets for each unit. */
  readonly scale: number;
  /** Number of buckets. Values outside the span go to the bucket after the last. */
  readonly buckets: number;
  /** For bits: the smallest value of the half, and the number of bits that a bucket ignores. */
  readonly base: number;
  readonly shift: number;
}

function cutOf({ low, high, round }: Span, nValues: number): Cut {
  const wanted = Math.ceil(Math.log2(nValues)) - VALUES_A_BUCKET_BITS;
  const bucketBits = Math.min(Math.max(wanted, BUCKET_BITS_MIN), BUCKET_BITS_MAX);
  const buckets = 1 << bucketBits;
  // Avoids -0, as in `bucketAt`.
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

/** Returns the shift with which the largest difference, a number of 32 bits, still falls into a bucket. */
function shiftOf(width: number, bucketBits: number): number {
  return Math.max(0, 32 - Math.clz32(width) - bucketBits);
}

/**
 * Maps the first half of a double to a whole number in the order of the doubles. Below 0, the magnitude's bits are
 * inverted.
 */
function orderedHigh(high: number): number {
  return high ^ ((high >> 31) & 0x7fffffff);
}

/** As `orderedHigh`, for the second half of doubles with the same first half. */
function orderedLow(high: number, low: number): number {
  return low ^ (high >> 31);
}

/** Returns the bucket of a value. Values outside the span, NaN and infinity go to the bucket after the last. */
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

/** Returns the buckets that contain wanted ranks, with the ranks relative to each bucket. */
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

/** Copies the values of small groups, and finds the smallest and the largest value of each large group. */
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
