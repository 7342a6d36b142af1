// Staged cells to segments of the table: packed where whole numbers hold them, else doubles.
import { MISSING, NUMBER, OTHER, powerOfTen } from './layout';

// What `seal` tells, as u32 from the address of its result on.
const KIND: usize = 0;
const DECIMALS: usize = 4;
const MISSING_COUNT: usize = 8;
const OTHER_COUNT: usize = 12;
/** Row of the first cell that is missing, others not counted. */
const FIRST_MISSING: usize = 16;

// As `KINDS` in src/data/table.ts.
const FLOAT64: u32 = 0;
const INT8: u32 = 1;
const INT16: u32 = 2;
const INT32: u32 = 3;

/** Upper halves of the staged words. */
const NUMBER_TAG: i32 = <i32>(NUMBER >> 32);
const MISSING_TAG: i32 = <i32>(MISSING >> 32);
const OTHER_TAG: i32 = <i32>(OTHER >> 32);
const NAN: u64 = 0x7ff8_0000_0000_0000;
/** More zeros than these and a whole number other than 0 has more than 32 bits. */
const ZEROS_MAX: i32 = 9;
const ZEROS: StaticArray<i64> = [1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000];

/**
 * Writes the staged cells of one column of a block.
 * @param staged address of their words, which may be overwritten; one more than `rows` may be
 * @param out where the segment goes; up to 16 bytes behind it are written too
 * @param result address of what is set out above
 */
export function seal(staged: usize, rows: u32, out: usize, result: usize): void {
  const end = staged + (<usize>rows << 3);
  // Two words are looked at together.
  if (rows & 1) store<u64>(end, load<u64>(end - 8));
  let all = i64x2.splat(-1);
  let least = v128.load(staged);
  let most = least;
  for (let at = staged; at < end; at += 16) {
    const words = v128.load(at);
    all = v128.and(all, words);
    least = i32x4.min_s(least, words);
    most = i32x4.max_s(most, words);
  }
  store<u32>(result, 0, MISSING_COUNT);
  store<u32>(result, 0, OTHER_COUNT);
  const common = <u64>i64x2.extract_lane(all, 0) & <u64>i64x2.extract_lane(all, 1);
  const areNumbers = (common & NUMBER) == NUMBER;
  let low = min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 2));
  let high = max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 2));
  const leastTag = min(i32x4.extract_lane(least, 1), i32x4.extract_lane(least, 3));
  const mostTag = max(i32x4.extract_lane(most, 1), i32x4.extract_lane(most, 3));
  if (!areNumbers || leastTag != mostTag || leastTag >= MISSING_TAG) {
    const decimals = countMissing(staged, rows, result);
    if (!areNumbers || !align(staged, end, decimals)) {
      store<u32>(result, FLOAT64, KIND);
      store<u32>(result, 0, DECIMALS);
      storeDoubles(staged, end, out);
      return;
    }
    low = i32.MAX_VALUE;
    high = i32.MIN_VALUE;
    for (let at = staged; at < end; at += 8) {
      const number = load<i32>(at);
      if (number == i32.MIN_VALUE) continue;
      low = min(low, number);
      high = max(high, number);
    }
    store<u32>(result, decimals, DECIMALS);
  } else {
    store<u32>(result, leastTag - NUMBER_TAG, DECIMALS);
  }
  if (low >= -127 && high <= 127) {
    store<u32>(result, INT8, KIND);
    storeInt8(staged, end, out);
  } else if (low >= -32_767 && high <= 32_767) {
    store<u32>(result, INT16, KIND);
    storeInt16(staged, end, out);
  } else {
    store<u32>(result, INT32, KIND);
    storeInt32(staged, end, out);
  }
}

/** Counts what is no number; gives back the most decimals of the numbers. */
function countMissing(staged: usize, rows: u32, result: usize): i32 {
  let missing: u32 = 0;
  let others: u32 = 0;
  let decimals: i32 = 0;
  for (let row: u32 = 0; row < rows; row += 1) {
    const tag = load<i32>(staged + (<usize>row << 3), 4);
    if (tag < NUMBER_TAG) continue;
    if (tag < MISSING_TAG) {
      decimals = max(decimals, tag - NUMBER_TAG);
    } else if (tag == MISSING_TAG) {
      if (missing == 0) store<u32>(result, row, FIRST_MISSING);
      missing += 1;
    } else {
      others += 1;
    }
  }
  store<u32>(result, missing, MISSING_COUNT);
  store<u32>(result, others, OTHER_COUNT);
  return decimals;
}

/** Gives all numbers the same decimals, in place; false where one does not fit any more, and then none has changed. */
function align(staged: usize, end: usize, decimals: i32): bool {
  for (let at = staged; at < end; at += 8) {
    const tag = load<i32>(at, 4);
    if (tag >= MISSING_TAG) continue;
    const number = <i64>load<i32>(at);
    const zeros = decimals - (tag - NUMBER_TAG);
    if (number == 0 || zeros == 0) continue;
    if (zeros > ZEROS_MAX) return false;
    const aligned = number * unchecked(ZEROS[zeros]);
    if (aligned > i32.MAX_VALUE || aligned < -i32.MAX_VALUE) return false;
  }
  for (let at = staged; at < end; at += 8) {
    const tag = load<i32>(at, 4);
    const zeros = min(decimals - (tag - NUMBER_TAG), ZEROS_MAX);
    if (tag < MISSING_TAG && zeros > 0) store<i32>(at, load<i32>(at) * <i32>unchecked(ZEROS[zeros]));
  }
  return true;
}

function storeDoubles(staged: usize, end: usize, out: usize): void {
  for (let at = staged; at < end; at += 8, out += 8) {
    const tag = load<i32>(at, 4);
    if (tag < NUMBER_TAG) {
      store<u64>(out, load<u64>(at));
    } else if (tag < MISSING_TAG) {
      store<f64>(out, <f64>load<i32>(at) / powerOfTen(tag - NUMBER_TAG));
    } else {
      store<u64>(out, NAN);
    }
  }
}

/** The lower halves of four words. */
@inline
function four(at: usize): v128 {
  return i8x16.shuffle(v128.load(at), v128.load(at, 16), 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

function storeInt32(staged: usize, end: usize, out: usize): void {
  for (let at = staged; at < end; at += 32, out += 16) v128.store(out, four(at));
}

/** To narrow makes the least of 32 bits, which is missing, the least of 16, and that of 16 the least of 8. */
@inline
function eight(at: usize): v128 {
  return i16x8.narrow_i32x4_s(four(at), four(at + 32));
}

function storeInt16(staged: usize, end: usize, out: usize): void {
  for (let at = staged; at < end; at += 64, out += 16) v128.store(out, eight(at));
}

function storeInt8(staged: usize, end: usize, out: usize): void {
  for (let at = staged; at < end; at += 128, out += 16) {
    v128.store(out, i8x16.narrow_i16x8_s(eight(at), eight(at + 64)));
  }
}
