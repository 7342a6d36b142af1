import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_TABLE, withTable } from '../../support/clientTable.ts';
import { RawClient } from '../../support/rawHttp.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { digestOf, NAMES, REFUSALS } from './expected.ts';

/** The bytes that each client sends: test/fixtures/clients/generate.ts recorded them. */
const REQUESTS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/clients/requests.json'), 'utf8'),
);
const trained = Object.keys(REQUESTS).filter((name) => !(name in REFUSALS));

let service: TestService;
let client: RawClient;
beforeAll(async () => {
  service = await startTestService({ access: { allowedHosts: [] } });
  client = new RawClient(service.server);
});
afterAll(() => service.close());

async function send(name: string) {
  service.desk.entries.length = 0;
  const bytes = Buffer.from(withTable(REQUESTS[name] as string), 'latin1');
  const { answers } = await client.send(bytes);
  const last = answers.at(-1);
  return { status: last?.status, body: JSON.parse(last?.body ?? '{}') };
}

/** Lines of the table in a text. */
const rowsIn = (text: string) =>
  CLIENT_TABLE.trim()
    .split('\n')
    .filter((line) => text.includes(line));

describe('a request as a client sends it', () => {
  it('is recorded for each case of the tables', () => {
    expect(trained.length).toBeGreaterThan(50);
    expect(Object.keys(REQUESTS)).toEqual(
      expect.arrayContaining([...Object.keys(NAMES), ...Object.keys(REFUSALS)]),
    );
  });

  it.each(trained)('is trained on, with its fields and its file as they are: %s', async (name) => {
    const { status, body } = await send(name);
    expect(body).toMatchObject({ data: { rows: 20, columns: 3, target: 'Outcome' } });
    expect(status).toBe(200);
    const { run, pipeline } = service.desk.entries[0]!;
    const { fileName, modelName, dataset } = run;
    const expected = NAMES[name] ?? 'data';
    expect(fileName).toBe(expected);
    if (!expected.includes('%')) expect(modelName).toBe(`${expected.split('.')[0]}-model`);
    expect(JSON.stringify(pipeline)).toContain('"C":0.5');
    expect(dataset.digest).toEqual(digestOf(name) ?? expect.any(String));
    await expect.poll(() => service.uploads()).toEqual([]);
  });

  it.each(Object.entries(REFUSALS))('is rejected: %s', async (name, [status, code, field, says]) => {
    const answer = await send(name);
    expect(answer.body).toMatchObject({ status, code, ...(field !== undefined && { field }) });
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toMatch(says);
    expect(answer.body.detail).toMatch(/[.)]$/);
    expect(rowsIn(JSON.stringify(answer.body))).toEqual([]);
    expect(service.desk.entries).toEqual([]);
    expect(service.uploads()).toEqual([]);
  });
});

describe('the fields of a request', () => {
  it('are read from a file, without the line end', async () => {
    await send('curl: a name with the content of a file');
    expect(service.desk.entries[0]?.run.dataset.target).toBe('Outcome');
    await send('curl: tags from a file');
    expect(service.desk.entries[0]?.run.tags).toEqual({ team: 'risk' });
  });

  it('are read as Python prints them', async () => {
    await send('requests: None, True and False');
    const { run } = service.desk.entries[0]!;
    expect(run.extraParams).toMatchObject({ stratify: 'False', random_state: '123' });
    expect(run.dataset.target).toBe('Outcome');
    await send('requests: a dict of tags');
    expect(service.desk.entries[0]?.run.tags).toEqual({ team: 'risk', nightly: 'True' });
  });
});
