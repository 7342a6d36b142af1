import { z } from 'zod';

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
