import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrackingRefusedError } from '../../../src/errors.ts';
import { answerType } from '../../../src/http/openapi/document.ts';
import { ROUTES } from '../../../src/http/openapi/paths/index.ts';
import type { RouteExample } from '../../../src/http/openapi/paths/route.ts';
import { FILE_FIELDS } from '../../../src/training/fields/table.ts';
import { answerFault } from '../../support/answerCheck.ts';
import { EXAM_MODEL, examModels } from '../../support/examModel.ts';
import { runListOf, seedRuns } from '../../support/loggedRuns.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { StandInMlflow } from '../../support/standInMlflow.ts';

let service: TestService;
let mlflow: StandInMlflow;
let runs: ReturnType<typeof runListOf>;
beforeAll(async () => {
  mlflow = await StandInMlflow.start();
  const measured = { params: { C: '1.0' }, metrics: { test_roc_auc: 0.75 } };
  seedRuns(mlflow, 'Exams', [{ name: 'second', ...measured, tags: { 'mlflow.user': 'ada', team: 'a' } }]);
  runs = runListOf(mlflow);
  service = await startTestService({
    runs: runs.list,
    models: await examModels(),
    modelUri: EXAM_MODEL,
    checks: { threads: () => undefined, spool: () => undefined },
  });
});
afterAll(async () => {
  await service.close();
  await runs.close();
  await mlflow.down();
});
beforeEach(() => service.desk.reset());

/** Keys whose values differ from one request to the next. */
const OF_THIS_REQUEST: ReadonlySet<string> = new Set([
  'id',
  'url',
  'uri',
  'accepted_at',
  'created_at',
  'updated_at',
  'started_at',
  'ended_at',
  'age_s',
  'timing_ms',
]);
/** Such parts of texts: an id, the port, the duration of a JUnit report, the version of trainpost. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1'],
  [/ time="[\d.]+"/g, ' time="1"'],
  [/^\d+\.\d+\.\d+$/, '0.0.0'],
];

function lasting(value: unknown): unknown {
  if (typeof value === 'string')
    return PARTS.reduce(
      (text, [part, placeholder]) => text.replaceAll(new RegExp(part, 'g'), placeholder),
      value,
    );
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !OF_THIS_REQUEST.has(key));
  return Object.fromEntries(entries.map(([key, part]) => [key, lasting(part)]));
}

function bodyOf({ form, body }: RouteExample): FormData | string | undefined {
  if (body !== undefined) return typeof body.value === 'string' ? body.value : JSON.stringify(body.value);
  if (form === undefined) return undefined;
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) {
    if (FILE_FIELDS.includes(name) || name === 'file')
      data.append(name, new Blob([value], { type: 'text/csv' }), 'data.csv');
    else data.append(name, value);
  }
  return data;
}

/** The id of a delivery in the state that the example needs; an unknown id if it needs none. */
async function deliveryFor({ delivery }: RouteExample): Promise<string> {
  if (delivery === undefined) return '9b2f3b1e-6f0c-4a57-8d3e-0c5a7f2d1e64';
  if (delivery === 'pending') service.desk.isHeld = true;
  else service.desk.refuseWith = new TrackingRefusedError('run_deleted', 'Somebody deleted the run.');
  const pending = ROUTES.flatMap(({ examples = [] }) => examples).find(({ status }) => status === 202)!;
  await send('/train', 'post', pending);
  return service.desk.entries[0]!.id;
}

async function send(path: string, method: string, example: RouteExample): Promise<Response> {
  const { query = '', headers, body: raw } = example;
  const body = bodyOf(example);
  return fetch(service.url + path + query, {
    method: method.toUpperCase(),
    headers: { ...headers, ...(raw && { 'Content-Type': raw.type }) },
    ...(body !== undefined && { body }),
  });
}

const examples = ROUTES.flatMap((route) => (route.examples ?? []).map((example) => ({ route, example })));

describe('the examples of the document', () => {
  it('show every route that takes a body, and every form of a training but the page', () => {
    const shown = new Set(examples.map(({ route }) => route.path));
    const taking = ROUTES.filter(({ body }) => body !== undefined).map(({ path }) => path);
    expect(taking.filter((path) => !shown.has(path))).toEqual([]);
    const types = examples.filter(({ route }) => route.hasForms).map(({ example }) => answerType(example));
    expect([...new Set(types)].sort()).toEqual([
      'application/json',
      'application/openmetrics-text',
      'application/problem+json',
      'application/xml',
      'text/csv',
      'text/markdown',
    ]);
  });

  it.each(examples)('$route.path $example.name gets what it says', async ({ route, example }) => {
    const path = route.path.replace('{run_id}', '4cd4').replace('{id}', await deliveryFor(example));
    service.desk.isHeld = route.path === '/train' && example.status === 202;
    const response = await send(path, route.method, example);
    expect(response.status).toBe(example.status);
    expect(response.headers.get('Content-Type')?.split(';')[0]).toBe(answerType(example));
    const answer = typeof example.answer === 'string' ? await response.text() : await response.json();
    expect(lasting(answer)).toEqual(lasting(example.answer));
  });

  it.each(examples)(
    '$route.path $example.name has an answer that its schema allows',
    ({ route, example }) => {
      const { status, answer } = example;
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      const type = answerType(example);
      expect(answerFault({ method: route.method, path: route.path }, { status, type, text })).toBeUndefined();
    },
  );

  it('are in the document, each at its type', async () => {
    const document = await (await fetch(`${service.url}/openapi.json`)).json();
    for (const { route, example } of examples) {
      const operation = document.paths[route.path][route.method];
      const shown = operation.responses[example.status].content[answerType(example)].examples;
      expect(shown[example.name]).toEqual({ summary: example.summary, value: example.answer });
      const type = example.body?.type ?? (example.form && 'multipart/form-data');
      if (type !== undefined)
        expect(operation.requestBody.content[type].examples).toHaveProperty(example.name);
    }
  });
});
