import { compile } from '../../expressions/compile.ts';
import { ofCounts, scopeOf } from '../../expressions/scope.ts';
import type { CustomMetric } from '../../values/expression.ts';
import type { ConfusionCounts, Measures } from '../../values/metrics.ts';

/** A metric that follows from the counts of two classes. */
export interface CountMetric {
  readonly name: string;
  /** NaN if the metric is undefined. */
  readonly compute: (counts: ConfusionCounts) => number;
}

/** Metrics of scikit-learn that follow from counts. */
const OF_COUNTS = ['accuracy_score', 'precision_score', 'recall_score', 'f1_score'] as const;

export const COUNT_METRICS: readonly CountMetric[] = OF_COUNTS.map((name) => ({
  name,
  compute: ofCounts(name)!,
}));

/** The client's metrics that depend on nothing but counts. */
export function customCountMetrics(metrics: readonly CustomMetric[]): CountMetric[] {
  return metrics.flatMap(({ name, expression }) => {
    const { symbols } = expression;
    const parts = symbols.map((symbol) => (symbol === 'n' ? rowsOf : ofCounts(symbol)));
    if (!parts.every((part) => part !== undefined)) return [];
    const { run } = compile(expression);
    const values = new Float64Array(symbols.length);
    const compute = (counts: ConfusionCounts) => {
      parts.forEach((part, slot) => {
        values[slot] = part(counts);
      });
      return run(values);
    };
    return [{ name, compute }];
  });
}

function rowsOf({ tp, fp, tn, fn }: ConfusionCounts): number {
  return tp + fp + tn + fn;
}

/** The log loss that stands for a wholly wrong model: a probability of e^-10 for the true class of each row. */
const WORST_LOSS = 10;

/**
 * Whether more of a client's metric is better, 1, or less, -1: a model that is always right is compared with one that is
 * always wrong, on as many rows of each class. 0 if both have the same value, or none.
 */
export function directionOf({ expression }: CustomMetric, { tp, fp, tn, fn }: ConfusionCounts): number {
  const { evaluate } = compile(expression);
  const [positives, negatives] = [tp + fn, fp + tn];
  const right = { tp: positives, fp: 0, tn: negatives, fn: 0 };
  const wrong = { tp: 0, fp: negatives, tn: 0, fn: positives };
  const best = evaluate(scopeOf(measuresOf(right, 1, 0)));
  const worst = evaluate(scopeOf(measuresOf(wrong, 0, WORST_LOSS)));
  return best === undefined || worst === undefined ? 0 : Math.sign(best - worst);
}

function measuresOf(confusion: ConfusionCounts, share: number, loss: number): Measures {
  return {
    metrics: {
      accuracy_score: share,
      precision_score: share,
      recall_score: share,
      f1_score: share,
      log_loss: loss,
      roc_auc: share,
      score: share,
    },
    rows: rowsOf(confusion),
    confusion,
  };
}
