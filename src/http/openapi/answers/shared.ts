import { z } from 'zod';
import type { RoundedMetrics } from '../../../values/metrics.ts';
import type { Warning } from '../../../values/warning.ts';
import type { Timing } from '../../train/timing.ts';
import { answerOf } from './same.ts';

export const count = z.int().min(0);
/** JSON has no NaN: a number that is undefined is null. */
export const numberOrNull = z.number().nullable();
export const digest = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .describe("First 32 hex digits of the file's SHA-256.");
export const reference = z
  .string()
  .meta({ format: 'uri-reference' })
  .describe('A relative reference: resolve it against the address that you asked for.');
export const milliseconds = z.number().describe('Milliseconds');

export const warning = answerOf<Warning>()(
  z
    .object({
      code: z.string().describe('Stays the same in later versions.'),
      message: z.string(),
      column: z.exactOptional(z.string()),
    })
    .describe('A fact that you should know although nothing failed.'),
);

/** The Flask app's four numbers. */
export const rounded = {
  accuracy: z.number(),
  entropy: z.number().describe('The log loss.'),
  precision: z.number(),
  recall: z.number(),
} satisfies Record<keyof RoundedMetrics, z.ZodType>;

export const timing = answerOf<Timing>()(
  z
    .object({ total: milliseconds, log: milliseconds.nullable() })
    .catchall(milliseconds.nullable())
    .describe('Milliseconds of each stage.'),
);
