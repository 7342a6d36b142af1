import { MAX_MOST } from '../../runs/runsQuery.ts';
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
      maxItems: 10,
    },
  );
const MAX = query('max', 'Items of a page.', { type: 'integer', minimum: 1, maximum: MAX_MOST, default: 50 });
const PAGE = query('page', '`next_page` of the answer before.');

const RUN_ID: Json = {
  name: 'run_id',
  in: 'path',
  required: true,
  description: 'The id of the run, as `run.id` of a training has it.',
  schema: { type: 'string' },
  example: '4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27',
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
        maxLength: 500,
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
  },
];
