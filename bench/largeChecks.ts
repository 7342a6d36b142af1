import type { Fit, Parsing, Training } from './training.ts';

/** Coefficients may always differ by this. */
const TOLERANCE = 1e-10;
/** Coefficients may also differ by this many times the movement of scikit-learn's own on reordered rows. */
const MOVED_TIMES = 10;
const METRICS_TOLERANCE = 1e-9;
/** Relative: pandas does not read the last digits of a long number exactly. */
const SUMS_TOLERANCE = 1e-9;

/**
 * The largest difference of a coefficient or the intercept. `reordered` is the original's fit on the same rows in another
 * order. If that fit takes another number of iterations, iterations are not compared.
 * @throws Error if the two results are not equal within the tolerance
 */
export function checkFit(what: string, original: Fit, ours: Fit, reordered: Fit): number {
  if (reordered.nIter === original.nIter && ours.nIter !== original.nIter) {
    throw new Error(`${what}: ${ours.nIter} iterations, and the original takes ${original.nIter}.`);
  }
  const numbers = ({ coef, intercept }: Fit) => [...coef, intercept];
  const difference = largestDifference(what, numbers(original), numbers(ours));
  const moved = largestDifference(what, numbers(original), numbers(reordered));
  const tolerance = Math.max(TOLERANCE, MOVED_TIMES * moved);
  // Written with `!` to catch NaN too.
  if (!(difference <= tolerance)) {
    throw new Error(`${what}: a coefficient differs by ${difference}, and at most ${tolerance} is allowed.`);
  }
  return difference;
}

/** As `checkFit`, and also checks the split and the metrics. */
export function checkTraining(what: string, original: Training, ours: Training, reordered: Fit): number {
  const rows = ({ rows: { train, test } }: Training) => `${train} training and ${test} test rows`;
  if (rows(original) !== rows(ours)) {
    throw new Error(`${what}: ${rows(ours)}, and the original has ${rows(original)}.`);
  }
  const difference = checkFit(what, original, ours, reordered);
  for (const name of ['accuracy', 'precision', 'recall', 'entropy'] as const) {
    const off = Math.abs(original.metrics[name] - ours.metrics[name]);
    if (!(off <= METRICS_TOLERANCE)) {
      throw new Error(
        `${what}: ${name} is ${ours.metrics[name]}, and the original has ${original.metrics[name]}.`,
      );
    }
  }
  return difference;
}

/** @throws Error if the two have not read the same table */
export function checkParsing(what: string, original: Parsing, ours: Parsing): void {
  if (original.rows !== ours.rows) {
    throw new Error(`${what}: ${ours.rows} rows, and pandas reads ${original.rows}.`);
  }
  const scale = original.sums.map((sum) => Math.max(1, Math.abs(sum)));
  const relative = (sums: readonly number[]) => sums.map((sum, column) => sum / scale[column]!);
  const difference = largestDifference(what, relative(original.sums), relative(ours.sums));
  if (!(difference <= SUMS_TOLERANCE)) {
    throw new Error(`${what}: the sum of a column has a relative difference of ${difference}.`);
  }
}

function largestDifference(what: string, expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) {
    throw new Error(`${what}: ${actual.length} numbers, and the original has ${expected.length}.`);
  }
  // If a difference is NaN, Math.max returns NaN.
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)));
}
