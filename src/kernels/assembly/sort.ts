// Sorts doubles by their size without the sign. The sign may carry a mark of the caller.

/** The counts of more buckets would not fit into the processor's second cache. */
const BUCKETS_MAX: i32 = 131_072;
/** Values in a bucket on average, up to `BUCKETS_MAX` buckets. */
const BUCKET_VALUES: i32 = 4;
/** Up to so many values are sorted by insertion. */
const INSERTION_MAX: i32 = 32;
/** A larger bucket is sorted into buckets itself, up to this depth, because values may crowd in some places. */
const DEPTH_MAX: i32 = 3;

/** Returns the bytes of scratch that `sortBySize` needs. */
@inline
export function sortScratchBytes(n: i32): usize {
  return (<usize>n << 3) + <usize>DEPTH_MAX * countsBytes();
}

@inline
function countsBytes(): usize {
  return <usize>(BUCKETS_MAX + 1) << 2;
}

/**
 * Sorts doubles by their size without the sign. Doubles of the same size may come in any order.
 * @param values n doubles without NaN
 */
export function sortBySize(values: usize, n: i32, scratch: usize): void {
  sortFrom(values, n, scratch + <usize>DEPTH_MAX * countsBytes(), scratch, 0);
}

/**
 * Sorts values into buckets, and then the values of each bucket.
 * @param copy room for n values
 * @param counts room for the counts of this depth, and behind it for the depths below
 */
function sortFrom(values: usize, n: i32, copy: usize, counts: usize, depth: i32): void {
  if (n <= INSERTION_MAX) {
    insertionSort(values, n);
    return;
  }
  let low: f64 = Infinity;
  let high: f64 = 0;
  const end = values + (<usize>n << 3);
  for (let at = values; at < end; at += 8) {
    const size = abs(load<f64>(at));
    low = min(low, size);
    high = max(high, size);
  }
  if (low == high) return;
  const nBuckets = min(BUCKETS_MAX, n / BUCKET_VALUES);
  const scale = (<f64>nBuckets - 0.5) / (high - low);
  if (depth == DEPTH_MAX || scale == Infinity || high == Infinity) {
    heapSort(values, n);
    return;
  }
  // Each count becomes the beginning of its bucket, and moves on to the bucket's end as the values are put there.
  memory.fill(counts, 0, <usize>(nBuckets + 1) << 2);
  for (let at = values; at < end; at += 8) {
    const place = counts + (<usize>bucketOf(load<f64>(at), low, scale) << 2);
    store<u32>(place, load<u32>(place, 4) + 1, 4);
  }
  for (let bucket = 1; bucket < nBuckets; bucket += 1) {
    const place = counts + (<usize>bucket << 2);
    store<u32>(place, load<u32>(place) + load<u32>(place - 4));
  }
  memory.copy(copy, values, <usize>n << 3);
  for (let at = copy; at < copy + (<usize>n << 3); at += 8) {
    const value = load<f64>(at);
    const place = counts + (<usize>bucketOf(value, low, scale) << 2);
    const to = load<u32>(place);
    store<u32>(place, to + 1);
    store<f64>(values + (<usize>to << 3), value);
  }
  let start: u32 = 0;
  for (let bucket = 0; bucket < nBuckets; bucket += 1) {
    const to = load<u32>(counts + (<usize>bucket << 2));
    const from = values + (<usize>start << 3);
    const inBucket = <i32>(to - start);
    if (inBucket <= INSERTION_MAX) insertionSort(from, inBucket);
    else sortFrom(from, inBucket, copy, counts + countsBytes(), depth + 1);
    start = to;
  }
}

@inline
function bucketOf(value: f64, low: f64, scale: f64): i32 {
  return <i32>((abs(value) - low) * scale);
}

@inline
function insertionSort(values: usize, n: i32): void {
  const end = values + (<usize>n << 3);
  for (let at = values + 8; at < end; at += 8) {
    const value = load<f64>(at);
    let to = at;
    for (; to > values && abs(load<f64>(to - 8)) > abs(value); to -= 8) store<f64>(to, load<f64>(to - 8));
    store<f64>(to, value);
  }
}

/** Sorts values in n log n steps. Buckets would not tell such values apart. */
function heapSort(values: usize, n: i32): void {
  for (let root = n / 2 - 1; root >= 0; root -= 1) siftDown(values, root, n);
  for (let last = n - 1; last > 0; last -= 1) {
    const value = load<f64>(values + (<usize>last << 3));
    store<f64>(values + (<usize>last << 3), load<f64>(values));
    store<f64>(values, value);
    siftDown(values, 0, last);
  }
}

function siftDown(values: usize, from: i32, n: i32): void {
  const value = load<f64>(values + (<usize>from << 3));
  let hole = from;
  for (let child = 2 * hole + 1; child < n; child = 2 * hole + 1) {
    if (child + 1 < n && sizeAt(values, child) < sizeAt(values, child + 1)) child += 1;
    if (sizeAt(values, child) <= abs(value)) break;
    store<f64>(values + (<usize>hole << 3), load<f64>(values + (<usize>child << 3)));
    hole = child;
  }
  store<f64>(values + (<usize>hole << 3), value);
}

@inline
function sizeAt(values: usize, index: i32): f64 {
  return abs(load<f64>(values + (<usize>index << 3)));
}
