import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrackingRefusedError } from '../../../src/errors.ts';
import { CODES_BY_STATUS, codesOf } from '../../../src/http/codes/index.ts';
import type { Json } from '../../../src/http/openapi/components.ts';
import { openapiDocument } from '../../../src/http/openapi/document.ts';
import { ROUTES } from '../../../src/http/openapi/paths/index.ts';
import type { RouteExample } from '../../../src/http/openapi/paths/route.ts';
import { EVALUATE_FORM } from '../../../src/training/fields/evaluateTable.ts';
import { parseFields } from '../../../src/training/fields/parse.ts';
import { FIELD_NAMES, FIELD_ROWS, FILE_FIELDS } from '../../../src/training/fields/table.ts';
import { answerFault } from '../../support/answerCheck.ts';
import { startTestService, type TestService } from '../../support/service.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON, and a test fails if a key is missing.
type Any = any;

const document = JSON.parse(JSON.stringify(openapiDocument())) as Any;
const form = document.paths['/train'].post.requestBody.content['multipart/form-data'];

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

/** What differs from one request to the next. */
const OF_THIS_REQUEST: ReadonlySet<string> = new Set([
  'run',
  'model',
  'experiment',
  'tracking',
  'timing_ms',
  'checks',
]);

function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !OF_THIS_REQUEST.has(key));
  return Object.fromEntries(entries.map(([key, part]) => [key, lasting(part)]));
}

function bodyOf({ form }: RouteExample): FormData | undefined {
  if (form === undefined) return undefined;
  const body = new FormData();
  for (const [name, value] of Object.entries(form)) {
    if (FILE_FIELDS.includes(name)) body.append(name, new Blob([value], { type: 'text/csv' }), 'data.csv');
    else body.append(name, value);
  }
  return body;
}

describe('the examples of the document', () => {
  const examples = ROUTES.flatMap((route) => (route.examples ?? []).map((example) => ({ route, example })));

  it.each(examples)('$route.path $example.name gets what it says', async ({ route, example }) => {
    service.desk.isHeld = example.status === 202;
    const response = await fetch(service.url + route.path, {
      method: route.method,
      ...(example.headers && { headers: example.headers }),
      ...(example.form && { body: bodyOf(example) as FormData }),
    });
    expect(response.status).toBe(example.status);
    expect(lasting(await response.json())).toEqual(lasting(example.answer));
  });

  it.each(examples)(
    '$route.path $example.name has an answer that its schema allows',
    ({ route, example }) => {
      const { status, answer } = example;
      const type = status >= 400 ? 'application/problem+json' : 'application/json';
      const request = { method: route.method, path: route.path };
      // The checks of `/health/ready` are those of the service.
      const text = JSON.stringify(route.path === '/health/ready' ? { checks: {}, ...answer } : answer);
      expect(answerFault(request, { status, type, text })).toBeUndefined();
    },
  );
});

describe('the document', () => {
  it('is served as it is made', async () => {
    const response = await fetch(`${service.url}/openapi.json`);
    expect(response.headers.get('Content-Type')).toContain('application/json');
    expect(await response.json()).toEqual(document);
  });

  it('has every route of the app, and no other', () => {
    const paths = pathsOf(service.routes.router as Any).map((path) => path.replaceAll(/:(\w+)/g, '{$1}'));
    // The files of the pages are no routes that somebody calls.
    const called = paths.filter((path) => !/^\/docs\/.*\./.test(path));
    expect(called.length).toBeGreaterThan(10);
    expect(Object.keys(document.paths).sort()).toEqual(called.sort());
  });

  it('has every field by each of its names, and no other', () => {
    expect(Object.keys(form.schema.properties)).toEqual([...FILE_FIELDS, ...FIELD_NAMES]);
    const { schema } = document.paths['/evaluate'].post.requestBody.content['multipart/form-data'];
    expect(Object.keys(schema.properties)).toEqual([...EVALUATE_FORM.files, ...EVALUATE_FORM.names]);
    expect(schema.required).toEqual(['test_file', 'model']);
  });

  it.each(FIELD_ROWS.map(([key, row]) => [row.names[0], key, row] as const))(
    'has a default of %s that the parser reads as the default',
    (name, key, row) => {
      const { default: said } = form.schema.properties[name] as { default?: string | string[] };
      if (said === undefined) return;
      const fields = parseFields({ [name]: said }) as unknown as Record<string, Json>;
      expect(fields[row.group]?.[key]).toEqual(
        (parseFields({}) as unknown as Record<string, Json>)[row.group]?.[key],
      );
    },
  );

  it('has a problem for each status, with its codes', () => {
    for (const [status, rows] of CODES_BY_STATUS) {
      const [, { properties }] = document.components.schemas[`Problem${status}`].allOf;
      expect(properties.status.const).toBe(status);
      expect(properties.code.enum).toEqual(rows.flatMap(codesOf));
      expect(document.components.responses[`Problem${status}`].description).toContain(rows[0]?.[0]);
    }
  });

  it('has references that lead somewhere', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path as string,
    );
    expect(refs.length).toBeGreaterThan(100);
    const lost = refs.filter(
      (path) => path.split('/').reduce<Any>((at, key) => at?.[key], document) === undefined,
    );
    expect(lost).toEqual([]);
  });
});

describe('a delivery', () => {
  it('is answered as the document says: looked at, listed, and retried', async () => {
    service.desk.refuseWith = new TrackingRefusedError('run_deleted', 'Somebody deleted the run.');
    const [training] = ROUTES.flatMap(({ examples = [] }) => examples).filter(
      ({ form }) => form !== undefined,
    );
    const refused = await fetch(`${service.url}/train`, {
      method: 'POST',
      body: bodyOf(training!) as FormData,
    });
    expect(refused.status).toBe(502);
    const { delivery } = (await refused.json()) as Any;
    const at = new URL(delivery.url, refused.url);
    expect((await fetch(at)).status).toBe(200);
    expect((await fetch(`${service.url}/deliveries?state=dead`)).status).toBe(200);
    expect((await fetch(`${at}/retry`, { method: 'POST' })).status).toBe(202);
    expect((await fetch(`${at}/retry`, { method: 'POST' })).status).toBe(409);
    expect((await fetch(`${service.url}/deliveries/none`)).status).toBe(404);
  });
});

describe('a check of answers', () => {
  const request = { method: 'GET', path: '/test' };
  const type = 'application/json';
  it.each([
    ['another key', { status: 200, type, text: '{"response":"Hello World","more":1}' }],
    ['a missing key', { status: 200, type, text: '{}' }],
    ['another status', { status: 201, type, text: '{"response":"Hello World"}' }],
    ['another type', { status: 200, type: 'text/plain', text: 'Hello World' }],
    [
      'an unknown code',
      {
        status: 400,
        type: 'application/problem+json',
        text: '{"type":"","title":"","status":400,"detail":"","code":"x"}',
      },
    ],
  ])('finds %s', (_what, answer) => {
    expect(answerFault(request, answer)).toBeTypeOf('string');
  });

  it('finds nothing about the right answer', () => {
    expect(answerFault(request, { status: 200, type, text: '{"response":"Hello World"}' })).toBeUndefined();
  });
});

/** The paths of a router's routes, in the order in which they are mounted. */
function pathsOf({ stack }: { readonly stack: readonly Any[] }): string[] {
  return stack.flatMap((layer) => {
    if (layer.route !== undefined) return [layer.route.path as string];
    return layer.handle?.stack === undefined ? [] : pathsOf(layer.handle);
  });
}
