import { join } from 'node:path';
import newman from 'newman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../../src/http/openapi/paths/index.ts';
import { FIELD_ROWS, FILE_FIELDS } from '../../../src/training/fields/table.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const TOKEN = 'a-token-of-32-characters-or-more';

// biome-ignore lint/suspicious/noExplicitAny: the collection is JSON, and a test fails if a key is missing.
type Any = any;

let service: TestService;
let collection: Any;
beforeAll(async () => {
  service = await startTestService({ access: { allowedHosts: [], token: TOKEN } });
  collection = await (await fetch(`${service.url}/postman.json`)).json();
});
afterAll(() => service.close());

const itemsOf = () => (collection.item as Any[]).flatMap(({ item }) => item as Any[]);
const form = () => itemsOf().find(({ request }) => request.body !== undefined).request.body.formdata as Any[];

describe('the Postman collection', () => {
  it('has every route of the document', () => {
    expect(itemsOf()).toHaveLength(ROUTES.length);
  });

  it('has every field once, with the file to choose', () => {
    const names = FIELD_ROWS.map(([, { names }]) => names[0]);
    expect(form().map(({ key }) => key)).toEqual([...FILE_FIELDS, ...names]);
    expect(form()[0]).toMatchObject({ type: 'file', src: [] });
    expect(
      form()
        .filter(({ disabled }) => !disabled)
        .map(({ key, value }) => [key, value]),
    ).toEqual([
      ['train_file', undefined],
      ['tol', '1'],
      ['iterations', '100'],
      ['exp_name', 'Default'],
    ]);
  });

  it('runs: import it, choose the file, set url and token, send', async () => {
    const chosen = structuredClone(collection);
    const train = chosen.item.flatMap(({ item }: Any) => item).find(({ request }: Any) => request.body);
    train.request.body.formdata[0].src = DIABETES;
    const envVar = [
      { key: 'url', value: service.url },
      { key: 'token', value: TOKEN },
    ];
    const summary = await new Promise<Any>((resolve, reject) => {
      newman.run({ collection: chosen, envVar, reporters: [] }, (error, done) =>
        error === null ? resolve(done) : reject(error),
      );
    });
    expect(summary.run.failures.map(({ error, source }: Any) => `${source.name}: ${error.message}`)).toEqual(
      [],
    );
    expect(summary.run.executions).toHaveLength(ROUTES.length);
    expect(service.desk.entries).toHaveLength(1);
  });
});
