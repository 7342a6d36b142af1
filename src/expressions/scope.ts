import type { CustomMetric } from '../values/expression.ts';
import type { ConfusionCounts, Measures, MetricSet } from '../values/metrics.ts';
import { compile } from './compile.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Short names of metrics, as the original and most people write them. */
const SHORT_NAMES: Readonly<Record<string, keyof MetricSet>> = {
  accuracy: 'accuracy_score',
  precision: 'precision_score',
  recall: 'recall_score',
  f1: 'f1_score',
  entropy: 'log_loss',
};
const METRICS: readonly (keyof MetricSet)[] = [
  'accuracy_score',
  'precision_score',
  'recall_score',
  'f1_score',
  'log_loss',
  'roc_auc',
  'score',
];
const COUNTS: readonly (keyof ConfusionCounts)[] = ['tp', 'fp', 'tn', 'fn'];

/** Names of what is measured on one set of rows. `n` is the number of rows; the counts exist for two classes only. */
export const MEASURES: Vocabulary = {
  names: new Set<string>([...COUNTS, 'n', ...METRICS, ...Object.keys(SHORT_NAMES)]),
};

/** Names of metrics, also the short ones. */
export const METRIC_NAMES: readonly string[] = [...METRICS, ...Object.keys(SHORT_NAMES)];

/** The name of scikit-learn for a metric of `METRIC_NAMES`. A classifier's score is its accuracy. */
export function fullName(name: string): string {
  return name === 'score' ? 'accuracy_score' : (SHORT_NAMES[name] ?? name);
}

/** The values of `MEASURES` by name. An undefined metric is NaN, and a name that does not apply has no value. */
export function scopeOf({ metrics, rows, confusion }: Measures): ReadonlyMap<string, number> {
  const scope = new Map<string, number>([['n', rows]]);
  for (const name of METRICS) scope.set(name, metrics[name]);
  for (const [short, name] of Object.entries(SHORT_NAMES)) scope.set(short, metrics[name]);
  if (confusion !== undefined) for (const name of COUNTS) scope.set(name, confusion[name]);
  return scope;
}

/**
 * Metrics that depend on nothing but counts of two classes, by name: other values stay what they are when a threshold
 * moves. An undefined score is 0, as scikit-learn has it.
 */
const OF_COUNTS: Readonly<Record<string, (counts: ConfusionCounts) => number>> = {
  tp: ({ tp }) => tp,
  fp: ({ fp }) => fp,
  tn: ({ tn }) => tn,
  fn: ({ fn }) => fn,
  accuracy_score: accuracyOf,
  score: accuracyOf,
  precision_score: ({ tp, fp }) => ratio(tp, tp + fp),
  recall_score: ({ tp, fn }) => ratio(tp, tp + fn),
  f1_score: ({ tp, fp, fn }) => ratio(2 * tp, 2 * tp + fp + fn),
};

function accuracyOf({ tp, fp, tn, fn }: ConfusionCounts): number {
  return (tp + tn) / (tp + fp + tn + fn);
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

/**
 * How to compute a name of `MEASURES` from counts; undefined if it does not depend on them alone.
 * @param name also a short one
 */
export function ofCounts(name: string): ((counts: ConfusionCounts) => number) | undefined {
  return OF_COUNTS[SHORT_NAMES[name] ?? name];
}

/** Adds the client's own metrics. */
export function withCustom(measures: Measures, metrics: readonly CustomMetric[]): Measures {
  if (metrics.length === 0) return measures;
  const scope = scopeOf(measures);
  const values = metrics.map(({ name, expression }) => [
    name,
    compile(expression).evaluate(scope) ?? Number.NaN,
  ]);
  return { ...measures, custom: Object.fromEntries(values) };
}
