import { DataError, FieldError, quote } from '../errors.ts';
import { RandomState } from './randomState.ts';

export interface SplitOptions {
  /** Share of the rows in (0, 1), rounded up to whole rows, or a number of rows of 1 or more. */
  readonly testSize: number;
  /** Seed, a whole number from 0 to 2^32 - 1. */
  readonly randomState: number;
  /** One class a row. Each class then has the same share in both parts. The numbers sort like the classes. */
  readonly stratify?: ArrayLike<number> | undefined;
}

/** Row numbers from 0, each in exactly one part. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

interface Sizes {
  readonly nTrain: number;
  readonly nTest: number;
}

/**
 * Splits rows into a training and a test part with the same rows and order as scikit-learn.
 * scikit-learn's function is `train_test_split(..., test_size, random_state, stratify)`.
 * nTest = ceil(testSize * nSamples).
 *
 * @throws DataError `too_few_rows`, `test_size_too_large`, `stratify_class_too_small`, `stratify_train_too_small`,
 *   `stratify_test_too_small`
 * @throws FieldError `test_size_invalid`, `random_state_invalid`
 * @throws RangeError if `stratify` does not have one value a row
 */
export function trainTestSplit(nSamples: number, options: SplitOptions): Split {
  const { testSize, randomState, stratify } = options;
  const sizes = partSizes(nSamples, testSize);
  const rng = new RandomState(randomState);
  if (stratify === undefined) {
    const rows = rng.permutation(nSamples);
    return { test: rows.subarray(0, sizes.nTest), train: rows.subarray(sizes.nTest) };
  }
  if (stratify.length !== nSamples) {
    throw new RangeError(`stratify has ${stratify.length} values for ${nSamples} rows.`);
  }
  return stratifiedSplit(groupByClass(stratify), sizes, rng);
}

/**
 * Returns the test rows of `trainTestSplit`, in any order, and the number of training rows.
 * @throws as `trainTestSplit`
 */
export function testRowsOf(
  nSamples: number,
  options: SplitOptions,
): { readonly test: Uint32Array; readonly nTrain: number } {
  if (options.stratify !== undefined) {
    const { train, test } = trainTestSplit(nSamples, options);
    return { test, nTrain: train.length };
  }
  const { nTrain, nTest } = partSizes(nSamples, options.testSize);
  return { test: new RandomState(options.randomState).startOfPermutation(nSamples, nTest), nTrain };
}

function partSizes(nSamples: number, testSize: number): Sizes {
  const isShare = testSize > 0 && testSize < 1;
  const isCount = Number.isInteger(testSize) && testSize >= 1;
  if (!isShare && !isCount) {
    const message = 'test_size must be a share between 0 and 1, or a whole number of rows.';
    throw new FieldError('test_size_invalid', message, {
      field: 'test_size',
      value: quote(String(testSize)),
    });
  }
  if (nSamples < 2) {
    const message = `A split needs at least 2 rows, but there is ${nSamples === 1 ? 'only 1' : 'none'}: send more rows.`;
    throw new DataError('too_few_rows', message, { limit: 2, actual: nSamples });
  }
  const nTest = isShare ? Math.ceil(testSize * nSamples) : testSize;
  const nTrain = nSamples - nTest;
  if (nTrain < 1) {
    const message =
      `test_size=${testSize} puts ${nTest} rows into the test set and leaves none of the ${nSamples} rows to ` +
      'train on: choose a smaller test_size or send more rows.';
    throw new DataError('test_size_too_large', message, {
      field: 'test_size',
      limit: nSamples - 1,
      actual: nTest,
    });
  }
  return { nTrain, nTest };
}

/** All rows, class after class, and within each class in their original order. */
interface ClassGroups {
  readonly rows: Uint32Array;
  /** Number of rows of each class, in the classes' order. */
  readonly counts: readonly number[];
}

