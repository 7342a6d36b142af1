import type { Fit, Parsing, Spread, Training } from './training.ts';

/** Two results agree to this, where reordering rows moves scikit-learn's own by a tenth of it at most. */
const TOLERANCE = 1e-10;
/** How many times as far as scikit-learn's own result moves ours may be. */
const MOVED_TIMES = 10;
const METRICS_TOLERANCE = 1e-9;
/** Relative: pandas does not read the last digits of a long number exactly. */
const SUMS_TOLERANCE = 1e-9;

const UNMOVED: Spread = { moved: 0, stable: true };

/**
 * Largest difference of a coefficient or the intercept.
 * @throws Error where the two results are not the same by the project's measure of parity
 */
export function checkFit(what: string, original: Fit, ours: Fit, spread: Spread = UNMOVED): number {
  if (spread.stable && original.nIter !== ours.nIter) {
    throw new Error(`${what}: ${ours.nIter} iterations, and the original takes ${original.nIter}.`);
  }
  const expected = [...original.coef, original.intercept];
  const difference = largestDifference(what, expected, [...ours.coef, ours.intercept]);
  const tolerance = Math.max(TOLERANCE, MOVED_TIMES * spread.moved);
  // So written, NaN is caught too.
  if (!(difference <= tolerance)) {
    throw new Error(`${what}: a coefficient is ${difference} off, and ${tolerance} is allowed.`);
  }
  return difference;
}

/** As `checkFit`, for the split and the metrics too. */
export function checkTraining(what: string, original: Training, ours: Training, spread?: Spread): number {
  const rows = ({ rows: { train, test } }: Training) => `${train} training and ${test} test rows`;
  if (rows(original) !== rows(ours)) {
    throw new Error(`${what}: ${rows(ours)}, and the original has ${rows(original)}.`);
  }
  const difference = checkFit(what, original, ours, spread);
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
  return expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - actual[index]!)), 0);
}
