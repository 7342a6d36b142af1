import { type CodedResult, rowLosses } from '../../ml/codedMetrics.ts';
import {
  type DrawnTables,
  drawTables,
  percentileInterval,
  valuesOfTables,
} from '../../ml/intervals/bootstrap.ts';
import { meanError } from '../../ml/intervals/meanError.ts';
import { normalInterval } from '../../ml/intervals/normal.ts';
import { wilson } from '../../ml/intervals/wilson.ts';
import type { CustomMetric } from '../../values/expression.ts';
import type { Interval, Intervals } from '../../values/intervals.ts';
import type { ConfusionCounts, Measures } from '../../values/metrics.ts';
import { COUNT_METRICS, type CountMetric, customCountMetrics } from './countMetrics.ts';

/** Predictions of the test rows, and what they come to. */
export interface MeasuredRows {
  readonly predictions: CodedResult;
  readonly measures: Measures;
  /** DeLong's variance of the area under the ROC curve; NaN if it is not known. */
  readonly areaVariance: number;
}

const SHARES: Interval = [0, 1];
const LOSSES: Interval = [0, Number.POSITIVE_INFINITY];

/**
 * Computes the 95 % intervals of the metrics of test rows. With more than two classes, accuracy and log loss have intervals.
 * @param metrics the client's own; those that depend on probabilities have no interval
 * @param drawn as `drawnCounts` has drawn them, if something else needs them too
 */
export function intervalsOf(
  rows: MeasuredRows,
  metrics: readonly CustomMetric[],
  drawn = drawnCounts(rows),
): Intervals {
  const { predictions, measures, areaVariance } = rows;
  const { trueCodes, proba } = predictions;
  const { confusion, metrics: values } = measures;
  const n = measures.rows;
  const lossAt = rowLosses(trueCodes, proba);
  const { standardError } = Number.isFinite(values.log_loss)
    ? meanError(n, lossAt)
    : { standardError: Number.NaN };
  return known({
    accuracy_score: wilson(Math.round(values.accuracy_score * n), n),
    ...(confusion && {
      precision_score: wilson(confusion.tp, confusion.tp + confusion.fp),
      recall_score: wilson(confusion.tp, confusion.tp + confusion.fn),
    }),
    log_loss: normalInterval(values.log_loss, standardError, LOSSES),
    ...(drawn && {
      roc_auc: normalInterval(values.roc_auc, Math.sqrt(areaVariance), SHARES),
      ...drawnIntervals(drawn, [F1, ...customCountMetrics(metrics)]),
    }),
  });
}

const F1 = COUNT_METRICS.find(({ name }) => name === 'f1_score')!;

/** Draws confusion matrices, `[tp, fp, tn, fn]` each; undefined with more than two classes. */
export function drawnCounts({
  measures: { confusion },
}: Pick<MeasuredRows, 'measures'>): DrawnTables | undefined {
  if (confusion === undefined) return undefined;
  const { tp, fp, tn, fn } = confusion;
  return drawTables([tp, fp, tn, fn]);
}

/** The confusion matrix of a drawn table. */
export function countsOf([tp, fp, tn, fn]: readonly number[]): ConfusionCounts {
  return { tp: tp!, fp: fp!, tn: tn!, fn: fn! };
}

function drawnIntervals(
  drawn: DrawnTables,
  metrics: readonly CountMetric[],
): Readonly<Record<string, Interval | undefined>> {
  const samples = valuesOfTables([drawn], ([table]) => {
    const counts = countsOf(table!);
    return metrics.map(({ compute }) => compute(counts));
  });
  return Object.fromEntries(metrics.map(({ name }, index) => [name, percentileInterval(samples[index]!)]));
}

function known(intervals: Readonly<Record<string, Interval | undefined>>): Intervals {
  return Object.fromEntries(
    Object.entries(intervals).flatMap(([name, interval]) =>
      interval === undefined ? [] : [[name, interval] as const],
    ),
  );
}
