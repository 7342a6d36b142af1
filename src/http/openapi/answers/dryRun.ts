import { z } from 'zod';
import type { Plain } from './same.ts';
import { count, digest, milliseconds, numberOrNull, warning } from './shared.ts';
import { testFile } from './training.ts';

const label = z.union([z.number(), z.string()]);
const optionalCount = z.exactOptional(count);

const classOfTarget = z.object({
  label,
  rows: count,
  share: z.number(),
  train_rows: optionalCount,
  test_rows: optionalCount,
});

const split = z.object({
  by: z.enum(['random', 'last', 'column', 'file']),
  column: z.exactOptional(z.string()),
  test_size: z.exactOptional(z.number()),
  random_state: optionalCount,
  stratify: z.exactOptional(z.boolean()),
  train_rows: count,
  test_rows: count,
  dropped_rows: count,
});

const fits = z
  .object({
    total: count.describe('Fits in all.'),
    candidates: count,
    cv: count.nullable(),
    select: z.string(),
    threshold: z.union([z.number(), z.string()]).nullable(),
  })
  .describe('The fits that a training would make.');

const statistics = {
  min: numberOrNull,
  p05: numberOrNull,
  p25: numberOrNull,
  p50: numberOrNull,
  p75: numberOrNull,
  p95: numberOrNull,
  max: numberOrNull,
  mean: numberOrNull,
  std: numberOrNull,
};

const ofEveryColumn = {
  name: z.string(),
  role: z.enum(['target', 'feature', 'ignored']),
  missing: count,
  distinct: count,
  distinct_capped: z.exactOptional(z.literal(true)),
  all_distinct: z.exactOptional(z.literal(true)),
};

const numberColumn = z.object({
  ...ofEveryColumn,
  type: z.enum(['long', 'double', 'boolean']),
  infinite: optionalCount,
  not_numbers: optionalCount,
  ...statistics,
  bins: z.array(count).describe('The rows in bins of equal width from `min` to `max`.'),
  roc_auc: z.exactOptional(z.number()),
  roc_auc_of: z.exactOptional(label),
});

const textColumn = z.object({
  ...ofEveryColumn,
  type: z.literal('string'),
  most_frequent: z.array(z.object({ value: z.string(), rows: count })),
  cramers_v: z.exactOptional(numberOrNull),
});

export const step = z
  .object({
    name: z.string(),
    estimator: z.string().describe("scikit-learn's class."),
    columns: z.exactOptional(z.array(z.string())),
    get steps() {
      return z.exactOptional(z.array(step));
    },
  })
  .describe('A step of the pipeline, which may have steps itself.');

/** The error that a training would end with. It has the help that a problem has. */
const foreseen = z.object({
  code: z.string(),
  detail: z.string(),
  field: z.exactOptional(z.string()),
  file: z.exactOptional(z.literal('test_file')),
  row: optionalCount,
  position: optionalCount,
  line: optionalCount,
  column: z.exactOptional(z.string()),
  value: z.exactOptional(z.string()),
  limit: z.exactOptional(z.number()),
  actual: z.exactOptional(z.number()),
  allowed: z.exactOptional(z.array(z.string())),
});

export const dryRun = z
  .object({
    would_train: z.boolean(),
    problem: foreseen.nullable(),
    warnings: z.array(warning),
    data: z.object({
      rows: count,
      columns: count,
      target: z.string().nullable(),
      digest,
      test_file: z.exactOptional(testFile),
    }),
    classes: z.array(classOfTarget),
    split: split.nullable(),
    pipeline: z.array(step).nullable(),
    fits: z.exactOptional(fits),
    columns: z.array(z.union([numberColumn, textColumn])),
    timing_ms: z.object({
      upload: milliseconds,
      parse: milliseconds,
      profile: milliseconds,
      total: milliseconds,
    }),
  })
  .describe('What a training would do, with `dry_run=true`. Nothing was trained.');

/** The response to `POST /train` with `dry_run`; an undefined number is null. */
export type DryRunAnswer = Plain<z.output<typeof dryRun>>;
export type StatisticsAnswer = Plain<Record<keyof typeof statistics, number | null>>;
