import type { ConfusionCounts } from '../values/metrics.ts';
import type { ThresholdRows } from './data.ts';

/** The threshold of a model without one of its own. */
export const DEFAULT_THRESHOLD = 0.5;

/** The last row whose threshold is at least a value: all rows from this value on are counted in it. -1 if there is no such row. */
export function placeOf({ threshold }: ThresholdRows, value: number): number {
  return threshold.findLastIndex((one) => one >= value);
}

export function countsAt({ tp, fp, tn, fn }: ThresholdRows, place: number): ConfusionCounts {
  return { tp: tp[place]!, fp: fp[place]!, tn: tn[place]!, fn: fn[place]! };
}

/** What a threshold costs, in false alarms. @param ratio how many false alarms a missed row costs */
export function costOf({ fp, fn }: Pick<ConfusionCounts, 'fp' | 'fn'>, ratio: number): number {
  return ratio * fn + fp;
}

/** The place of the threshold that costs least; the highest of several. */
export function cheapest({ fp, fn }: ThresholdRows, ratio: number): number {
  const costs = fp.map((alarms, i) => costOf({ fp: alarms, fn: fn[i]! }, ratio));
  return costs.indexOf(costs.reduce((least, cost) => Math.min(least, cost), Number.POSITIVE_INFINITY));
}

/** Metrics of the class; null if a metric has no denominator. */
export function metricsOf({ tp, fp, tn, fn }: ConfusionCounts) {
  return {
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    f1: share(2 * tp, 2 * tp + fp + fn),
    accuracy: share(tp + tn, tp + fp + tn + fn),
  };
}

/** Rows by true class (outside) and predicted class. @param isFirst whether the positive class is the first of both */
export function matrixOf(
  { tp, fp, tn, fn }: ConfusionCounts,
  isFirst: boolean,
): readonly (readonly number[])[] {
  return isFirst
    ? [
        [tp, fn],
        [fp, tn],
      ]
    : [
        [tn, fp],
        [fn, tp],
      ];
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
