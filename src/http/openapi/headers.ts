import type { Json } from './components.ts';

const text = (description: string, schema: Json = { type: 'string' }) => ({ description, schema });

/** The headers of answers by name. Every answer has the first two. */
export const HEADERS = {
  'Request-Id': text('The id of the request. The log line of the request has the same id.'),
  Link: text('Where this document is: `rel="service-desc"`.'),
  'Job-Id': text('The id of the job, for `GET /jobs/{id}` and `DELETE /jobs/{id}`.'),
  'Run-Id': text('The id of the run in MLflow.'),
  Location: text('Where to look next, relative to the address of the request.', {
    type: 'string',
    format: 'uri-reference',
  }),
  'Retry-After': text('Seconds after which to try again.', { type: 'integer', minimum: 0 }),
  'Preference-Applied': text('The part of `Prefer` that trainpost followed.'),
  'Idempotency-Replayed': text('`true` if an earlier request with the same key was the training.'),
  'X-Gate': text('What came of the gates.', { enum: ['passed', 'failed', 'none'] }),
  'Trainpost-Model-Age': text(
    'Seconds since MLflow last said where the alias points; only while MLflow does not answer.',
    { type: 'integer', minimum: 0 },
  ),
  'WWW-Authenticate': text('The kind of token that the service needs.'),
  Trailer: text('`Trainpost-Error`: if the answer breaks off, this trailer has the problem as JSON.'),
} satisfies Record<string, Json>;

export type HeaderName = keyof typeof HEADERS;

export const OF_EVERY_ANSWER: readonly HeaderName[] = ['Request-Id', 'Link'];

/**
 * The headers of an answer with metrics, also if a gate failed or MLflow rejected the run. An evaluation has the age of its
 * model.
 */
export const OF_RESULTS: readonly HeaderName[] = [
  'Run-Id',
  'X-Gate',
  'Preference-Applied',
  'Idempotency-Replayed',
  'Trainpost-Model-Age',
];

export function headerRefs(names: readonly HeaderName[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
