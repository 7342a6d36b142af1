import { z } from 'zod';
import type {
  DeliveryAnswer,
  DeliveryLink,
  ExperimentAnswer,
  LastErrorAnswer,
  ModelAnswer,
  RunAnswer,
  TrackingAnswer,
} from '../../routes/deliveryAnswer.ts';
import { answerOf } from './same.ts';
import { count, reference } from './shared.ts';

const orNull = z.string().nullable();
const link = { id: z.string(), url: reference };
const time = z.string().meta({ format: 'date-time' });

export const deliveryLink = answerOf<DeliveryLink>()(z.object(link));

export const lastError = answerOf<LastErrorAnswer>()(
  z.object({ code: z.string(), detail: z.string() }).describe('Why the last try to deliver failed.'),
);

export const tracking = answerOf<TrackingAnswer>()(
  z.object({
    state: z.enum(['pending', 'finished', 'dead']),
    delivery: deliveryLink,
    last_error: lastError.nullable(),
  }),
);

export const run = answerOf<RunAnswer>()(
  z
    .object({ id: orNull, name: z.string(), url: orNull, experiment_id: orNull })
    .describe('The run in MLflow. Until MLflow has the run, only its name is known.'),
);

export const experiment = answerOf<ExperimentAnswer>()(
  z.object({ id: orNull, name: z.string(), url: orNull }).describe('The experiment in MLflow.'),
);

export const registeredModel = answerOf<ModelAnswer>()(
  z
    .object({
      uri: orNull.describe('`runs:/<run id>/<model name>`, as `load_model` takes it.'),
      name: orNull.describe('null in a delivery whose model is not registered, because a gate failed.'),
      version: orNull,
      url: orNull,
    })
    .describe('The registered model and its version.'),
);

export const delivery = answerOf<DeliveryAnswer>()(
  z
    .object({
      ...link,
      state: z.enum(['pending', 'delivered', 'dead']),
      accepted_at: time,
      ended_at: time.nullable(),
      age_s: z
        .number()
        .min(0)
        .describe('Seconds from the acceptance to the end of the delivery, or until now.'),
      attempts: count,
      last_error: lastError.nullable(),
      experiment: z.string(),
      run,
      model: registeredModel.nullable(),
    })
    .describe('The way of an accepted training to MLflow.'),
);

export const deliveries = z.object({ deliveries: z.array(delivery) });
