import type { Json } from '../components.ts';

export const PREFER: Json = {
  name: 'Prefer',
  in: 'header',
  description:
    '`respond-async`: answer with the job before the training. `wait=N`: wait for at most N seconds, and then answer with the job if there is no result (RFC 7240). `wait=0`: wait for the result, and not for MLflow.',
  schema: { type: 'string' },
};
export const KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A text of your choice, such as a UUID. A request that is sent again with it is not trained again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
};

/** The address of a model, in the query string. */
export const MODEL: Json = {
  name: 'model',
  in: 'query',
  description:
    'The model: `models:/NAME@ALIAS`, `models:/NAME/3`, `models:/m-...` or `runs:/ID/NAME`. By default the model of the setting `MODEL_URI`.',
  schema: { type: 'string' },
  example: 'models:/exams@champion',
};

export const EXPLAIN: Json = {
  name: 'explain',
  in: 'query',
  description: 'Whether to add the contribution of each feature.',
  schema: { enum: ['true', 'false', '1', '0'], default: 'false' },
};

/** Requests about the delivery whose id is at a place of the answer. */
export function deliveryLinks(
  pointer: string,
  ...operations: readonly ('getDelivery' | 'retryDelivery')[]
): Json {
  return Object.fromEntries(
    operations.map((operationId) => [
      operationId,
      { operationId, parameters: { id: `$response.body#${pointer}` } },
    ]),
  );
}
