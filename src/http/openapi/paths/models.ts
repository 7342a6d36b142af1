import { EVALUATE_FORM } from '../../../training/fields/evaluateTable.ts';
import { TEST_FILE_FIELD } from '../../../training/fields/table.ts';
import type { Json } from '../components.ts';
import { file, formSchema } from '../form.ts';
import { OF_RESULTS } from '../headers.ts';
import { evaluateExamples, invocationsExamples, predictExamples } from './modelExamples.ts';
import { deliveryLinks, EXPLAIN, KEY, MODEL, PREFER } from './parameters.ts';
import type { Route } from './route.ts';

const PROBA: Json = {
  name: 'proba',
  in: 'query',
  description: 'Whether to answer probabilities instead of classes.',
  schema: { enum: ['true', 'false', '1', '0'], default: 'false' },
};

const ON_ERROR: Json = {
  name: 'on_error',
  in: 'query',
  description:
    '`null` leaves the new cells of a row empty that cannot be predicted. `fail` rejects the file.',
  schema: { enum: ['fail', 'null'], default: 'fail' },
};

const CSV = file('A table with a header line.');
const TABLE = { description: 'A list of objects.', type: 'array', items: { type: 'object' } };

const ROWS: Json = {
  type: 'object',
  description: 'Exactly one of the keys.',
  properties: {
    dataframe_split: {
      type: 'object',
      required: ['columns', 'data'],
      properties: {
        columns: { type: 'array', items: { type: 'string' } },
        data: { type: 'array', items: { type: 'array' } },
        index: { type: 'array' },
      },
      additionalProperties: false,
    },
    dataframe_records: TABLE,
    instances: TABLE,
    inputs: { description: 'An object of lists, an object of values (one row), or a list of objects.' },
    // As in MLflow's server, params that no model reads may be anything.
    params: {
      properties: { predict_method: { enum: ['predict', 'predict_proba'] } },
    },
  },
};

const probe = (path: '/ping' | '/health', id: string): Route => ({
  method: 'get',
  path,
  id,
  tag: 'Models',
  summary: 'Check that the model of `MODEL_URI` answers',
  description:
    "As in MLflow's server. The probes of the service itself are `/health/live` and `/health/ready`.",
  answers: { 200: { description: 'One newline.', type: 'application/json', isBareText: true } },
  problems: [404],
  examples: [{ name: 'loaded', summary: 'The model is loaded', status: 200, answer: '\n' }],
});

export const modelRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/evaluate',
    id: 'evaluate',
    tag: 'Models',
    summary: 'Measure a logged model on a file with labels',
    description:
      'Logs a run with the metrics. With `dry_run=true`, it logs nothing.\n\n`curl -F test_file=@new.csv -F model=models:/diabetes@champion http://127.0.0.1:5005/evaluate`\n\n`Accept` chooses the form: JSON, Markdown, JUnit, a page, CSV, or OpenMetrics.',
    parameters: [PREFER, KEY],
    body: {
      'multipart/form-data': formSchema(
        EVALUATE_FORM,
        {
          [TEST_FILE_FIELD]: 'The rows to measure the model on: a table with a header line, as text or gzip.',
        },
        [TEST_FILE_FIELD, 'model'],
      ),
    },
    hasForms: true,
    answers: {
      200: {
        description: 'The run is FINISHED in MLflow; or the metrics of a dry run.',
        json: ['Evaluation', 'Measured'],
        headers: OF_RESULTS,
        links: deliveryLinks('/tracking/delivery/id', 'getDelivery'),
      },
      202: {
        description:
          'The evaluation is accepted, and will be in MLflow; or, with `respond-async`, the job is taken.',
        json: ['Evaluation', 'Job'],
        headers: ['Location', ...OF_RESULTS],
        links: deliveryLinks('/tracking/delivery/id', 'getDelivery'),
      },
    },
    problems: [406, 409, 415, 422, 429, 502, 504, 507],
    examples: evaluateExamples,
  },
  {
    method: 'post',
    path: '/invocations',
    id: 'invocations',
    tag: 'Models',
    summary: "Predict rows, as MLflow's server does",
    description:
      'A body that cannot be used is 400. A problem has the keys of MLflow too: `error_code` and `message`.',
    parameters: [MODEL, EXPLAIN, PROBA],
    body: { 'application/json': ROWS, 'text/csv': CSV },
    answers: {
      200: { description: 'The predictions.', json: ['Predictions'], headers: ['Trainpost-Model-Age'] },
    },
    problems: [404, 415, 422, 429, 502, 504],
    examples: invocationsExamples,
  },
  {
    method: 'post',
    path: '/predict',
    id: 'predict',
    tag: 'Models',
    summary: 'Add predictions to a CSV',
    description:
      'A body that cannot be used is 400. If a later row cannot be predicted, the answer breaks off.',
    parameters: [MODEL, EXPLAIN, ON_ERROR],
    body: {
      'multipart/form-data': {
        type: 'object',
        required: ['file'],
        properties: { file: CSV },
        additionalProperties: false,
      },
      'text/csv': CSV,
    },
    answers: {
      200: {
        description: 'The same CSV, with `prediction` and `probability_<class>`.',
        type: 'text/csv',
        headers: ['Trainpost-Model-Age', 'Trailer'],
      },
    },
    problems: [404, 415, 422, 429, 502, 504, 507],
    examples: predictExamples,
  },
  {
    method: 'get',
    path: '/model',
    id: 'getModel',
    tag: 'Models',
    summary: 'Look at a logged model: its columns, classes and threshold',
    parameters: [MODEL],
    answers: {
      200: {
        description: 'What the model needs, and what it answers.',
        json: ['Model'],
        headers: ['Trainpost-Model-Age'],
      },
    },
    problems: [404, 422, 502, 504],
  },
  probe('/ping', 'ping'),
  probe('/health', 'modelHealth'),
  {
    method: 'get',
    path: '/version',
    id: 'version',
    tag: 'Models',
    summary: 'Read the version of trainpost',
    answers: {
      200: { description: 'The version, as bare text.', type: 'application/json', isBareText: true },
    },
    problems: [],
    examples: [{ name: 'version', summary: 'The version', status: 200, answer: '0.1.0' }],
  },
];
