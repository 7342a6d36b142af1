import { curveStepBefore } from 'd3-shape';
import type { ClassCurvesData } from '../data.ts';
import { type Series, UnitLines } from './lines.tsx';
import { shownMetric, shownNumber } from './text.ts';

interface CurvesProps {
  readonly curves: readonly ClassCurvesData[];
  /** Which rows: `test rows`. */
  readonly of: string;
}

/** With more curves than this, the legend has names only: the table of the classes has the numbers. */
const VALUES_MAX = 3;

const withValue = (curves: readonly ClassCurvesData[], value: string) =>
  curves.length > VALUES_MAX ? {} : { value };

export function RocCurve({ curves, of }: CurvesProps) {
  const series = curves
    .filter(({ positives, negatives }) => positives > 0 && negatives > 0)
    .map(
      ({ label, roc_auc, roc }): Series => ({
        name: label,
        ...withValue(curves, `(area ${shownMetric(roc_auc)})`),
        x: [0, ...roc.fpr],
        y: [0, ...roc.tpr],
      }),
    );
  const says =
    series.length === 0
      ? 'There is no curve without rows of both classes.'
      : 'The diagonal is what chance comes to.';
  return (
    <UnitLines
      title={`ROC curve, ${of}`}
      says={says}
      xLabel="False positive rate (alarms among rows of other classes)"
      yLabel="True positive rate (recall)"
      series={series}
      reference={{ x: [0, 1], y: [0, 1] }}
    />
  );
}

export function PrecisionRecallCurve({ curves, of }: CurvesProps) {
  const series = curves
    .filter(({ positives }) => positives > 0)
    .map(
      ({ label, average_precision, precision_recall: { recall, precision } }): Series => ({
        name: label,
        ...withValue(curves, `(average precision ${shownMetric(average_precision)})`),
        x: [0, ...recall],
        y: [precision[0] ?? 1, ...precision],
      }),
    );
  const [only] = curves;
  const share = only === undefined ? 0 : only.positives / (only.positives + only.negatives);
  return (
    <UnitLines
      title={`Precision and recall, ${of}`}
      says="Each point is a threshold."
      xLabel="Recall (share of the class that is found)"
      yLabel="Precision (share of alarms that are right)"
      series={series}
      curve={curveStepBefore}
      {...(curves.length === 1 && { reference: { x: [0, 1], y: [share, share] } })}
    />
  );
}

export function CalibrationPlot({ curves, of }: CurvesProps) {
  const series = curves.map(
    ({ label, brier_score, calibration: { mean, share } }): Series => ({
      name: label,
      ...withValue(curves, `(Brier score ${shownNumber(brier_score)})`),
      x: mean,
      y: share,
    }),
  );
  return (
    <UnitLines
      title={`Calibration, ${of}`}
      says="A point on the diagonal means that the probabilities are right."
      xLabel="Mean probability of a bin"
      yLabel="Share of its rows that are of the class"
      series={series}
      hasPoints
      reference={{ x: [0, 1], y: [0, 1] }}
    />
  );
}

export function ThresholdPlot({ curves, of }: { readonly curves: ClassCurvesData; readonly of: string }) {
  const { threshold, tp, fp, fn } = curves.thresholds;
  const ratio = (name: string, numerator: (i: number) => number, denominator: (i: number) => number) => ({
    name,
    x: threshold,
    y: threshold.map((_, i) => (denominator(i) === 0 ? 0 : numerator(i) / denominator(i))),
  });
  return (
    <UnitLines
      title={`Metrics by threshold, ${of}`}
      says="Precision, recall and F1 of the class at each threshold."
      xLabel="Threshold (least probability of the class)"
      yLabel="Value"
      series={[
        ratio(
          'precision',
          (i) => tp[i]!,
          (i) => tp[i]! + fp[i]!,
        ),
        ratio(
          'recall',
          (i) => tp[i]!,
          (i) => tp[i]! + fn[i]!,
        ),
        ratio(
          'F1',
          (i) => 2 * tp[i]!,
          (i) => 2 * tp[i]! + fp[i]! + fn[i]!,
        ),
      ]}
    />
  );
}
