/** Most buckets: more counts would not fit in the processor's second-level cache. */
const BUCKETS_MAX = 65_536;
/** Average number of values in a bucket, unless `BUCKETS_MAX` forces more. */
const BUCKET_VALUES = 8;
/** Largest bucket that is sorted by insertion. */
const INSERTION_MAX = 32;
/** A larger bucket is split into buckets again, which separates values that crowd together. */
const BUCKET_VALUES_MAX = 1_024;
const DEPTH_MAX = 3;

/**
 * Sorts the values in place, NaN last, like `values.sort()`.
 * Buckets of equal width take a third of the time for many values. The sort needs memory for a copy of the values.
 */
export function sortDoubles(values: Float64Array): void {
  sortByBuckets(values, 0);
}

function sortByBuckets(values: Float64Array, depth: number): void {
  const { min, max, isEachNumber } = rangeOf(values);
  if (min === max && isEachNumber) return;
  const nBuckets = Math.min(BUCKETS_MAX, Math.ceil(values.length / BUCKET_VALUES));
  const scale = (nBuckets - 0.5) / (max - min);
  if (
    !isEachNumber ||
    !(scale > 0 && scale < Number.POSITIVE_INFINITY) ||
    nBuckets === 1 ||
    depth === DEPTH_MAX
  ) {
    values.sort();
    return;
  }
  const ends = scatter(values, min, scale, nBuckets);
  for (let bucket = 0, start = 0; bucket < nBuckets; bucket++) {
    const end = ends[bucket]!;
    if (end - start > BUCKET_VALUES_MAX) sortByBuckets(values.subarray(start, end), depth + 1);
    else if (end - start > INSERTION_MAX) values.subarray(start, end).sort();
    else insertionSort(values, start, end);
    start = end;
  }
}

function rangeOf(values: Float64Array) {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let isEachNumber = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    if (Number.isNaN(value)) isEachNumber = false;
  }
  return { min, max, isEachNumber };
}

/** Groups the values by bucket and returns the end of each bucket. */
function scatter(values: Float64Array, min: number, scale: number, nBuckets: number): Uint32Array {
  const next = new Uint32Array(nBuckets);
  for (let i = 0; i < values.length; i++) next[((values[i]! - min) * scale) | 0]!++;
  for (let bucket = 0, start = 0; bucket < nBuckets; bucket++) {
    const count = next[bucket]!;
    next[bucket] = start;
    start += count;
  }
  const copy = values.slice();
  for (let i = 0; i < copy.length; i++) {
    const value = copy[i]!;
    values[next[((value - min) * scale) | 0]!++] = value;
  }
  return next;
}

function insertionSort(values: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const value = values[i]!;
    let to = i;
    for (; to > start && values[to - 1]! > value; to--) values[to] = values[to - 1]!;
    values[to] = value;
  }
}
