import type { Fit, Parsing, Training } from './training.ts';

/** Results agree to this, or to so many times what scikit-learn's own moves by when its rows are reordered. */
const TOLERANCE = 1e-10;
const MOVED_TIMES = 10;
const METRICS_TOLERANCE = 1e-9;
/** Relative: pandas does not read the last digits of a long number exactly. */
const SUMS_TOLERANCE = 1e-9;

/**
 * Largest difference of a coefficient or the intercept. `reordered` is the original's fit on the same rows in another
 * order: where it takes other iterations itself, they are not compared.
 * @throws Error where the two results are not the same by the project's measure of parity
 */
export function checkFit(what: string, original: Fit, ours: Fit, reordered: Fit): number {
  if (reordered.nIter === original.nIter && ours.nIter !== original.nIter) {
    throw new Error(`${what}: ${ours.nIter} iterations, and the original takes ${original.nIter}.`);
  }
  const numbers = ({ coef, intercept }: Fit) => [...coef, intercept];
  const difference = largestDifference(what, numbers(original), numbers(ours));
  const moved = largestDifference(what, numbers(original), numbers(reordered));
  const tolerance = Math.max(TOLERANCE, MOVED_TIMES * moved);
  // So written, NaN is caught too.
  if (!(difference <= tolerance)) {
    throw new Error(`${what}: a coefficient is ${difference} off, and ${tolerance} is allowed.`);
  }
  return difference;
}

/** As `checkFit`, for the split and the metrics too. */
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
        `${what}: ${name} is ${ours.metrics[name]}, and the original's ${original.metrics[name]}.`,
      );
    }
  }
  return difference;
}

/** @throws Error where the two have not read the same table */
export function checkParsing(what: string, original: Parsing, ours: Parsing): void {
  if (original.rows !== ours.rows) {
    throw new Error(`${what}: ${ours.rows} rows, and pandas reads ${original.rows}.`);
  }
  const scale = original.sums.map((sum) => Math.max(1, Math.abs(sum)));
  const relative = (sums: readonly number[]) => sums.map((sum, column) => sum / scale[column]!);
  const difference = largestDifference(what, relative(original.sums), relative(ours.sums));
  if (!(difference <= SUMS_TOLERANCE)) {
    throw new Error(`${what}: a column's sum is off by a share of ${difference}.`);
  }
}

function largestDifference(what: string, expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) {
    throw new Error(`${what}: ${actual.length} numbers, and the original has ${expected.length}.`);
  }
  // Math.max keeps NaN.
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)));
}
