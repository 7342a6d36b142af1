import type { TermEstimate } from '../values/inference.ts';
import type { ClassCurvesData, ClassRow, CoefficientRow, MetricRow, ReportData, SweepRow } from './data.ts';
import { shownMetric, shownNumber } from './plots/text.ts';

/*
 * The tables of a report, before somebody draws them: the page of a report as plain HTML, the page of the service as tables
 * that can be sorted and saved.
 */

type Value = number | string | null;

export interface ReportColumn<Row> {
  readonly name: string;
  readonly isText?: boolean;
  /** What the column is sorted by. */
  of(row: Row): Value;
  /** The value for people. */
  shown(row: Row): string;
}

export interface ReportTable<Row extends object = object> {
  readonly caption: string;
  readonly columns: readonly ReportColumn<Row>[];
  readonly rows: readonly Row[];
  /** Place of a row that stands out. */
  readonly chosen?: number;
}

function text<Row>(name: string, of: (row: Row) => string | number | undefined): ReportColumn<Row> {
  return { name, isText: true, of: (row) => of(row) ?? null, shown: (row) => String(of(row) ?? '') };
}

function number<Row>(
  name: string,
  of: (row: Row) => number | null | undefined,
  shown: (value: number | null | undefined) => string = shownNumber,
): ReportColumn<Row> {
  return { name, of: (row) => of(row) ?? null, shown: (row) => shown(of(row)) };
}

function metric<Row>(name: string, of: (row: Row) => number | null | undefined): ReportColumn<Row> {
  return number(name, of, shownMetric);
}

type End = number | null | undefined;

function interval<Row>(
  name: string,
  ends: (row: Row) => readonly [low: End, high: End],
  shown = shownMetric,
): ReportColumn<Row> {
  return {
    name,
    of: (row) => ends(row)[0] ?? null,
    shown: (row) => {
      const [low, high] = ends(row);
      return typeof low === 'number' && typeof high === 'number' ? `${shown(low)} to ${shown(high)}` : '–';
    },
  };
}

const INTERVAL = '95 % interval';

export function metricTable({ metrics }: Pick<ReportData, 'metrics'>): ReportTable<MetricRow> {
  const has = (name: keyof MetricRow) => metrics.some((row) => row[name] !== undefined);
  return {
    caption: 'Metrics',
    columns: [
      text('Metric', ({ name }) => name),
      metric('Test', ({ test }) => test),
      ...(has('test_low') ? [interval<MetricRow>(INTERVAL, (row) => [row.test_low, row.test_high])] : []),
      ...(has('train') ? [metric<MetricRow>('Training', ({ train }) => train)] : []),
      ...(has('cv_mean') ? [FOLDS] : []),
    ],
    rows: metrics,
  };
}

const FOLDS: ReportColumn<MetricRow> = {
  name: 'Folds',
  of: ({ cv_mean }) => cv_mean ?? null,
  shown: ({ cv_mean, cv_std }) => `${shownMetric(cv_mean)} ± ${shownMetric(cv_std)}`,
};

const VERDICTS = {
  better: 'better',
  no_difference: 'no difference',
  worse_within_noise: 'worse, within noise',
  significantly_worse: 'significantly worse',
} as const;

/** This model against the champion, on the same test rows. */
export function championTable({ metrics }: Pick<ReportData, 'metrics'>): ReportTable<MetricRow> {
  return {
    caption: 'Against the champion',
    columns: [
      text('Metric', ({ name }) => name),
      metric('This model', ({ test }) => test),
      metric('Champion', ({ champion }) => champion),
      metric('Difference', ({ difference }) => difference),
      interval(INTERVAL, (row) => [row.difference_low, row.difference_high]),
      text('Verdict', ({ verdict }) => (verdict ? VERDICTS[verdict] : '–')),
    ],
    rows: metrics,
  };
}

const SIGNS = { passed: '✓', failed: '✗', warned: '⚠' } as const;

/** Each gate with the values that it needs. */
export function gateTable({ gates = [] }: Pick<ReportData, 'gates'>): ReportTable {
  type Gate = (typeof gates)[number];
  const valueText = (value: number | boolean | null) =>
    typeof value === 'boolean' ? String(value) : shownMetric(value);
  const columns: readonly ReportColumn<Gate>[] = [
    text('Gate', ({ expression }) => expression),
    text('State', ({ state }) => `${SIGNS[state]}\u00a0${state}`),
    text('Values', ({ values }) =>
      Object.entries(values)
        .map(([name, value]) => `${name} = ${valueText(value)}`)
        .join(', '),
    ),
  ];
  return { caption: 'Gates', columns, rows: gates };
}

