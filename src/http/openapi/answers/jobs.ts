import { z } from 'zod';
import type { JobAnswer } from '../../jobs/jobAnswer.ts';
import { evaluation } from './evaluation.ts';
import { problem } from './problem.ts';
import { answerOf } from './same.ts';
import { reference } from './shared.ts';
import { training } from './training.ts';

const time = z.string().meta({ format: 'date-time' });

export const job = answerOf<JobAnswer>()(
  z
    .object({
      id: z.string().describe('The id of the job, and of the delivery of its run.'),
      url: reference,
      events_url: reference,
      kind: z.enum(['train', 'evaluate', 'predict']),
      state: z.enum(['queued', 'reading', 'fitting', 'logging', 'done', 'failed', 'cancelled']),
      progress: z.object({
        stage: z.string(),
        done: z.number().min(0).describe('Steps of the stage that are done, such as fits.'),
        total: z.number().min(0).describe('Steps of the stage; 0 while the number is not known.'),
        rows: z.number().min(0).describe('Rows of the tables; 0 until they are read.'),
        iterations: z.number().min(0).describe('Iterations of all fits.'),
        share: z.number().min(0).max(1).describe('How much of the whole job is done.'),
      }),
      place: z.number().nullable().describe('1 for the job that begins next; null once a job has begun.'),
      accepted_at: time,
      ended_at: time.nullable(),
      answer: z
        .exactOptional(z.union([training, evaluation]))
        .describe('The answer of the route that took the job, once the job has its result.'),
      problem: z.exactOptional(problem).describe('Why the job failed.'),
    })
    .describe('A training, an evaluation, or a file of predictions.'),
);

export const jobs = z.object({ jobs: z.array(job) });
