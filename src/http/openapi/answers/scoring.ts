import { z } from 'zod';
import type { ModelColumnAnswer, ModelInfoAnswer } from '../../scoring/modelAnswer.ts';
import { answerOf } from './same.ts';
import { count, digest } from './shared.ts';

const label = z.union([z.number(), z.string(), z.boolean()]);
const numbers = z.array(z.number());

export const predictions = z
  .object({
    predictions: z
      .array(z.union([label, numbers]))
      .describe(
        'For each row its class, or with `proba=true` its probabilities in the order of the classes.',
      ),
    contributions: z
      .exactOptional(
        z.object({
          names: z.array(z.string()),
          intercepts: numbers,
          values: z
            .array(z.union([numbers, z.array(numbers)]))
            .describe('For each row a list; with more than two classes, a list for each class.'),
        }),
      )
      .describe(
        'With `explain=true`: coefficient times transformed value. Their sum and the intercept are the score.',
      ),
  })
  .describe("Predictions, as MLflow's server answers them.");

/** The response to `POST /invocations`. */
export type PredictionsAnswer = z.output<typeof predictions>;

const orNull = z.string().nullable();

/** A model in its place in MLflow. */
export const modelPlace = {
  uri: z.string(),
  name: orNull,
  version: orNull,
  run_id: orNull,
  id: orNull.describe('MLflow 3: the id of the logged model.'),
};

const modelColumn = answerOf<ModelColumnAnswer>()(
  z.object({
    name: z.string(),
    type: z.enum(['long', 'double', 'boolean', 'string']),
    required: z
      .boolean()
      .describe('Whether a value must be there, because the model fills in no missing value.'),
    min: z.exactOptional(z.number()).describe('Numbers: the least value of the training rows.'),
    max: z.exactOptional(z.number()).describe('Numbers: the greatest value of the training rows.'),
    categories: z.exactOptional(z.array(z.string())).describe('Texts: those of the training rows, in order.'),
    more_categories: z.exactOptional(count).describe('Texts that `categories` leaves out.'),
  }),
);

export const modelInfo = answerOf<ModelInfoAnswer>()(
  z
    .object({
      ...modelPlace,
      target: z.string(),
      classes: z.array(label),
      positive: label.nullable().describe('With two classes: the class that precision and recall describe.'),
      threshold: z
        .number()
        .nullable()
        .describe('With two classes: the probability of `positive` from which on a row is of this class.'),
      columns: z.array(modelColumn).describe('The columns that a row must have.'),
      trained: z.object({ digest, train_rows: count, test_rows: count }),
    })
    .describe('What a model needs, and what it answers.'),
);
