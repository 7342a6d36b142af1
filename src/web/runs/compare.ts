import type { ClassCurvesData, ReportData } from '../../reports/data.ts';
import { shownMetric } from '../../reports/plots/text.ts';
import type { ReportColumn, ReportTable } from '../../reports/tables.ts';

/** A run as MLflow lists it, as far as a comparison needs it. */
export interface ListedRun {
  readonly id: string;
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** A run beside others. A run of another program, and a candidate of a sweep, have no report. */
export interface ComparedRun {
  readonly run: ListedRun;
  readonly report?: ReportData;
}

/** A param whose value is a printed estimator repeats the other params. */
const PRINTED_ESTIMATOR = /^\[\(|^[A-Z]\w*\(/;

/** A row with a value for each run, in the order of the runs. */
interface Compared<Value> {
  readonly name: string;
  readonly values: readonly (Value | null)[];
}

/** The params in which runs differ, each once: `model__C` says what `C` says. */
export function differingParams(runs: readonly Pick<ListedRun, 'params'>[]): readonly Compared<string>[] {
  const params = runs.map(unwrapped);
  const names = [...new Set(params.flatMap((one) => Object.keys(one)))];
  const rows = names
    .map((name) => ({ name, values: params.map((one) => one[name] ?? null) }))
    .filter(({ values }) => new Set(values).size > 1)
    .filter(({ values }) => !values.some((value) => value !== null && PRINTED_ESTIMATOR.test(value)));
  const known = new Map(rows.map((row) => [row.name, JSON.stringify(row.values)]));
  return rows.filter(({ name, values }) => {
    const bare = name.slice(name.lastIndexOf('__') + 2);
    return !name.includes('__') || known.get(bare) !== JSON.stringify(values);
  });
}

/** A model with a threshold wraps its classifier: `model__estimator__C` is the `model__C` of other runs. */
function unwrapped({ params }: Pick<ListedRun, 'params'>): ListedRun['params'] {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name.replace('__estimator__', '__'), value]),
  );
}

export function paramTable(runs: readonly ListedRun[]): ReportTable<Compared<string>> {
  return {
    caption: 'Params that differ',
    columns: [
      nameColumn('Param'),
      ...distinctNames(runs).map(
        (name, i): ReportColumn<Compared<string>> => ({
          name,
          isText: true,
          of: ({ values }) => values[i] ?? null,
          shown: ({ values }) => values[i] ?? '–',
        }),
      ),
    ],
    rows: differingParams(runs),
  };
}

interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Metrics that say what another metric says, or that are a part of another: the Flask app's four, folds, and ends of intervals. */
export const LEFT_OUT =
  /^(?:accuracy|entropy|precision|recall|test_score|training_.*|cv_score_mean|cv_.*(?<!_mean)|.*_ci_(?:low|high))$/;

/** The metrics side by side, each with its interval if it has one. */
export function comparedMetrics(runs: readonly ListedRun[]): ReportTable<Compared<Estimate>> {
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))].filter(
    (name) => !LEFT_OUT.test(name),
  );
  return {
    caption: 'Metrics, with 95 % intervals',
    columns: [
      nameColumn('Metric'),
      ...distinctNames(runs).map(
        (name, i): ReportColumn<Compared<Estimate>> => ({
          name,
          of: ({ values }) => values[i]?.value ?? null,
          shown: ({ values }) => shownEstimate(values[i] ?? null),
        }),
      ),
    ],
    rows: names.map((name) => ({ name, values: runs.map(({ metrics }) => estimateOf(metrics, name)) })),
  };
}

function estimateOf(metrics: ListedRun['metrics'], name: string): Estimate | null {
  const value = metrics[name] ?? null;
  if (value === null) return null;
  return { value, low: metrics[`${name}_ci_low`] ?? null, high: metrics[`${name}_ci_high`] ?? null };
}

function shownEstimate(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  const range = low === null || high === null ? '' : ` (${shownMetric(low)} to ${shownMetric(high)})`;
  return shownMetric(value) + range;
}

function nameColumn(name: string): ReportColumn<Compared<unknown>> {
  return { name, isText: true, of: (row) => row.name, shown: (row) => row.name };
}

/** The classes of which runs have curves of the test rows, those of the most runs first. */
export function classesOf(runs: readonly ComparedRun[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { report } of runs)
    for (const { label } of report?.curves.test ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([label]) => label);
}

/** The curves of one class with the names of the runs as labels, so that a plot tells the runs apart. */
export function overlaid(runs: readonly ComparedRun[], label: string): readonly ClassCurvesData[] {
  const names = distinctNames(runs.map(({ run }) => run));
  return runs.flatMap(({ report }, i) => {
    const found = report?.curves.test?.find((one) => one.label === label);
    return found === undefined ? [] : [{ ...found, label: names[i]! }];
  });
}

/** Names of runs for people: a name that several runs have gets the start of the run's id. */
export function distinctNames(runs: readonly Pick<ListedRun, 'id' | 'name'>[]): readonly string[] {
  const count = (name: string) => runs.filter((one) => one.name === name).length;
  return runs.map(({ id, name }) => (count(name) > 1 ? `${name} (${id.slice(0, 6)})` : name));
}
