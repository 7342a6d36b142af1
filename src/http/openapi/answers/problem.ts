import { z } from 'zod';
import type { Problem } from '../../problemType.ts';
import { deliveryLink } from './delivery.ts';
import { answerOf } from './same.ts';
import { count, reference } from './shared.ts';

const text = z.exactOptional(z.string());
const number = z.exactOptional(z.number());
const place = z.exactOptional(count);

export const problem = answerOf<Problem>()(
  z
    .object({
      type: reference.describe('Leads to the explanation of the code.'),
      title: z.string(),
      status: z.int(),
      detail: z.string().describe('What happened, and what to do.'),
      instance: text.describe('The path of the request.'),
      code: z.string().describe('Stays the same in later versions.'),
      field: text.describe('The field, header or parameter.'),
      file: z.exactOptional(z.literal('test_file')),
      row: place.describe('The row of the file, counted from 1; row 0 is the header line.'),
      position: place.describe('The character of `value` at which an expression is wrong.'),
      line: place,
      column: text,
      value: text,
      limit: number,
      actual: number,
      allowed: z.exactOptional(z.array(z.string())),
      run_id: text,
      delivery: z.exactOptional(deliveryLink),
      docs: z.exactOptional(reference).describe('With 404 and 406: the pages of all routes.'),
      example: text.describe('With 404 and 406: a line for a shell that trains.'),
      error_code: text.describe("MLflow's code; only routes for predictions have MLflow's keys."),
      message: text.describe('`detail` once more, for clients of MLflow.'),
      sqlstate: text,
      error_class: text,
    })
    .describe('RFC 9457, Problem Details for HTTP APIs.'),
);
