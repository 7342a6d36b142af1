import { z } from 'zod';
import type { ReadinessReport } from '../../../observability/readiness.ts';
import type { WayIn } from '../../routes/homeRoute.ts';
import type { ShownLimit } from '../../routes/limitsRoute.ts';
import { answerOf } from './same.ts';
import { reference } from './shared.ts';

export const home = answerOf<WayIn>()(
  z.object({
    service: z.literal('trainpost'),
    docs: reference,
    openapi: reference,
    postman: reference,
    example: z.string().describe('A line for a shell.'),
  }),
);

export const hello = z.object({ response: z.literal('Hello World') });

export const live = z.object({ live: z.literal(true) });

export const ready = answerOf<ReadinessReport>()(
  z.object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.object({ ok: z.boolean(), reason: z.exactOptional(z.string()) })),
  }),
);

const limit = answerOf<ShownLimit>()(
  z.object({
    setting: z.exactOptional(z.string()).describe('Absent if no setting changes the limit.'),
    bounds: z.string(),
    limit: z.number(),
    default: z.number(),
    unit: z.string(),
    status: z.int(),
    codes: z.array(z.string()),
  }),
);

export const limits = z.object({ limits: z.array(limit) });
