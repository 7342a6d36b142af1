import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODES_BY_STATUS, codesOf } from '../../../src/http/codes/index.ts';
import type { Json } from '../../../src/http/openapi/components.ts';
import { openapiDocument } from '../../../src/http/openapi/document.ts';
import { EVALUATE_FORM } from '../../../src/training/fields/evaluateTable.ts';
import { parseFields } from '../../../src/training/fields/parse.ts';
import { FIELD_NAMES, FIELD_ROWS, FILE_FIELDS } from '../../../src/training/fields/table.ts';
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

describe('the document', () => {
  it('is served as it is made', async () => {
    const response = await fetch(`${service.url}/openapi.json`);
    expect(response.headers.get('Content-Type')).toContain('application/json');
    expect(await response.json()).toEqual(document);
  });

  it('has every route of the app, and no other', () => {
    const paths = pathsOf(service.routes.router as Any).map((path) => path.replaceAll(/:(\w+)/g, '{$1}'));
    // The files of the pages are no routes that somebody calls.
    const called = paths.filter((path) => !/^\/(?:docs|page)\/.*\./.test(path));
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

/** The paths of a router's routes, in the order in which they are mounted. */
function pathsOf({ stack }: { readonly stack: readonly Any[] }): string[] {
  return stack.flatMap((layer) => {
    if (layer.route !== undefined) return [layer.route.path as string];
    return layer.handle?.stack === undefined ? [] : pathsOf(layer.handle);
  });
}
