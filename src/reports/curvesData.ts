import type { ClassCurves, Cuts } from '../values/curves.ts';
import { finite } from './coefficients.ts';
import type { ClassCurvesData, ThresholdRows } from './data.ts';

/** The curves of one class as shares. ROC begins at (0, 0), like that of scikit-learn. */
export function curvesData(curves: ClassCurves, label: string): ClassCurvesData {
  const { positives, negatives, roc, precisionRecall, table, calibration, histogram } = curves;
  const ofPositives = (counts: readonly number[]) => counts.map((count) => share(count, positives));
  return {
    label,
    positives,
    negatives,
    roc_auc: finite(curves.rocAuc),
    average_precision: finite(curves.averagePrecision),
    brier_score: finite(curves.brier),
    roc: {
      fpr: roc.fp.map((count) => share(count, negatives)),
      tpr: ofPositives(roc.tp),
      threshold: roc.threshold,
    },
    precision_recall: {
      recall: ofPositives(precisionRecall.tp),
      precision: precisionRecall.tp.map((tp, i) => share(tp, tp + precisionRecall.fp[i]!)),
      threshold: precisionRecall.threshold,
    },
    calibration,
    histogram,
    thresholds: thresholdRows(table, positives, negatives),
  };
}

function thresholdRows({ threshold, tp, fp }: Cuts, positives: number, negatives: number): ThresholdRows {
  return {
    threshold,
    tp,
    fp,
    tn: fp.map((count) => negatives - count),
    fn: tp.map((count) => positives - count),
  };
}

const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
