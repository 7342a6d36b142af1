import { z } from 'zod';
import type { ReportData } from '../../../reports/data.ts';
import { answerOf } from './same.ts';
import { count, numberOrNull, warning } from './shared.ts';
import { term } from './training.ts';

const numbers = z.array(z.number());
const optional = z.exactOptional(numberOrNull);
const text = z.exactOptional(z.string());

/** A value for each set of rows that has one. */
const byPart = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({ train: z.exactOptional(schema), test: z.exactOptional(schema) });

const metric = z.object({
  name: z.string(),
  train: numberOrNull,
  test: numberOrNull,
  test_low: optional,
  test_high: optional,
  champion: optional,
  difference: optional,
  difference_low: optional,
  difference_high: optional,
  verdict: z.exactOptional(
    z.enum(['better', 'no_difference', 'worse_within_noise', 'significantly_worse']).nullable(),
  ),
  cv_mean: optional,
  cv_std: optional,
});

const thresholds = z
  .object({ threshold: numbers, tp: numbers, fp: numbers, tn: numbers, fn: numbers })
  .describe('Counts at thresholds, the highest threshold first.');

const curves = z
  .object({
    label: z.string(),
    positives: z.number(),
    negatives: z.number(),
    roc_auc: numberOrNull,
    average_precision: numberOrNull,
    brier_score: numberOrNull,
    roc: z.object({ fpr: numbers, tpr: numbers, threshold: numbers }),
    precision_recall: z.object({ recall: numbers, precision: numbers, threshold: numbers }),
    calibration: z.object({ mean: numbers, share: numbers, rows: numbers }),
    histogram: z.object({ positives: numbers, negatives: numbers }),
    thresholds,
  })
  .describe('Curves of one class against all others.');

const ofClass = z.object({
  label: z.string(),
  precision: numberOrNull,
  recall: numberOrNull,
  f1: numberOrNull,
  support: z.number(),
});

const coefficient = z
  .object({
    label: text,
    term: z.string(),
    per_unit: numberOrNull,
    per_std: numberOrNull,
    odds_ratio: numberOrNull,
  })
  .describe('A coefficient in the units of the file.');

const settings = z.record(z.string(), z.union([z.number(), z.string(), z.null()]));

const sweep = z.object({
  select: z.string(),
  chosen: z.number(),
  rows: z.array(
    z.object({ candidate: z.number(), settings, value: numberOrNull, std: optional, problem: text }),
  ),
});

const gate = z.object({
  expression: z.string(),
  state: z.enum(['passed', 'failed', 'warned']),
  values: z.record(z.string(), z.union([z.number(), z.boolean(), z.null()])),
});

const column = z.object({
  name: z.string(),
  type: z.string(),
  role: z.enum(['target', 'feature', 'ignored']),
  missing: z.boolean(),
  min: z.exactOptional(z.number()),
  max: z.exactOptional(z.number()),
  mean: z.exactOptional(z.number()),
  std: z.exactOptional(z.number()),
});

const data = z.object({
  rows: count,
  train_rows: count,
  test_rows: count,
  digest: z.string(),
  columns: z.array(column),
  class_counts: z.array(z.object({ label: z.string(), rows: z.number() })),
});

/** The form of `report.json`. A report that was read back is held against this schema. */
export const report = answerOf<ReportData>()(
  z
    .object({
      version: z.literal(1),
      experiment: z.string(),
      run: z.string(),
      registered_model: z.string(),
      file: z.string(),
      test_file: text,
      trained_at: z.string(),
      target: z.string(),
      classes: z.array(z.string()),
      positive: text,
      threshold: z.exactOptional(z.object({ value: z.number(), by: z.string() })),
      baseline: z.exactOptional(z.object({ label: z.string(), accuracy: z.number() })),
      metrics: z.array(metric),
      counts: z.exactOptional(
        byPart(z.object({ tp: z.number(), fp: z.number(), tn: z.number(), fn: z.number() })),
      ),
      confusion: byPart(z.array(numbers)).describe('Rows by true class and predicted class.'),
      per_class: byPart(z.array(ofClass)),
      curves: byPart(z.array(curves)),
      coefficients: z.array(coefficient),
      inference: z.exactOptional(z.array(term)),
      solver: z.object({ name: z.string(), iterations: z.number(), converged: z.boolean() }),
      losses: z.exactOptional(z.array(z.object({ iteration: z.number(), loss: z.number() }))),
      gates: z.exactOptional(z.array(gate)),
      champion: z.exactOptional(
        z.object({ uri: z.string(), name: z.string().nullable(), version: z.string().nullable() }),
      ),
      sweep: z.exactOptional(sweep),
      data,
      warnings: z.array(warning),
      settings,
      params: z.record(z.string(), z.string()),
      pipeline: z.string().describe('As scikit-learn prints it.'),
      command: z.string().describe('A command line that trains this model again.'),
    })
    .describe('The numbers behind the report of a training.'),
);