/** @throws DataError `stratify_class_too_small` */
function groupByClass(stratify: ArrayLike<number>): ClassGroups {
  const codes = new Uint32Array(stratify.length);
  const codeOf = new Map<number, number>();
  const countByCode: number[] = [];
  for (let i = 0; i < codes.length; i++) {
    const value = stratify[i]!;
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(value, code);
      countByCode.push(0);
    }
    codes[i] = code;
    countByCode[code]!++;
  }

  // Codes are in order of first appearance. The groups are in the order of the classes.
  const order = [...codeOf].sort(([a], [b]) => a - b).map(([, code]) => code);
  const nextPlace = new Uint32Array(order.length);
  let place = 0;
  for (const code of order) {
    nextPlace[code] = place;
    place += countByCode[code]!;
  }
  const rows = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) rows[nextPlace[codes[i]!]!++] = i;
  const counts = order.map((code) => countByCode[code]!);

  const nTooSmall = counts.filter((count) => count < 2).length;
  if (nTooSmall > 0) {
    const message =
      `stratify needs at least 2 rows of each class, but ${nTooSmall} of the ${counts.length} classes ` +
      `${nTooSmall === 1 ? 'has' : 'have'} only 1: add rows, remove such classes, or train without stratify.`;
    const firstTooSmall = rows[startOf(counts, counts.indexOf(1))]!;
    throw new DataError('stratify_class_too_small', message, {
      field: 'stratify',
      row: firstTooSmall + 1,
      limit: 2,
      actual: 1,
    });
  }
  return { rows, counts };
}

function startOf(counts: readonly number[], index: number): number {
  return counts.slice(0, index).reduce((sum, count) => sum + count, 0);
}

/** One draw of scikit-learn's `StratifiedShuffleSplit`. The order of the random draws is part of the result. */
function stratifiedSplit({ rows, counts }: ClassGroups, { nTrain, nTest }: Sizes, rng: RandomState): Split {
  checkRoomForClasses('train', nTrain, counts.length);
  checkRoomForClasses('test', nTest, counts.length);
  const trainCounts = approximateMode(counts, nTrain, rng);
  const left = counts.map((count, k) => count - trainCounts[k]!);
  const testCounts = approximateMode(left, nTest, rng);

  const train = new Uint32Array(nTrain);
  const test = new Uint32Array(nTest);
  let start = 0;
  let trainEnd = 0;
  let testEnd = 0;
  counts.forEach((count, k) => {
    const group = rows.subarray(start, start + count);
    rng.shuffle(group);
    const nTrainOfClass = trainCounts[k]!;
    const nTestOfClass = testCounts[k]!;
    train.set(group.subarray(0, nTrainOfClass), trainEnd);
    test.set(group.subarray(nTrainOfClass, nTrainOfClass + nTestOfClass), testEnd);
    start += count;
    trainEnd += nTrainOfClass;
    testEnd += nTestOfClass;
  });
  rng.shuffle(train);
  rng.shuffle(test);
  return { train, test };
}

function checkRoomForClasses(part: 'train' | 'test', rows: number, nClasses: number): void {
  if (rows >= nClasses) return;
  const message =
    `stratify needs room for each of the ${nClasses} classes in the ${part} set, which has ${rows} ` +
    `${rows === 1 ? 'row' : 'rows'}: choose a ${part === 'test' ? 'larger' : 'smaller'} test_size, ` +
    'send more rows, or train without stratify.';
  throw new DataError(`stratify_${part}_too_small`, message, {
    field: 'test_size',
    limit: nClasses,
    actual: rows,
  });
}

/**
 * Returns how many of `nDraws` rows each class gets: about the mode of the multivariate hypergeometric distribution.
 * Each class gets its share rounded down. The missing rows go to the largest remainders, one a class, and among equal
 * remainders to a random choice. This is `_approximate_mode` of scikit-learn, with the same floating-point steps in
 * the same order, because they decide which remainders are equal.
 */
function approximateMode(counts: readonly number[], nDraws: number, rng: RandomState): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (count / total) * nDraws);
  const drawn = shares.map(Math.floor);
  const remainders = shares.map((share, k) => share - drawn[k]!);
  let missing = nDraws - drawn.reduce((sum, count) => sum + count, 0);
  const largestFirst = [...new Set(remainders)].sort((a, b) => b - a);
  for (const remainder of largestFirst) {
    if (missing <= 0) break;
    const tied = remainders.flatMap((value, k) => (value === remainder ? [k] : []));
    const nChosen = Math.min(tied.length, missing);
    for (const choice of rng.choice(tied.length, nChosen)) drawn[tied[choice]!]!++;
    missing -= nChosen;
  }
  return drawn;
}
