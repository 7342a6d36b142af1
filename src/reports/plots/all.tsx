import type { VNode } from 'preact';
import type { ClassCurvesData, CoefficientRow, PartName, ReportData, SweepRow } from '../data.ts';
import { ClassBalance, ScoreHistogram } from './bars.tsx';
import { ConfusionMatrix } from './confusion.tsx';
import { CalibrationPlot, PrecisionRecallCurve, RocCurve, ThresholdPlot } from './curves.tsx';
import { Forest, type ForestRow } from './forest.tsx';
import { FONT } from './frame.tsx';
import { Convergence, SweepPlot, type SweepPoint } from './steps.tsx';
import { fitText, isolated } from './text.ts';

/** A plot, and the name of its file without an ending. */
export interface NamedPlot {
  readonly name: string;
  readonly plot: VNode;
}

/** Room for a class in the label of an axis. */
const LABEL_WIDTH = 160;

/** More curves than this look too much alike. */
const CURVES_MAX = 12;
/** Coefficients of more classes are shown in the table only. */
const CLASS_PLOTS_MAX = 12;
/** Coefficients that are drawn of all classes together, and of each class at frequent. */
const COEFFICIENTS_MAX = 180;
const COEFFICIENTS_EACH = 8;
const COEFFICIENTS_OF_ONE = 60;

const OF = { train: 'training rows', test: 'test rows' } as const;
/** Names of files begin as those of `mlflow.sklearn.autolog`. */
const PREFIX = { train: 'training', test: 'test' } as const;

/** The plots of one set of rows. */
export function partPlots(data: ReportData, part: PartName): readonly NamedPlot[] {
  const of = OF[part];
  const matrix = data.confusion[part];
  const curves = data.curves[part] && mostFrequent(data.curves[part]);
  const plots: NamedPlot[] = [];
  const add = (name: string, plot: VNode) => plots.push({ name: `${PREFIX[part]}_${name}`, plot });
  if (matrix !== undefined) {
    add('confusion_matrix', <ConfusionMatrix labels={data.classes} matrix={matrix} of={of} />);
  }
  if (curves === undefined) return plots;
  add('roc_curve', <RocCurve curves={curves} of={of} />);
  add('precision_recall_curve', <PrecisionRecallCurve curves={curves} of={of} />);
  add('calibration', <CalibrationPlot curves={curves} of={of} />);
  const [only, second] = curves;
  if (only !== undefined && second === undefined) {
    add('threshold_metrics', <ThresholdPlot curves={only} of={of} />);
    const { positives, negatives } = only.histogram;
    add(
      'probabilities',
      <ScoreHistogram label={only.label} positives={positives} negatives={negatives} of={of} />,
    );
  }
  return plots;
}

/** The curves of the classes with the most rows. */
function mostFrequent(curves: readonly ClassCurvesData[]): readonly ClassCurvesData[] {
  if (curves.length <= CURVES_MAX) return curves;
  const frequent = [...curves].sort((a, b) => b.positives - a.positives).slice(0, CURVES_MAX);
  return curves.filter((one) => frequent.includes(one));
}

/** The plots of the model and of the file. */
export function modelPlots(data: ReportData): readonly NamedPlot[] {
  return [
    ...coefficientPlots(data),
    ...inferencePlots(data),
    ...(data.losses === undefined || data.losses.length < 2
      ? []
      : [{ name: 'convergence', plot: <Convergence losses={data.losses} /> }]),
    ...sweepPlots(data),
    { name: 'class_balance', plot: <ClassBalance classes={data.data.class_counts} /> },
  ];
}

function coefficientPlots({ coefficients, classes }: ReportData): readonly NamedPlot[] {
  const groups = new Map<string | undefined, CoefficientRow[]>();
  for (const row of coefficients) {
    const group = groups.get(row.label);
    if (group === undefined) groups.set(row.label, [row]);
    else group.push(row);
  }
  if (groups.size > CLASS_PLOTS_MAX) return [];
  const most = Math.min(
    COEFFICIENTS_OF_ONE,
    Math.max(COEFFICIENTS_EACH, Math.floor(COEFFICIENTS_MAX / groups.size)),
  );
  const toward = (label: string | undefined) =>
    isolated(fitText(label ?? classes[1] ?? '', LABEL_WIDTH, FONT));
  return [...groups].map(([label, rows], i) => ({
    name: label === undefined ? 'coefficients' : `coefficients_${i}`,
    plot: (
      <Forest
        title={label === undefined ? 'Coefficients' : `Coefficients of class ${isolated(label)}`}
        says="Change of the log odds if a column grows by one standard deviation."
        xLabel={`Log odds of ${toward(label)} per standard deviation`}
        most={most}
        rows={rows.flatMap(({ term, per_std: value }) => (value === null ? [] : [{ term, value }]))}
      />
    ),
  }));
}

function inferencePlots({ inference }: ReportData): readonly NamedPlot[] {
  const rows = (inference ?? []).flatMap(({ term, z, ci_low, ci_high, estimate, std_error }): ForestRow[] => {
    if (term === '(intercept)' || z === null || ci_low === null || ci_high === null) return [];
    if (estimate === null || !std_error) return [];
    // In standard errors, so that columns of any unit fit in one plot.
    return [{ term, value: z, low: ci_low / std_error, high: ci_high / std_error }];
  });
  if (rows.length === 0) return [];
  return [
    {
      name: 'inference',
      plot: (
        <Forest
          title="Estimates without a penalty, with 95 % intervals"
          says="An interval that crosses 0 may be chance."
          xLabel="Estimate in standard errors"
          rows={rows}
        />
      ),
    },
  ];
}

function sweepPlots({ sweep }: ReportData): readonly NamedPlot[] {
  if (sweep === undefined) return [];
  const isNumber = (row: SweepRow) => typeof row.settings['C'] === 'number';
  const byC = sweep.rows.every(isNumber) && new Set(sweep.rows.map(({ settings }) => settings['C'])).size > 1;
  const points = sweep.rows.flatMap(({ candidate, settings, value, std }): SweepPoint[] => {
    if (value === null) return [];
    const x = byC ? (settings['C'] as number) : candidate;
    const isChosen = candidate === sweep.chosen;
    return [{ x, value, ...(typeof std === 'number' && { std }), isChosen }];
  });
  if (points.length === 0) return [];
  const xLabel = byC ? 'C (a smaller C is a stronger penalty)' : 'Candidate';
  return [
    {
      name: 'sweep',
      plot: <SweepPlot points={points} xLabel={xLabel} yLabel={sweep.select} isLog={byC} />,
    },
  ];
}
