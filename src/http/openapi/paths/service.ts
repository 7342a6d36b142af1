import type { Route } from './route.ts';

const EXCLUDE = {
  name: 'exclude',
  in: 'query',
  description: 'Checks to leave out, separated by commas; the answer without it names all checks.',
  schema: { type: 'string' },
};

export const serviceRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/',
    id: 'home',
    tag: 'Service',
    summary: 'Open the page, or find the documentation',
    isOpen: true,
    answers: {
      200: {
        description: 'Where everything is; for a client that prefers HTML, the page.',
        json: ['Home'],
        type: 'text/html',
      },
      304: { description: 'The page that the browser has is still the same.' },
    },
    problems: [],
    examples: [
      {
        name: 'home',
        summary: 'Where everything is',
        status: 200,
        answer: {
          service: 'trainpost',
          docs: 'docs',
          openapi: 'openapi.json',
          postman: 'postman.json',
          example: 'curl -F train_file=@data.csv http://127.0.0.1:5005/train',
        },
      },
    ],
  },
  {
    method: 'get',
    path: '/test',
    id: 'hello',
    tag: 'Service',
    summary: 'Check that the service is up',
    isOpen: true,
    answers: { 200: { description: 'The service is up.', json: ['Hello'] } },
    problems: [],
    examples: [{ name: 'hello', summary: 'Hello', status: 200, answer: { response: 'Hello World' } }],
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'live',
    tag: 'Service',
    summary: 'Check that the process runs',
    isOpen: true,
    answers: { 200: { description: 'The process runs.', json: ['Live'] } },
    problems: [],
    examples: [{ name: 'live', summary: 'The process runs', status: 200, answer: { live: true } }],
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'ready',
    tag: 'Service',
    summary: 'Check that a training would be accepted and logged',
    isOpen: true,
    parameters: [EXCLUDE],
    answers: {
      200: { description: 'Every check holds.', json: ['Ready'] },
      503: { description: 'A check does not hold.', json: ['Ready'] },
    },
    problems: [422],
    examples: [
      {
        name: 'ready',
        summary: 'Every check holds',
        status: 200,
        answer: { ready: true, checks: { threads: { ok: true }, spool: { ok: true } } },
      },
    ],
  },
  {
    method: 'get',
    path: '/limits',
    id: 'limits',
    tag: 'Service',
    summary: 'List the limits of requests',
    answers: { 200: { description: 'Every limit, as it is set.', json: ['Limits'] } },
    problems: [],
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    tag: 'Service',
    summary: 'Read metrics for Prometheus',
    answers: { 200: { description: "Prometheus' text format.", type: 'text/plain' } },
    problems: [],
  },
  {
    method: 'get',
    path: '/sample.csv',
    id: 'sample',
    tag: 'Service',
    summary: 'Get a table to try the service with',
    description: 'The Pima Indians diabetes data: 768 rows, 8 features and the target `Outcome`.',
    answers: { 200: { description: 'A CSV with a header line.', type: 'text/csv' } },
    problems: [422],
  },
  ...(
    [
      ['/openapi.json', 'openapi', 'Read this document', 'application/json'],
      ['/postman.json', 'postman', 'Get a collection for Postman', 'application/json'],
      ['/docs', 'docs', 'Read the documentation of all routes', 'text/html'],
      ['/docs/errors', 'errorCodes', 'Read what each code of a problem means', 'text/html'],
    ] as const
  ).map(
    ([path, id, summary, type]): Route => ({
      method: 'get',
      path,
      id,
      tag: 'Service',
      summary,
      isOpen: true,
      answers: { 200: { description: `${summary}.`, type } },
      problems: [],
    }),
  ),
];
