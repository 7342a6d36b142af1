import { MAX_DEFAULT, MAX_MOST, NAME_CHARS_MAX, ORDERS_MAX } from '../../runs/runsQuery.ts';
import type { Json } from '../components.ts';
import type { Route } from './route.ts';

const query = (name: string, description: string, schema: Json = { type: 'string' }): Json => ({
  name,
  in: 'query',
  description,
  schema,
});

const orderBy = (column: string): Json =>
  query(
    'order_by',
    `A column in MLflow's syntax, such as \`${column}\`. Give it again for a second column.`,
    {
      type: 'array',
      items: { type: 'string' },
      maxItems: ORDERS_MAX,
    },
  );
const MAX = query('max', 'Items of a page. An empty text counts as not given.', {
  anyOf: [{ type: 'integer', minimum: 1, maximum: MAX_MOST }, { const: '' }],
  default: MAX_DEFAULT,
});
const PAGE = query('page', '`next_page` of the answer before.');

const RUN_ID: Json = {
  name: 'run_id',
  in: 'path',
  required: true,
  description: 'The id of the run, as `run.id` of a training has it.',
  schema: { type: 'string' },
  example: '4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27',
};

const EXPERIMENT = {
  id: '1',
  name: 'Exams',
  url: 'http://127.0.0.1:5000/#/experiments/1/runs?workflowType=machine_learning',
};

const RUN = {
  id: '4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27',
  name: 'second',
  status: 'FINISHED',
  url: 'http://127.0.0.1:5000/#/experiments/1/runs/4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27?workflowType=machine_learning',
  started_at: '2026-11-30T06:00:00.000Z',
  ended_at: '2026-11-30T06:00:00.500Z',
  user: 'ada',
  parent_id: null,
  params: { C: '1.0' },
  metrics: { test_roc_auc: 0.75 },
  tags: { team: 'a' },
  model_uri: null,
  report: null,
};

const BAD_FILTER = {
  type: 'docs/errors#invalid_search',
  title: 'Malformed request',
  status: 400,
  detail: "MLflow does not accept filter: Invalid clause(s) in filter string: 'foo'.",
  instance: '/runs',
  code: 'invalid_search',
  field: 'filter',
  value: 'foo',
};

const NO_RUN = {
  type: '../../docs/errors#no_such_run',
  title: 'Not found',
  status: 404,
  detail: 'MLflow has no run "4cd4": GET /runs lists the runs.',
  instance: '/runs/4cd4/report',
  code: 'no_such_run',
  docs: '../../docs',
  example: 'curl -F train_file=@data.csv http://127.0.0.1:5005/train',
};

export const runRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/experiments',
    id: 'listExperiments',
    tag: 'Runs',
    summary: 'List the experiments in MLflow',
    description: "`filter` and `order_by` are MLflow's own search syntax.",
    parameters: [
      query('filter', "A filter in MLflow's syntax, such as `name ILIKE 'diab%'`."),
      orderBy('name ASC'),
      MAX,
      PAGE,
    ],
    answers: { 200: { description: 'The experiments.', json: ['Experiments'] } },
    problems: [422, 502, 504],
    examples: [
      {
        name: 'experiments',
        summary: 'One experiment',
        status: 200,
        answer: {
          experiments: [
            { ...EXPERIMENT, created_at: '2026-11-30T05:00:00.000Z', updated_at: '2026-11-30T05:00:00.000Z' },
          ],
          next_page: null,
        },
      },
    ],
  },
  {
    method: 'get',
    path: '/runs',
    id: 'listRuns',
    tag: 'Runs',
    summary: 'List the runs of an experiment',
    description:
      "`filter` and `order_by` are MLflow's own search syntax. `Accept: text/csv`, or `format=csv` in a link, asks for a table.",
    parameters: [
      query('experiment', 'The name of the experiment.', {
        type: 'string',
        maxLength: NAME_CHARS_MAX,
        default: 'Default',
      }),
      query(
        'filter',
        "A filter in MLflow's syntax, such as `metrics.test_roc_auc > 0.8 and params.C = '1.0'`.",
      ),
      orderBy('metrics.test_roc_auc DESC'),
      MAX,
      PAGE,
      query('format', 'The form of the answer, if `Accept` does not say so.', { enum: ['', 'json', 'csv'] }),
    ],
    answers: { 200: { description: 'The runs, the newest first.', json: ['Runs'], type: 'text/csv' } },
    problems: [404, 406, 422, 502, 504],
    examples: [
      {
        name: 'runs',
        summary: 'The best runs',
        query: '?experiment=Exams&order_by=metrics.test_roc_auc+DESC',
        status: 200,
        answer: { experiment: EXPERIMENT, runs: [RUN], next_page: null },
      },
      {
        name: 'badFilter',
        summary: 'A filter that MLflow does not accept',
        query: '?experiment=Exams&filter=foo',
        status: 400,
        answer: BAD_FILTER,
      },
    ],
  },
  {
    method: 'get',
    path: '/runs/{run_id}/report',
    id: 'getReport',
    tag: 'Runs',
    summary: 'Read the numbers behind the report of a run',
    parameters: [RUN_ID],
    answers: { 200: { description: '`report.json` of the run.', json: ['Report'] } },
    problems: [404, 422, 502, 504],
    examples: [{ name: 'unknown', summary: 'A run that does not exist', status: 404, answer: NO_RUN }],
  },
];
