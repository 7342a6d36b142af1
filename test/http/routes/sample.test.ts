import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../../data/diabetes.csv'), 'utf8');

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

describe('GET /sample.csv', () => {
  it('is the example data, which trains', async () => {
    const response = await fetch(`${service.url}/sample.csv`);
    expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('Content-Disposition')).toBe('inline; filename="diabetes.csv"');
    const csv = await response.text();
    expect(csv).toBe(DIABETES);
    const form = new FormData();
    form.set('train_file', new Blob([csv]), 'sample.csv');
    form.set('dry_run', 'true');
    const report = await (await fetch(`${service.url}/train`, { method: 'POST', body: form })).json();
    expect(report).toMatchObject({ would_train: true, data: { rows: 768, target: 'Outcome' } });
  });

  it('reads no query, and takes no other method', async () => {
    expect((await fetch(`${service.url}/sample.csv?rows=1`)).status).toBe(422);
    expect((await fetch(`${service.url}/sample.csv`, { method: 'POST' })).status).toBe(405);
  });
});