/** With two classes, the legends of the curves have the areas. */
export function classTable(
  rows: readonly ClassRow[],
  curves: readonly ClassCurvesData[] = [],
): ReportTable<ClassRow> {
  const areas = curves.length > 2 ? new Map(curves.map((one) => [one.label, one])) : undefined;
  return {
    caption: 'Each class, test rows',
    columns: [
      text('Class', ({ label }) => label),
      metric('Precision', ({ precision }) => precision),
      metric('Recall', ({ recall }) => recall),
      metric('F1', ({ f1 }) => f1),
      number('Rows', ({ support }) => support),
      ...(areas
        ? [
            metric<ClassRow>('ROC AUC', ({ label }) => areas.get(label)?.roc_auc),
            metric<ClassRow>('Average precision', ({ label }) => areas.get(label)?.average_precision),
            metric<ClassRow>('Brier score', ({ label }) => areas.get(label)?.brier_score),
          ]
        : []),
    ],
    rows,
  };
}

interface CalibrationRow {
  readonly mean: number;
  readonly share: number;
  readonly rows: number;
}

export function calibrationTable({
  calibration: { mean, share, rows },
}: ClassCurvesData): ReportTable<CalibrationRow> {
  return {
    caption: 'Bins of the calibration',
    columns: [
      metric('Mean probability', (row) => row.mean),
      metric('Share of the class', (row) => row.share),
      number('Rows', (row) => row.rows),
    ],
    rows: mean.map((value, i) => ({ mean: value, share: share[i]!, rows: rows[i]! })),
  };
}

export function coefficientTable({
  coefficients,
}: Pick<ReportData, 'coefficients'>): ReportTable<CoefficientRow> {
  const hasLabels = coefficients.some(({ label }) => label !== undefined);
  return {
    caption: 'Coefficients',
    columns: [
      text('Column', ({ term }) => term),
      ...(hasLabels ? [text<CoefficientRow>('Class', ({ label }) => label)] : []),
      number('Per unit', ({ per_unit }) => per_unit),
      number('Per standard deviation', ({ per_std }) => per_std),
      number('Odds ratio per unit', ({ odds_ratio }) => odds_ratio),
    ],
    rows: coefficients,
  };
}

export function inferenceTable(rows: readonly TermEstimate[]): ReportTable<TermEstimate> {
  return {
    caption: 'Estimates without a penalty',
    columns: [
      text('Term', ({ term }) => term),
      number('Estimate', ({ estimate }) => estimate),
      number('Standard error', ({ std_error }) => std_error),
      number('z', ({ z }) => z),
      number('p', ({ p_value }) => p_value),
      interval(INTERVAL, ({ ci_low, ci_high }) => [ci_low, ci_high], shownNumber),
      number('Odds ratio', ({ odds_ratio }) => odds_ratio),
    ],
    rows,
  };
}

/** The settings in which candidates differ, and what each candidate comes to. */
export function sweepTable({
  select,
  chosen,
  rows,
}: NonNullable<ReportData['sweep']>): ReportTable<SweepRow> {
  const has = (name: keyof SweepRow) => rows.some((row) => row[name] !== undefined);
  const names = Object.keys(rows[0]?.settings ?? {});
  const varying = names.filter((name) => new Set(rows.map(({ settings }) => settings[name])).size > 1);
  return {
    caption: 'Candidates of the sweep',
    columns: [
      number('Candidate', ({ candidate }) => candidate),
      ...varying.map(
        (name): ReportColumn<SweepRow> => ({
          name,
          of: ({ settings }) => settings[name] ?? null,
          shown: ({ settings }) => String(settings[name] ?? 'none'),
        }),
      ),
      metric(select, ({ value }) => value),
      ...(has('std') ? [metric<SweepRow>('Deviation over the folds', ({ std }) => std)] : []),
      ...(has('problem') ? [text<SweepRow>('Problem', ({ problem }) => problem)] : []),
    ],
    rows,
    chosen: rows.findIndex(({ candidate }) => candidate === chosen),
  };
}

export function columnTable({
  columns: rows,
}: ReportData['data']): ReportTable<ReportData['data']['columns'][number]> {
  return {
    caption: 'Columns',
    columns: [
      text('Column', ({ name }) => name),
      text('Type', ({ type }) => type),
      text('Role', ({ role }) => role),
      text('Missing', ({ missing }) => (missing ? 'yes' : 'no')),
      number('Minimum', ({ min }) => min),
      number('Maximum', ({ max }) => max),
      number('Mean', ({ mean }) => mean),
      number('Standard deviation', ({ std }) => std),
    ],
    rows,
  };
}
