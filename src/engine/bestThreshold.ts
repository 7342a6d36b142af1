import { compile } from '../expressions/compile.ts';
import { ofCounts, scopeOf } from '../expressions/scope.ts';
import type { Objective } from '../values/expression.ts';
import type { Measures } from '../values/metrics.ts';

/** Rows of two classes that a model was not fitted on. */
export interface ScoredRows {
  /** Probabilities of the positive class, of the rows that are of it and of the others. Both are sorted by `bestThreshold`. */
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
  /** Metrics of the rows. Those that no threshold changes are taken from here. */
  readonly measures: Measures;
}

/**
 * Finds the threshold with the best value of an objective. Thresholds are the probabilities that occur, and 1. A row is of
 * the positive class if its probability is the threshold or more. Of equally good thresholds the smallest is chosen.
 *
 * One pass over the sorted probabilities keeps the counts, as `sklearn.metrics.roc_curve` does.
 *
 * @returns undefined if the objective is undefined at each threshold
 */
export function bestThreshold(rows: ScoredRows, { direction, expression }: Objective): number | undefined {
  const positives = rows.ofPositives.sort();
  const negatives = rows.ofNegatives.sort();
  const scope = scopeOf(rows.measures);
  const { run } = compile(expression);
  const values = Float64Array.from(expression.symbols, (name) => scope.get(name) ?? Number.NaN);
  const moving = expression.symbols.flatMap((name, slot) => {
    const compute = ofCounts(name);
    return compute === undefined ? [] : [{ slot, compute }];
  });
  const sign = direction === 'max' ? 1 : -1;

  let best: number | undefined;
  let bestValue = Number.NEGATIVE_INFINITY;
  // Rows below the threshold, which stand before these places.
  let p = positives.length;
  let n = negatives.length;
  for (let threshold: number | undefined = 1; threshold !== undefined; ) {
    while (p > 0 && positives[p - 1]! >= threshold) p--;
    while (n > 0 && negatives[n - 1]! >= threshold) n--;
    const counts = { tp: positives.length - p, fp: negatives.length - n, tn: n, fn: p };
    for (const { slot, compute } of moving) values[slot] = compute(counts);
    const value = sign * run(values);
    if (value >= bestValue) {
      best = threshold;
      bestValue = value;
    }
    threshold = p + n === 0 ? undefined : Math.max(positives[p - 1] ?? 0, negatives[n - 1] ?? 0);
  }
  return best;
}
