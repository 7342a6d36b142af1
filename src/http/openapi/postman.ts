import { defaultText } from '../../training/fields/defaultText.ts';
import { EVALUATE_FORM } from '../../training/fields/evaluateTable.ts';
import { type FieldRow, type FormTable, TRAIN_FORM } from '../../training/fields/table.ts';
import type { Json } from './components.ts';
import { ROUTES } from './paths/index.ts';
import type { Route } from './paths/route.ts';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
/** Fields that a request begins with: those of the original, and the model to measure. The others are there, and switched off. */
const SWITCHED_ON: ReadonlySet<string> = new Set(['tol', 'iterations', 'exp_name', 'model']);
/** Parameters of a path, and the variables of the collection that hold their values. */
const VARIABLES: Readonly<Record<string, string>> = { id: 'delivery', run_id: 'run' };

/** Makes the collection for Postman (format 2.1) from the routes of the OpenAPI document and the table of fields. */
export function postmanCollection(): Json {
  const tags = [...new Set(ROUTES.map(({ tag }) => tag))];
  return {
    info: {
      name: 'trainpost',
      description: 'Set the variables `url` and `token`. A service without a token ignores `token`.',
      schema: SCHEMA,
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'url', value: 'http://127.0.0.1:5005' },
      { key: 'token', value: 'none' },
      { key: 'delivery', value: 'set-by-a-training' },
      { key: 'run', value: 'set-by-a-training' },
    ],
    item: tags.map((name) => ({ name, item: ROUTES.filter(({ tag }) => tag === name).map(itemOf) })),
  };
}

function itemOf(route: Route): Json {
  const { method, path, summary, description, isOpen, parameters = [], body } = route;
  const header = parameters
    .filter((one) => one['in'] === 'header')
    .map((one) => ({ key: one['name'], value: '', disabled: true, description: one['description'] }));
  return {
    name: summary,
    request: {
      method: method.toUpperCase(),
      ...(description !== undefined && { description }),
      ...(isOpen && { auth: { type: 'noauth' } }),
      header,
      url: urlOf(path, parameters),
      ...(body !== undefined && { body: bodyOf(path) }),
    },
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: testOf(route) } }],
  };
}

function urlOf(path: string, parameters: readonly Json[]): Json {
  const segments = path
    .slice(1)
    .split('/')
    .map((segment) => segment.replace(/^\{(\w+)\}$/, (_, name: string) => `{{${VARIABLES[name] ?? name}}}`));
  const query = parameters
    .filter((one) => one['in'] === 'query')
    .map((one) => ({ key: one['name'], value: '', disabled: true, description: one['description'] }));
  const raw = `{{url}}/${segments.join('/')}`;
  return { raw, host: ['{{url}}'], path: segments, ...(query.length > 0 && { query }) };
}

const FORMS: Readonly<Record<string, FormTable>> = {
  '/train': TRAIN_FORM,
  '/evaluate': EVALUATE_FORM,
  '/predict': { files: ['file'], rows: [], names: [] },
};
/** The body of a route that takes no form. */
const ROWS = { dataframe_records: [{ hours: 4, sleep: 7 }] };

function bodyOf(path: Route['path']): Json {
  const form = FORMS[path];
  if (form !== undefined) return { mode: 'formdata', formdata: formData(form) };
  return { mode: 'raw', raw: JSON.stringify(ROWS, null, 2), options: { raw: { language: 'json' } } };
}

/** The form, filled in with the defaults. The user chooses the file. */
function formData({ files: [first, ...others], rows }: FormTable): readonly Json[] {
  return [
    { key: first, type: 'file', src: [], description: 'Choose a CSV file.' },
    ...others.map((key) => ({
      key,
      type: 'file',
      src: [],
      disabled: true,
      description: 'A file of test rows.',
    })),
    ...rows.map(([, row]) => fieldOf(row)),
  ];
}

function fieldOf(row: FieldRow): Json {
  const [name] = row.names;
  return {
    key: name,
    type: 'text',
    value: defaultText(row) ?? '',
    description: row.says,
    ...(!SWITCHED_ON.has(name) && { disabled: true }),
  };
}

/** Statuses that are no fault of the service: a delivery is not dead, nothing is trained, or no model or file is chosen. */
function refusalsOf({ id, tag }: Route): readonly string[] {
  if (id === 'retryDelivery' || id === 'cancelJob') return ['409'];
  if (tag === 'Runs') return ['404'];
  return tag === 'Models' ? ['404', '415', '422'] : [];
}

function testOf(route: Route): readonly string[] {
  const { id, answers } = route;
  const statuses = [...Object.keys(answers), ...refusalsOf(route)].join(', ');
  return [
    "pm.test('The service answers as its document says', () => {",
    `  pm.expect(pm.response.code).to.be.oneOf([${statuses}]);`,
    '});',
    ...(id === 'train' ? OF_A_TRAINING : []),
  ];
}

const OF_A_TRAINING: readonly string[] = [
  "pm.test('The training is accepted', () => {",
  '  const answer = pm.response.json();',
  '  pm.expect(answer.accuracy).to.be.within(0, 1);',
  "  pm.collectionVariables.set('delivery', answer.tracking.delivery.id);",
  "  if (answer.run.id !== null) pm.collectionVariables.set('run', answer.run.id);",
  '});',
];
