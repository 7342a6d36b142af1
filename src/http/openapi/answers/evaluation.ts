import { z } from 'zod';
import type { ColumnDrift } from '../../../values/evaluation.ts';
import type { EvaluateAnswer, MeasuredAnswer } from '../../evaluate/evaluateAnswer.ts';
import { experiment, run, tracking } from './delivery.ts';
import { gate, intervals } from './gates.ts';
import { metrics } from './metrics.ts';
import { answerOf } from './same.ts';
import { modelPlace } from './scoring.ts';
import { count, digest, rounded, timing, warning } from './shared.ts';

const orNull = z.string().nullable();

const drift = answerOf<ColumnDrift>()(
  z.object({
    column: z.string(),
    psi: z.number().describe('Population stability index over the bins of the training rows.'),
    warning: z.boolean().describe('Whether the index is worth a warning.'),
  }),
);

const promotion = z
  .object({ name: z.string(), alias: z.string(), version: orNull, url: orNull })
  .describe('The registered model whose alias moves.');

export const measured = answerOf<MeasuredAnswer>()(
  z
    .object({
      ...rounded,
      model: z.object(modelPlace).describe('The model that was measured.'),
      metrics: z.object({ test: metrics }),
      intervals,
      data: z.object({ rows: count, columns: count, target: z.string(), digest }),
      gate: z.exactOptional(gate),
      drift: z.array(drift),
      warnings: z.array(warning),
      promotion: z.exactOptional(promotion),
      timing_ms: timing,
    })
    .describe('The metrics of a model on other rows. Nothing was logged.'),
);

export const evaluation = answerOf<EvaluateAnswer>()(
  z
    .object({ ...measured.shape, experiment, run, tracking })
    .describe('An evaluation that was accepted. Keys that MLflow has yet to fill are null.'),
);
