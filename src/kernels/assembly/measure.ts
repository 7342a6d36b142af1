// Computes the sums for metrics of two classes. Each row has a class of 0 or 1 in a byte, and a probability of class 1.
import { logOf } from './exponential';
import { addKept } from './linear';
import { sortBySize, sortScratchBytes } from './sort';

// Places in the result of `measureRows`, which are doubles.
const TRUE_ONES: usize = 0;
const PREDICTED_ONES: usize = 8;
const BOTH_ONES: usize = 16;
const LOSS: usize = 24;
const TWICE_WINS: usize = 32;

const SIGN_BIT: u64 = 0x8000_0000_0000_0000;
/** Probabilities are clipped to this distance from 0 and 1: machine epsilon, as in scikit-learn. */
const MARGIN: f64 = 2.220446049250313e-16;
/** Pairs of rows whose probabilities are multiplied before the logarithm. The product is at least 1e-251. */
const FACTORS: usize = 16;

/** Returns the bytes of scratch that `measureRows` needs. */
export function measureScratchBytes(rows: i32): usize {
  return (<usize>rows << 3) + sortScratchBytes(rows);
}

/**
 * Stores five sums over the rows: true ones, predicted ones, both, log losses, and twice the wins of a class.
 * Twice the wins: a pair of rows of different classes counts 2 if the row of class `positive` has the higher probability
 * of this class, and 1 if both rows have the same probability.
 * @param positive the class whose wins are counted
 * @param out five doubles; the last two are NaN if a probability is NaN
 */
export function measureRows(
  codes: usize,
  predicted: usize,
  proba: usize,
  rows: i32,
  positive: i32,
  out: usize,
  scratch: usize,
): void {
  let ones = 0;
  let predictedOnes = 0;
  let both = 0;
  for (let row: usize = 0; row < <usize>rows; row += 1) {
    const isOne = <i32>load<u8>(codes + row);
    const isPredicted = <i32>load<u8>(predicted + row);
    ones += isOne;
    predictedOnes += isPredicted;
    both += isOne & isPredicted;
  }
  store<f64>(out, ones, TRUE_ONES);
  store<f64>(out, predictedOnes, PREDICTED_ONES);
  store<f64>(out, both, BOTH_ONES);
  sumLosses(codes, proba, rows, out + LOSS);
  const wins = twiceWins(codes, proba, rows, positive, scratch);
  store<f64>(out, wins, TWICE_WINS);
  // `logOf` gives a number for NaN, so the loss is set to NaN here.
  if (isNaN(wins)) store<f64>(out, NaN, LOSS);
}

/**
 * Sums up `-log p`, p being the probability of a row's own class.
 * The kernel takes the logarithm of a product of several p, and adds the logarithms with their rounding errors kept.
 * @param out two doubles: the sum, and room for the error
 */
function sumLosses(codes: usize, proba: usize, rows: i32, out: usize): void {
  store<f64>(out, 0);
  store<f64>(out, 0, 8);
  const pairs = <usize>rows >> 1;
  for (let first: usize = 0; first < pairs; first += FACTORS) {
    let product = f64x2.splat(1);
    const end = min(first + FACTORS, pairs);
    for (let pair = first; pair < end; pair += 1) {
      const ofSecond = v128.load(proba + (pair << 4));
      product = f64x2.mul(product, ownProbability(ofSecond, codes + (pair << 1)));
    }
    addKept(out, out + 8, logOf(product));
  }
  if ((rows & 1) !== 0) {
    const last = <usize>rows - 1;
    const own = ownProbability(v128.load64_splat(proba + (last << 3)), codes + last);
    addKept(out, out + 8, logOf(f64x2.replace_lane(own, 1, 1)));
  }
  store<f64>(out, -(load<f64>(out) + load<f64>(out, 8)));
}

/** Returns the probabilities of two rows' own classes. */
@inline
function ownProbability(ofSecond: v128, codes: usize): v128 {
  const two = i16x8.extend_low_i8x16_u(i16x8.splat(load<i16>(codes)));
  const isOne = i64x2.eq(i64x2.extend_low_i32x4_u(i32x4.extend_low_i16x8_u(two)), i64x2.splat(1));
  const own = v128.bitselect(ofSecond, f64x2.sub(f64x2.splat(1), ofSecond), isOne);
  return f64x2.pmin(f64x2.pmax(own, f64x2.splat(MARGIN)), f64x2.splat(1 - MARGIN));
}

/** Counts twice the wins (see `measureRows`) in whole numbers, and so exactly. */
function twiceWins(codes: usize, proba: usize, rows: i32, positive: i32, scratch: usize): f64 {
  let isEachNumber = true;
  for (let row: usize = 0; row < <usize>rows; row += 1) {
    const ofSecond = load<f64>(proba + (row << 3));
    const score = positive === 1 ? ofSecond : 1 - ofSecond;
    if (score !== score) isEachNumber = false;
    // Scores have no sign, so the sign bit can mark the class.
    const sign = u64(<i32>load<u8>(codes + row) === positive) << 63;
    store<u64>(scratch + (row << 3), reinterpret<u64>(score) | sign);
  }
  if (!isEachNumber) return NaN;
  const end = scratch + (<usize>rows << 3);
  sortBySize(scratch, rows, end);
  let wins: u64 = 0;
  let below: u64 = 0;
  for (let at = scratch; at < end; ) {
    const size = load<u64>(at) & ~SIGN_BIT;
    let positives: u64 = 0;
    let group: u64 = 0;
    for (; at < end && (load<u64>(at) & ~SIGN_BIT) === size; at += 8) {
      positives += load<u64>(at) >> 63;
      group += 1;
    }
    const negatives = group - positives;
    wins += positives * (2 * below + negatives);
    below += negatives;
  }
  return <f64>wins;
}
