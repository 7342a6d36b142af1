import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// The rest of the program sees a table with one row more. No other file knows the field.
vi.mock('../../../src/training/fields/table.ts', async (original) => {
  const table = await original<typeof import('../../../src/training/fields/table.ts')>();
  const { oneOf } = await import('../../../src/training/fields/kinds.ts');
  const row = {
    group: 'data',
    names: ['new_field', 'newer_field'],
    kind: oneOf(['yes', 'perhaps']),
    default: 'yes',
    param: 'new_param',
    says: 'A field that only this test has.',
  };
  const rows = [...table.FIELD_ROWS, ['newField', row]];
  const names = [...table.FIELD_NAMES, ...row.names];
  return {
    ...table,
    FIELD_ROWS: rows,
    FIELD_NAMES: names,
    TRAIN_FORM: { ...table.TRAIN_FORM, rows, names },
  };
});

// biome-ignore lint/suspicious/noExplicitAny: JSON, of which a test fails if a key is missing.
type Any = any;

describe('a field that is added to the table', () => {
  let modules: Any;
  beforeAll(async () => {
    modules = {
      ...(await import('../../../src/training/fields/parse.ts')),
      ...(await import('../../../src/training/fields/use.ts')),
      ...(await import('../../../src/http/openapi/document.ts')),
      ...(await import('../../../src/http/openapi/postman.ts')),
      ...(await import('../../../src/http/codes/index.ts')),
      ...(await import('../../../docs/generate/fieldsPage.ts')),
      ...(await import('../../../src/http/openapi/pages.ts')),
    };
  });
  afterAll(() => vi.doUnmock('../../../src/training/fields/table.ts'));

  const model = { C: 1, maxIter: 100, solver: 'lbfgs', tol: 1e-4, classWeight: null };

  it('is read by the parser, with its default', () => {
    expect(modules.parseFields({ newer_field: 'perhaps' }).data.newField).toBe('perhaps');
    expect(modules.parseFields({}).data.newField).toBe('yes');
    expect(() => modules.parseFields({ new_field: 'no' })).toThrow(/must be one of yes, perhaps/);
  });

  it('is a param in MLflow', () => {
    expect(modules.paramsOf(modules.parseFields({ new_field: 'perhaps' }), model).new_param).toBe('perhaps');
  });

  it('is in the OpenAPI document, with its words and its code', () => {
    const document = modules.openapiDocument();
    const { schema } = document.paths['/train'].post.requestBody.content['multipart/form-data'];
    expect(schema.properties.new_field).toMatchObject({
      type: 'string',
      enum: ['', 'yes', 'perhaps'],
      default: 'yes',
      'x-mlflow-param': 'new_param',
      description: expect.stringContaining('only this test has'),
    });
    expect(schema.properties).toHaveProperty('newer_field');
    const [, { properties }] = document.components.schemas.Problem422.allOf;
    expect(properties.code.enum).toContain('invalid_new_field');
  });

  it('is on the pages of fields and of errors', () => {
    expect(modules.fieldsPage()).toMatch(
      /`new_field`, `newer_field` \| `yes` \| A field that only this test has/,
    );
    expect(modules.errorsPage((path: string) => path)).toContain('id="invalid_new_field"');
  });

  it('is in the Postman collection', () => {
    const { item } = modules.postmanCollection() as Any;
    const train = item.flatMap((folder: Any) => folder.item).find(({ request }: Any) => request.body);
    expect(train.request.body.formdata).toContainEqual({
      key: 'new_field',
      type: 'text',
      value: 'yes',
      description: 'A field that only this test has.',
      disabled: true,
    });
  });
});
