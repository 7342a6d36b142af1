import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FieldError, TrackingUnreachableError } from '../../../src/errors.ts';
import type { ModelStore } from '../../../src/models/port.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { MODEL_URI, readyModel, storeOf } from './model.ts';

const ROW = { age: 3, city: 'oslo', 'net income': 500.5, plan: 'pro' };
const JSON_TYPE = 'application/json';
const asked: string[] = [];
const ready = readyModel();
const models: ModelStore = {
  load: (uri) => {
    asked.push(uri);
    if (uri === MODEL_URI) return Promise.resolve(ready);
    if (uri === 'models:/old@champion') return Promise.resolve({ ...ready, aliasAgeMs: 12_400 });
    if (uri === 'models:/away/1')
      return Promise.reject(new TrackingUnreachableError('mlflow_unreachable', 'MLflow is away.'));
    return Promise.reject(new FieldError('model_not_found', 'No such model.', { field: 'model' }));
  },
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ models, modelUri: MODEL_URI, bodyBytesMax: 10_000 });
});
afterAll(() => service.close());

async function post(body: unknown, query = '', type = JSON_TYPE) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${service.url}/invocations${query}`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: text,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const expected = () => {
  const columns = [Float64Array.of(3), ['oslo'], Float64Array.of(500.5), ['pro']];
  return ready.predictor.predict(columns, 1, { explain: true });
};

describe('POST /invocations', () => {
  it.each<[string, unknown, string]>([
    ['records', { dataframe_records: [ROW] }, JSON_TYPE],
    [
      'split',
      { dataframe_split: { columns: Object.keys(ROW).reverse(), data: [Object.values(ROW).reverse()] } },
      JSON_TYPE,
    ],
    ['instances', { instances: [ROW] }, JSON_TYPE],
    ['inputs', { inputs: ROW }, JSON_TYPE],
    ['other columns', { inputs: { ...ROW, other: 1 } }, JSON_TYPE],
    ['CSV', 'plan,age,city,net income,x\npro,3,oslo,500.5,1\n', 'text/csv'],
    ['CSV without a last line end', 'plan,age,city,net income\npro,3,oslo,500.5', 'text/csv'],
    ['CSV of Excel', 'plan;age;city;net income\r\npro;3;oslo;500,5\r\n', 'text/csv'],
  ])('predicts %s', async (_name, body, type) => {
    const answer = await post(body, '', type);
    expect(answer).toMatchObject({ status: 200, body: { predictions: expected().labels } });
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect((await post(body, '?proba=true', type)).body).toEqual({
      predictions: [[...expected().probabilities]],
    });
  });

  it('answers probabilities for params.predict_method', async () => {
    const { body } = await post({ inputs: ROW, params: { predict_method: 'predict_proba' } });
    expect(body).toEqual({ predictions: [[...expected().probabilities]] });
  });

  it('explains', async () => {
    const { names, values, intercepts } = expected().contributions!;
    const { body } = await post({ inputs: ROW }, '?explain=true');
    expect(body).toEqual({
      predictions: expected().labels,
      contributions: { names, intercepts, values: [[...values]] },
    });
  });

  it.each(['mean', 'median'])('fills in what is missing, also as NaN (%s)', async () => {
    const { status } = await post('{"inputs": {"age": NaN, "city": null, "net income": NaN, "plan": "pro"}}');
    expect(status).toBe(200);
  });

  it.each([
    ['no rows', { dataframe_split: { columns: Object.keys(ROW), data: [] } }, JSON_TYPE],
    ['a header line alone', 'plan,age,city,net income\n', 'text/csv'],
  ])('predicts nothing for %s', async (_name, body, type) => {
    expect(await post(body, '', type)).toMatchObject({ status: 200, body: { predictions: [] } });
  });

  it('loads the model of the address', async () => {
    await post({ inputs: ROW });
    expect(asked.at(-1)).toBe(MODEL_URI);
    await post({ inputs: ROW }, '?model=models:/other/3');
    expect(asked.at(-1)).toBe('models:/other/3');
  });

  it('says how old the alias is', async () => {
    const { status, headers } = await post({ inputs: ROW }, '?model=models:/old@champion');
    expect([status, headers.get('Trainpost-Model-Age')]).toEqual([200, '12']);
    expect((await post({ inputs: ROW })).headers.get('Trainpost-Model-Age')).toBeNull();
  });

  it.each<[string, unknown, string, string, number, Record<string, unknown>]>([
    [
      'no JSON',
      '{',
      '',
      JSON_TYPE,
      400,
      {
        code: 'malformed_body',
        error_code: 'BAD_REQUEST',
        sqlstate: 'KAM00',
        error_class: 'INVALID_PARAMETER_VALUE',
      },
    ],
    ['no form', {}, '', JSON_TYPE, 400, { code: 'malformed_body' }],
    [
      'a wrong value',
      { inputs: { ...ROW, 'net income': 'x1' } },
      '',
      JSON_TYPE,
      400,
      {
        code: 'wrong_value',
        row: 1,
        column: 'net income',
        error_code: 'INVALID_PARAMETER_VALUE',
        sqlstate: 'KAM01',
        error_class: 'SCHEMA_ENFORCEMENT_FAILED',
      },
    ],
    [
      'a missing column',
      { inputs: { age: 1 } },
      '',
      JSON_TYPE,
      400,
      { code: 'missing_columns', column: 'city' },
    ],
    [
      'an infinite value',
      '{"inputs":{"age":1,"city":"x1","net income":Infinity,"plan":"x"}}',
      '',
      JSON_TYPE,
      400,
      { code: 'cannot_be_predicted', row: 1, column: 'net income' },
    ],
    [
      'a wrong cell',
      'plan,age,city,net income\npro,3,oslo,1\npro,3,oslo,x1\n',
      '',
      'text/csv',
      400,
      { code: 'wrong_value', row: 2, column: 'net income' },
    ],
    [
      'a ragged row',
      'plan,age,city,net income\npro,3,oslo,1,x1\npro,3,oslo,1\n',
      '',
      'text/csv',
      400,
      { code: 'ragged_row' },
    ],
    ['an empty CSV', '', '', 'text/csv', 400, { error_code: 'BAD_REQUEST' }],
    [
      'another type',
      'x',
      '',
      'text/plain',
      415,
      { code: 'wrong_content_type', error_code: 'INVALID_PARAMETER_VALUE' },
    ],
    ['another parameter', { inputs: ROW }, '?probability=1', JSON_TYPE, 422, { code: 'unknown_parameter' }],
    ['a doubled parameter', { inputs: ROW }, '?proba=1&proba=1', JSON_TYPE, 422, { code: 'wrong_parameter' }],
    ['a wrong flag', { inputs: ROW }, '?proba=maybe', JSON_TYPE, 422, { code: 'wrong_parameter' }],
    ['another model', { inputs: ROW }, '?model=models:/other/3', JSON_TYPE, 422, { code: 'model_not_found' }],
    [
      'MLflow away',
      { inputs: ROW },
      '?model=models:/away/1',
      JSON_TYPE,
      504,
      { code: 'mlflow_unreachable', error_code: 'INTERNAL_ERROR' },
    ],
    [
      'a large body',
      { inputs: { ...ROW, x: 'x'.repeat(10_000) } },
      '',
      JSON_TYPE,
      413,
      { code: 'body_too_large', limit: 10_000 },
    ],
  ])('rejects %s', async (_name, body, query, type, status, problem) => {
    const answer = await post(body, query, type);
    expect(answer).toMatchObject({ status, body: { ...problem, status } });
    expect(answer.body['message']).toBe(answer.body['detail']);
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
    expect(JSON.stringify(answer.body)).not.toContain('x1');
  });

  it('rejects other methods', async () => {
    expect((await fetch(`${service.url}/invocations`)).status).toBe(405);
  });
});

describe('another spelling of the path, which Express routes', () => {
  async function both(body: string, query: string, headers: Record<string, string>) {
    return await Promise.all(
      ['/invocations', '/Invocations/'].map(async (path) => {
        const response = await fetch(`${service.url}${path}${query}`, { method: 'POST', headers, body });
        // Relative references depend on the path.
        const fromRoot = (value: string) => value.replaceAll('../', '');
        const seen = [...response.headers]
          .filter(([name]) => !['date', 'request-id', 'etag'].includes(name))
          .map(([name, value]) => [name, fromRoot(value)]);
        const text = fromRoot(await response.text()).replace(path, '<path>');
        return { status: response.status, headers: seen.map(String), text };
      }),
    );
  }
  const body = JSON.stringify({ inputs: ROW });

  it.each<[string, string, string, Record<string, string>, number]>([
    ['a prediction', body, '', {}, 200],
    ['probabilities', body, '?proba=true', {}, 200],
    ['an alias of some age', body, '?model=models%3A%2Fold%40champion', {}, 200],
    ['a bad body', '{', '', {}, 400],
    ['a bad cell', JSON.stringify({ inputs: { ...ROW, age: 'x' } }), '', {}, 400],
    ['another parameter', body, '?a=1', {}, 422],
    ['a parameter given twice', body, '?proba=1&proba=1', {}, 422],
    ['another type', body, '', { 'Content-Type': 'text/plain' }, 415],
    ['an unknown model', body, '?model=models:/none/1', {}, 422],
    ['a model of an MLflow that is away', body, '?model=models:/away/1', {}, 504],
    ['a page of another site', body, '', { Origin: 'http://other' }, 403],
    ['a long body', ' '.repeat(10_001), '', {}, 413],
  ])('gives the same answer: %s', async (_name, text, query, more, status) => {
    const [direct, routed] = await both(text, query, { 'Content-Type': JSON_TYPE, ...more });
    expect(direct).toEqual({ ...routed!, headers: direct!.headers });
    expect(direct!.status).toBe(status);
    const sorted = (one: typeof direct) => one!.headers.filter((line) => !line.startsWith('content-length'));
    expect(sorted(direct)).toEqual(sorted(routed));
  });

  const labelsOf = (status: string) => `route="/invocations",method="POST",status="${status}"`;

  it('has the same label in the metrics', async () => {
    await both(body, '', { 'Content-Type': JSON_TYPE });
    await both('{', '', { 'Content-Type': JSON_TYPE });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const labels = metrics.match(/(?<=trainpost_http_requests_total\{)route=.*status="[24]00"(?=\})/g);
    expect(labels).toEqual(expect.arrayContaining(['200', '400'].map(labelsOf)));
    expect(labels?.filter((one) => one.includes('400'))).toEqual([labelsOf('400')]);
  });
});

describe('the probes of a model', () => {
  it.each(['/ping', '/health'])('%s answers one newline', async (path) => {
    const response = await fetch(`${service.url}${path}`);
    expect([response.status, await response.text()]).toEqual([200, '\n']);
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  });

  it('/version answers the bare version', async () => {
    expect(await (await fetch(`${service.url}/version`)).text()).toBe('0.0.0');
  });

  it.each([
    ['without a model', {}, 404, 'no_model'],
    ['with a model that cannot be loaded', { modelUri: MODEL_URI }, 503, 'model_not_loaded'],
  ] as const)('%s', async (_name, options, status, code) => {
    const other = await startTestService(options);
    try {
      for (const path of ['/ping', '/health']) {
        const response = await fetch(`${other.url}${path}`);
        expect([response.status, await response.json()]).toMatchObject([status, { code }]);
      }
      expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  it('need the token, as predictions do', async () => {
    const token = 'a'.repeat(32);
    const other = await startTestService({
      models: storeOf(ready),
      modelUri: MODEL_URI,
      access: { allowedHosts: [], token },
    });
    try {
      expect((await fetch(`${other.url}/ping`)).status).toBe(401);
      const headers = { Authorization: `Bearer ${token}` };
      expect((await fetch(`${other.url}/ping`, { headers })).status).toBe(200);
      expect((await fetch(`${other.url}/version`)).status).toBe(401);
      expect((await fetch(`${other.url}/invocations`, { method: 'POST', body: '{}' })).status).toBe(401);
    } finally {
      await other.close();
    }
  });
});
