import type { Json } from '../components.ts';
import type { Route } from './route.ts';

const JOB = '9b2f3b1e-6f0c-4a57-8d3e-0c5a7f2d1e64';

const ID: Json = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the job. The delivery of its run has the same id.',
  schema: { type: 'string' },
  example: JOB,
};

const STATE: Json = {
  name: 'state',
  in: 'query',
  description: 'Only jobs of this state; empty counts as not given.',
  schema: { enum: ['', 'queued', 'reading', 'fitting', 'logging', 'done', 'failed', 'cancelled'] },
};

const LAST_EVENT_ID: Json = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event that the client has. The stream then begins with the next change.',
  schema: { type: 'string' },
};

/** Programs that read events hold each event against the schema, and others hold the text of the stream against it. */
const EVENTS: Json = {
  description:
    'Events as HTML defines them. The data of an event is the job as JSON, as `GET /jobs/{id}` shows it.',
  properties: {
    event: { const: 'job' },
    id: { type: 'string', description: 'For `Last-Event-ID`.' },
    data: {
      type: 'string',
      contentMediaType: 'application/json',
      contentSchema: { $ref: '#/components/schemas/Job' },
    },
  },
};

/** @param path the path of the request */
const unknown = (up: string, path: string): Json => ({
  type: `${up}docs/errors#no_such_job`,
  title: 'Not found',
  status: 404,
  detail: `Unknown job "${JOB}", perhaps because it ended long ago: GET /jobs lists the jobs.`,
  instance: path,
  code: 'no_such_job',
  docs: `${up}docs`,
  example: 'curl -F train_file=@data.csv http://127.0.0.1:5005/train',
});

export const jobRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/jobs',
    id: 'listJobs',
    tag: 'Jobs',
    summary: 'List jobs',
    description:
      'Lists trainings, evaluations and files of predictions, the newest first. The list has no answers.',
    parameters: [STATE],
    answers: { 200: { description: 'The jobs.', json: ['Jobs'] } },
    problems: [422],
    examples: [
      {
        name: 'noJob',
        summary: 'Nothing waits',
        query: '?state=queued',
        status: 200,
        answer: { jobs: [] },
      },
    ],
  },
  {
    method: 'get',
    path: '/jobs/{id}',
    id: 'getJob',
    tag: 'Jobs',
    summary: 'Look at one job',
    description: 'Shows how far a job is, and its answer or its problem once there is one.',
    parameters: [ID],
    answers: { 200: { description: 'The job.', json: ['Job'] } },
    problems: [404, 422],
    examples: [
      {
        name: 'unknownJob',
        summary: 'A job that does not exist',
        status: 404,
        answer: unknown('../', `/jobs/${JOB}`),
      },
    ],
  },
  {
    method: 'delete',
    path: '/jobs/{id}',
    id: 'cancelJob',
    tag: 'Jobs',
    summary: 'Cancel a job',
    description:
      'Stops a job whose run is not accepted yet. Nothing of the job remains. The request has no body.',
    parameters: [ID],
    answers: { 200: { description: 'The cancelled job.', json: ['Job'] } },
    problems: [404, 409, 422],
    examples: [
      {
        name: 'unknownJob',
        summary: 'A job that does not exist',
        status: 404,
        answer: unknown('../', `/jobs/${JOB}`),
      },
    ],
  },
  {
    method: 'get',
    path: '/jobs/{id}/events',
    id: 'followJob',
    tag: 'Jobs',
    summary: 'Follow a job',
    description:
      'Sends an event `job` with the whole job at each change, until the job has ended (server-sent events). A comment every 15 seconds keeps the connection open.',
    parameters: [ID, LAST_EVENT_ID],
    answers: { 200: { description: 'The events.', type: 'text/event-stream', schema: EVENTS } },
    problems: [404, 422, 503],
    examples: [
      {
        name: 'unknownJob',
        summary: 'A job that does not exist',
        status: 404,
        answer: unknown('../../', `/jobs/${JOB}/events`),
      },
    ],
  },
];
