import type { ClassBalance, ColumnProfile, DryRun, PlannedFits } from '../../values/dryRun.ts';
import type { DryRunAnswer, StatisticsAnswer } from '../openapi/answers/dryRun.ts';
import { shortened } from '../problem.ts';
import { testFileAnswer } from './trainAnswer.ts';

const SHARE_DECIMALS = 4;

/**
 * Makes the response to a dry run.
 * @param clock milliseconds that the route measured: the upload, and the time since the request began
 */
export function dryRunAnswer(
  report: DryRun,
  clock: { readonly upload: number; readonly total: number },
): DryRunAnswer {
  const { rows, digest, columns, testData, target, split, fits, problem, timingMs } = report;
  return {
    would_train: problem === undefined,
    problem: problem === undefined ? null : problemAnswer(problem),
    warnings: report.warnings,
    data: {
      rows,
      columns: columns.length,
      target: target?.name ?? null,
      digest,
      ...(testData && { test_file: testFileAnswer(testData) }),
    },
    classes: (target?.classes ?? []).map(classAnswer),
    split: split ? splitAnswer(split) : null,
    pipeline: report.pipeline ?? null,
    ...(fits && { fits: fitsAnswer(fits) }),
    columns: columns.map(columnAnswer),
    timing_ms: {
      upload: tenths(clock.upload),
      parse: tenths(timingMs.parse),
      profile: tenths(timingMs.profile),
      total: tenths(clock.total),
    },
  };
}

function splitAnswer({
  holdout,
  trainRows,
  testRows,
  droppedRows,
}: NonNullable<DryRun['split']>): NonNullable<DryRunAnswer['split']> {
  return {
    by: holdout.by,
    ...(holdout.by === 'column' && { column: holdout.column }),
    ...('testSize' in holdout && { test_size: holdout.testSize }),
    ...(holdout.by === 'random' && { random_state: holdout.randomState, stratify: holdout.stratify }),
    train_rows: trainRows,
    test_rows: testRows,
    dropped_rows: droppedRows,
  };
}

function fitsAnswer({ total, candidates, folds, select, threshold }: PlannedFits) {
  return { total, candidates, cv: folds ?? null, select, threshold: threshold ?? null };
}

function problemAnswer({ code, message, details = {} }: NonNullable<DryRun['problem']>) {
  const { value, retryAfterS: _, runId: __, deliveryId: ___, openMessage: ____, ...help } = details;
  return { code, detail: message, ...help, ...(value !== undefined && { value: shortened(value) }) };
}

function classAnswer({ label, rows, share, trainRows, testRows }: ClassBalance) {
  return {
    label,
    rows,
    share: Number(share.toFixed(SHARE_DECIMALS)),
    ...(trainRows !== undefined && { train_rows: trainRows }),
    ...(testRows !== undefined && { test_rows: testRows }),
  };
}

/** Describes a column: first what every column has, then what is unusual about this column. */
function columnAnswer(column: ColumnProfile): DryRunAnswer['columns'][number] {
  const { name, role, missing, distinct, distinctCapped } = column;
  const counts = {
    missing,
    distinct,
    ...(distinctCapped && { distinct_capped: true as const }),
    ...(column.allDistinct && { all_distinct: true as const }),
  };
  if (column.kind === 'text') {
    return {
      name,
      role,
      type: column.type,
      ...counts,
      most_frequent: column.mostFrequent,
      ...(column.cramersV !== undefined && { cramers_v: finite(column.cramersV) }),
    };
  }
  const { infinite, others, rocAuc } = column;
  return {
    name,
    role,
    type: column.type,
    ...counts,
    ...(infinite > 0 && { infinite }),
    ...(others > 0 && { not_numbers: others }),
    ...statistics(column),
    bins: column.bins,
    ...(rocAuc && { roc_auc: rocAuc.area, roc_auc_of: rocAuc.label }),
  };
}

function statistics({ min, max, mean, std, quantiles }: ColumnProfile & { kind: 'number' }) {
  const [p05, p25, p50, p75, p95] = quantiles as [number, number, number, number, number];
  const entries = Object.entries({ min, p05, p25, p50, p75, p95, max, mean, std });
  return Object.fromEntries(
    entries.map(([name, value]) => [name, finite(value)]),
  ) as unknown as StatisticsAnswer;
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
const tenths = (ms: number) => Math.round(ms * 10) / 10;
