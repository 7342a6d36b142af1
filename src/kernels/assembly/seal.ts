// Makes segments of the table of staged cells: whole numbers if they lose nothing, else doubles.
import { MISSING, NUMBER, OTHER, powerOfTen } from './layout';

// Places in the result of `seal`, as u32 from its address on.
const KIND: usize = 0;
const DECIMALS: usize = 4;
const MISSING_COUNT: usize = 8;
const OTHER_COUNT: usize = 12;
/** Row of the first missing cell, `OTHER` cells left out. */
const FIRST_MISSING: usize = 16;
/** Missing cells that hold the column's first word for missing: the lower half of their words is 0. */
const WORD_COUNT: usize = 20;

// The same numbers as `KINDS` in src/data/table.ts.
const FLOAT64: u32 = 0;
const INT8: u32 = 1;
const INT16: u32 = 2;
const INT32: u32 = 3;

/** Upper halves of the staged words. */
const NUMBER_TAG: i32 = <i32>(NUMBER >> 32);
const MISSING_TAG: i32 = <i32>(MISSING >> 32);
const OTHER_TAG: i32 = <i32>(OTHER >> 32);
const NAN: u64 = 0x7ff8_0000_0000_0000;
/** Powers of ten. With the last power every whole number other than 0 has more than 32 bits. */
const FACTORS: StaticArray<i64> = [
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
];
const LAST_FACTOR: i32 = 10;

/** The least and the largest whole number of the segment. */
let least: i64 = 0;
let most: i64 = 0;

/**
 * Writes the segment of one column of a block.
 * @param staged address of the staged words; the kernel may write one word behind them
 * @param out address of the segment; the kernel may write 8 bytes a row and 24 bytes behind them
 * @param result address of the places above
 */
export function seal(staged: usize, rows: u32, out: usize, result: usize): void {
  const end = staged + (<usize>rows << 3);
  // The loop reads two words at a time.
  if (rows & 1) store<u64>(end, load<u64>(end - 8));
  let all = i64x2.splat(-1);
  let low = v128.load(staged);
  let high = low;
  for (let at = staged; at < end; at += 16) {
    const words = v128.load(at);
    all = v128.and(all, words);
    low = i32x4.min_s(low, words);
    high = i32x4.max_s(high, words);
  }
  const common = <u64>i64x2.extract_lane(all, 0) & <u64>i64x2.extract_lane(all, 1);
  const areNumbers = (common & NUMBER) == NUMBER;
  const leastTag = min(i32x4.extract_lane(low, 1), i32x4.extract_lane(low, 3));
  const mostTag = max(i32x4.extract_lane(high, 1), i32x4.extract_lane(high, 3));
  let decimals = mostTag - NUMBER_TAG;
  store<u32>(result, 0, MISSING_COUNT);
  store<u32>(result, 0, OTHER_COUNT);
  store<u32>(result, 0, WORD_COUNT);
  if (mostTag >= MISSING_TAG) decimals = countMissing(staged, rows, result);
  // The whole numbers of 32 bits go to the second half of the room for doubles, and are narrowed from there.
  const whole = out + (((<usize>rows << 2) + 15) & ~15);
  if (areNumbers && leastTag == mostTag && mostTag < MISSING_TAG) {
    least = <i64>min(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 2));
    most = <i64>max(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 2));
    storeLowerHalves(staged, end, whole);
  } else if (!areNumbers || !storeAligned(staged, end, whole, decimals)) {
    store<u32>(result, FLOAT64, KIND);
    store<u32>(result, 0, DECIMALS);
    storeDoubles(staged, end, out);
    return;
  }
  store<u32>(result, decimals, DECIMALS);
  store<u32>(result, storeNarrow(whole, rows, out), KIND);
}

/** Counts the cells without a number, and returns the most decimals of the numbers. */
function countMissing(staged: usize, rows: u32, result: usize): i32 {
  let missing: u32 = 0;
  let others: u32 = 0;
  let words: u32 = 0;
  let decimals: i32 = 0;
  for (let row: u32 = 0; row < rows; row += 1) {
    const tag = load<i32>(staged + (<usize>row << 3), 4);
    if (tag < NUMBER_TAG) continue;
    if (tag < MISSING_TAG) {
      decimals = max(decimals, tag - NUMBER_TAG);
    } else if (tag == MISSING_TAG) {
      if (missing == 0) store<u32>(result, row, FIRST_MISSING);
      missing += 1;
      words += u32(load<u32>(staged + (<usize>row << 3)) == 0);
    } else {
      others += 1;
    }
  }
  store<u32>(result, missing, MISSING_COUNT);
  store<u32>(result, others, OTHER_COUNT);
  store<u32>(result, words, WORD_COUNT);
  return decimals;
}

/** Stores the whole numbers of words that all have the same decimals. */
function storeLowerHalves(staged: usize, end: usize, out: usize): void {
  for (let at = staged; at < end; at += 32, out += 16) {
    const four = i8x16.shuffle(
      v128.load(at), v128.load(at, 16),
      0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27,
    );
    v128.store(out, four);
  }
}

/** Stores whole numbers with the same decimals for all. Returns false if 32 bits do not hold a number. */
function storeAligned(staged: usize, end: usize, out: usize, decimals: i32): bool {
  least = i32.MAX_VALUE;
  most = i32.MIN_VALUE;
  for (let at = staged; at < end; at += 8, out += 4) {
    const tag = load<i32>(at, 4);
    if (tag >= MISSING_TAG) {
      store<i32>(out, i32.MIN_VALUE);
      continue;
    }
    const zeros = min(decimals - (tag - NUMBER_TAG), LAST_FACTOR);
    const number = <i64>load<i32>(at) * unchecked(FACTORS[zeros]);
    least = min(least, number);
    most = max(most, number);
    store<i32>(out, <i32>number);
  }
  return least > i32.MIN_VALUE && most <= i32.MAX_VALUE;
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

/**
 * Stores whole numbers of 32 bits in as few bytes as possible, and returns the kind.
 * The least i32 means missing. Narrowing makes the least i32 the least i16, and the least i16 the least i8.
 */
function storeNarrow(whole: usize, rows: u32, out: usize): u32 {
  const end = whole + (<usize>rows << 2);
  if (least >= -127 && most <= 127) {
    for (let at = whole; at < end; at += 64, out += 16) {
      v128.store(out, i8x16.narrow_i16x8_s(eight(at), eight(at + 32)));
    }
    return INT8;
  }
  if (least >= -32_767 && most <= 32_767) {
    for (let at = whole; at < end; at += 32, out += 16) v128.store(out, eight(at));
    return INT16;
  }
  memory.copy(out, whole, <usize>rows << 2);
  return INT32;
}

@inline
function eight(at: usize): v128 {
  return i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
}
