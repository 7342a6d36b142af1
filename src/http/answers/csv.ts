import Papa from 'papaparse';
import type { DryRunAnswer } from '../openapi/answers/dryRun.ts';
import type { JsonMetrics } from '../train/sweepAnswer.ts';
import type { TrainAnswer } from '../train/trainAnswer.ts';

type Row = Readonly<Record<string, unknown>>;

/** The leaderboard of a sweep: a row for each candidate, the best first. A single training has one row. */
export function leaderboardCsv(answer: TrainAnswer, settings: Row = {}): string {
  const { runs, best, metrics, cv, solver } = answer;
  if (runs === undefined) {
    return csvOf([{ candidate: 0, ...settings, ...resultColumns({ metrics, ...(cv && { cv }), solver }) }]);
  }
  return csvOf(
    runs.map((run) => ({
      candidate: run.index,
      best: run.index === best?.index,
      ...run.settings,
      ...(run.settings.C === null && { C: 'inf' }),
      ...resultColumns(run),
      problem: run.problem?.code,
      run_id: run.run?.id,
    })),
  );
}

type Measured = Partial<Pick<NonNullable<TrainAnswer['runs']>[number], 'metrics' | 'cv' | 'solver'>>;

function resultColumns({ metrics, cv, solver }: Measured): Row {
  return {
    ...(cv && { ...named('cv_', cv.mean, '_mean'), ...named('cv_', cv.std, '_std') }),
    ...(metrics && { ...named('test_', metrics.test), ...named('training_', metrics.train) }),
    ...(solver && { iterations: solver.iterations, converged: solver.converged }),
  };
}

function named(prefix: string, values: JsonMetrics, suffix = ''): Row {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name + suffix, value]));
}

/** One row for each metric of an evaluation. */
export function metricsCsv({
  metrics,
  intervals,
}: {
  readonly metrics: { readonly test: JsonMetrics };
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
}): string {
  return csvOf(
    Object.entries(metrics.test).map(([metric, test]) => {
      const [low, high] = intervals[metric] ?? [];
      return { metric, test, low, high };
    }),
  );
}

/** One row for each column of the file. */
export function columnsCsv({ columns }: Pick<DryRunAnswer, 'columns'>): string {
  return csvOf(
    columns.map((column) => {
      const { most_frequent: _, ...plain } = column as Row;
      return plain;
    }),
  );
}

/** The columns are all keys of all rows. An undefined value is an empty cell. */
export function csvOf(rows: readonly Row[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // A spreadsheet would take a text that begins so for a formula.
  const text = Papa.unparse(
    { fields, data: rows.map((row) => fields.map((name) => row[name] ?? '')) },
    { newline: '\n', escapeFormulae: true },
  );
  return `${text}\n`;
}
