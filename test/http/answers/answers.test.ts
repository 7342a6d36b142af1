import { join } from 'node:path';
import { XmlDocument } from 'libxml2-wasm';
import Papa from 'papaparse';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { TrackingRefusedError } from '../../../src/errors.ts';
import { bodyOf } from '../../../src/http/answers/answer.ts';
import type { ReadyModel } from '../../../src/models/port.ts';
import { createPredictor } from '../../../src/models/predictor.ts';
import { FULL } from '../../reports/answers/sample.ts';
import { descriptionOf } from '../../support/evaluation.ts';
import { planFor } from '../../support/plans.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const ROWS = Array.from({ length: 60 }, (_, i) => `${(i * 7) % 11},${(i * 5) % 13 > 5 ? 1 : 0}`);
const CSV = Buffer.from(`a,y\n${ROWS.join('\n')}\n`);

let service: TestService;
beforeAll(async () => {
  const description = descriptionOf(await runCsv(CSV, await planFor({ C: '5' })));
  const load = async (uri: string): Promise<ReadyModel> => ({
    model: { place: { uri, name: 'people', version: '3', runId: 'r' }, description },
    predictor: createPredictor(description),
  });
  const find = async () => (await load('models:/people@champion')).model;
  service = await startTestService({
    models: { load },
    champions: { find, last: () => undefined, loggedMetrics: async () => ({}) },
  });
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

type Fields = Readonly<Record<string, string | string[]>>;

/** Sends a form, and reads the answer as text. */
function post(path: string, accept: string, fields: Fields = {}, file: Buffer | string = CSV) {
  return request(service.server)
    .post(path)
    .set('Accept', accept)
    .field(fields)
    .attach(path === '/train' ? 'train_file' : 'test_file', file as Buffer, 'people.csv')
    .buffer(true)
    .parse((response, done) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => done(null, text));
    })
    .expect('Vary', /\bAccept\b/);
}

const train = (accept: string, fields?: Fields, file?: Buffer | string) =>
  post('/train', accept, fields, file);
const evaluate = (accept: string, fields: Fields = {}) =>
  post('/evaluate', accept, { model: 'models:/people@champion', ...fields });

const cases = (xml: string, path = '//testcase/@name') =>
  XmlDocument.fromString(xml)
    .find(path)
    .map(({ content }) => content);
const rows = (csv: string) =>
  Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;

describe('POST /train', () => {
  it('answers in Markdown what it answers in JSON', async () => {
    const fields = { exp_name: 'People', registered_model: 'P', run_name: 'nightly', gate: 'recall >= 0' };
    const { body: text, headers } = await train('text/markdown', fields)
      .expect(200)
      .expect('X-Gate', 'passed')
      .expect('Content-Type', 'text/markdown; charset=utf-8');
    const { body } = await train('application/json', fields).expect(200);
    const answer = JSON.parse(body);
    expect(headers['run-id']).toBe('run1');
    expect(text).toMatch(
      /^<!-- trainpost:People:P -->\n\n### trainpost training in `People`: \*\*passed\*\*\n/,
    );
    expect(text).toContain(`| \`recall_score\` | ${answer.metrics.test.recall_score.toFixed(4)} |`);
    expect(text).toContain('| `recall >= 0` | **holds** |');
    expect(text).toContain('[nightly](<http://mlflow/#/experiments/1/runs/run1>)');
    expect(text).toContain("-F train_file=@people.csv \\\n  -F exp_name=People \\\n  -F 'gate=recall >= 0'");
    expect(text).toContain('```mermaid\n%%{init');
  });

  it('says what differs from the champion', async () => {
    const fields = {
      registered_model: 'people',
      alias: 'champion',
      gate: 'not worse(roc_auc)',
      iterations: '50',
    };
    const { body: text } = await train('text/markdown', fields).expect(200);
    expect(text).toContain('| Champion (version 3) | Difference |');
    expect(text).toContain('| C | `5` | `1` |\n| max_iter | `100` | `50` |');
    expect(text).toContain('| max_iter | `100` | `50` |\n\n');
  });

  it('answers a gate that fails with the values, in every form', async () => {
    const fields = { gate: ['recall > 1', 'warn: roc_auc > 1'], exp_name: 'E' };
    const markdown = await train('text/markdown', fields).expect(422).expect('X-Gate', 'failed');
    expect(markdown.body).toContain('stays: recall \\> 1.\n\nStatus 422, code `gate_failed`');
    expect(markdown.body).toContain('| `recall > 1` | **does not hold** | `recall` = ');
    const xml = await train('application/xml', fields).expect(422);
    expect(cases(xml.body)).toEqual(['training', 'data', 'recall > 1', 'warn: roc_auc > 1']);
    expect(cases(xml.body, '//testcase[failure]/@name')).toEqual(['recall > 1']);
    expect(cases(xml.body, '//testcase[skipped]/@name')).toEqual(['warn: roc_auc > 1']);
    const csv = await train('text/csv', fields).expect(422);
    expect(rows(csv.body)).toHaveLength(1);
    const metrics = await train('application/openmetrics-text', fields)
      .expect(422)
      .expect('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(metrics.body).toMatch(/\ntrainpost_gates_failed 1\n[\s\S]*\n# EOF\n$/);
    const html = await train('text/html', fields).expect(422);
    expect(html.body).toContain('recall > 1</td>');
  });

  it('answers a sweep with its leaderboard', async () => {
    const { body } = await train('text/csv', { tol: '0.1,1,inf', cv: '3' }).expect(200);
    const found = rows(body);
    expect(found.map(({ C }) => C).sort()).toEqual(['0.1', '1', 'inf']);
    expect(found.map(({ best }) => best)).toEqual(['true', 'false', 'false']);
    const values = found.map(({ cv_log_loss_mean }) => Number(cv_log_loss_mean));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    const { body: text } = await train('text/markdown', { tol: '0.1,1', cv: '3' }).expect(200);
    expect(text).toContain('x-axis "C" ["0.1", "1"]');
  });

  it('answers with the report as a page, under the policy of the page', async () => {
    const { body, headers } = await train('text/html,application/xhtml+xml,*/*;q=0.8', {}, DIABETES).expect(
      200,
    );
    expect(body).toContain('<title>Train-Run-');
    expect(body).toContain('<svg');
    const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(body) ?? [];
    const shown = policy?.replaceAll('&#39;', "'");
    expect(headers['content-security-policy']).toBe(`${shown}; frame-ancestors 'none'`);
    const { body: small } = await train('text/html', { report: 'false' }).expect(200);
    expect(small).toContain('<h1>trainpost training in <code><bdi>Default</bdi></code></h1>');
    expect(small).not.toContain('<svg');
  });

  it('answers a repeated request in another form', async () => {
    const send = (accept: string) => train(accept).set('Idempotency-Key', 'k');
    await send('application/json').expect(200);
    const { body, headers } = await send('text/markdown').expect(200);
    expect(headers['idempotency-replayed']).toBe('true');
    expect(body).toContain('The accuracy is ');
    const page = await send('text/html').expect(200);
    expect(page.body).toContain('The accuracy is ');
    expect(service.desk.entries).toHaveLength(1);
    // A record of an earlier version.
    const { answer } = service.desk.entries[0]!.view as { answer: { brief?: unknown } };
    delete answer.brief;
    const old = await send('text/markdown').expect(200);
    expect(old.body).toContain('| `accuracy_score` |');
    expect(old.body).not.toContain('The accuracy is ');
  });

  it('says that MLflow does not have the run yet', async () => {
    service.desk.isHeld = true;
    const { body } = await train('text/markdown').set('Prefer', 'wait=0').expect(202);
    expect(body).toContain('MLflow does not have the run yet.');
  });

  it('says what MLflow refused, and what was computed', async () => {
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'MLflow says no.');
    const { body } = await train('text/markdown').expect(502);
    expect(body).toContain('MLflow says no.');
    expect(body).toContain('| `accuracy_score` |');
    const xml = await train('application/xml').expect(502);
    expect(cases(xml.body, '//testcase[error]/@name')).toEqual(['training']);
  });

  it('answers a dry run in every form', async () => {
    const { body } = await train('text/markdown', { dry_run: 'true' }).expect(200);
    expect(body).toContain('A training would succeed.');
    const refused = await train('application/xml', { dry_run: 'true', target: 'b' }).expect(200);
    expect(cases(refused.body, '//testcase[error]/error/@type')).toEqual(['unknown_target']);
    const csv = await train('text/csv', { dry_run: 'true' }).expect(200);
    expect(rows(csv.body).map(({ name }) => name)).toEqual(['a', 'y']);
    const metrics = await train('application/openmetrics-text', { dry_run: 'true' }).expect(200);
    expect(metrics.body).toContain('\ntrainpost_would_train 1\n');
  });
});

describe('a problem', () => {
  const form = { tol: 'x', exp_name: 'E', registered_model: 'R' };

  it('has the form that was asked for, if it is one to read', async () => {
    const markdown = await train('text/markdown', form).expect(422);
    expect(markdown.body).toMatch(/^<!-- trainpost:E:R -->\n/);
    expect(markdown.body).toContain('- field: `tol`\n- value: `x`\n\nStatus 422, code `invalid_tol`.');
    const xml = await train('application/xml', form).expect(422);
    expect(cases(xml.body, '//testcase/@classname')).toEqual(['trainpost.E']);
    expect(cases(xml.body, '//error/@type')).toEqual(['invalid_tol']);
    const html = await train('text/html', form).expect(422);
    expect(html.body).toContain('<code><bdi>invalid_tol</bdi></code>');
    const evaluation = await evaluate('text/markdown', { gate: 'recall >' }).expect(422);
    expect(evaluation.body).toMatch(/^<!-- trainpost:evaluation:Default -->\n\n### trainpost evaluation/);
  });

  it.each(['text/csv', 'application/openmetrics-text'])('is JSON for %s', async (accept) => {
    const { body } = await train(accept, form)
      .expect(422)
      .expect('Content-Type', /^application\/problem\+json/);
    expect(JSON.parse(body).code).toBe('invalid_tol');
  });

  it('is JSON on any other route', async () => {
    const { body } = await request(service.server)
      .get('/deliveries/x')
      .set('Accept', 'text/markdown')
      .expect(404);
    expect(body.code).toBe('no_such_delivery');
  });

  it('is 406 if there is no such form, before the upload, and names the forms and the pages', async () => {
    const { body } = await train('text/plain', form)
      .expect(406)
      .expect('Content-Type', /^application\/problem\+json/);
    expect(JSON.parse(body)).toMatchObject({
      code: 'not_acceptable',
      detail: expect.stringContaining('/docs'),
      allowed: expect.arrayContaining(['text/markdown', 'application/xml', 'text/csv', 'text/html']),
    });
    await evaluate('image/png').expect(406);
    expect(service.uploads()).toEqual([]);
  });
});

describe('POST /evaluate', () => {
  it('answers in every form', async () => {
    const { body } = await evaluate('text/markdown', { gate: 'recall > 1' }).expect(422);
    expect(body).toContain('<!-- trainpost:evaluation:Default:people -->');
    expect(body).toContain('| `recall > 1` | **does not hold** |');
    expect(body).toContain('Drift: 0 of 1 columns have moved');
    expect(body).toContain('curl "$TRAINPOST_URL/evaluate" \\\n  -F test_file=@people.csv');
    const xml = await evaluate('application/xml').expect(200);
    expect(cases(xml.body)).toEqual(['evaluation', 'data']);
    const csv = await evaluate('text/csv', { dry_run: 'true' }).expect(200);
    expect(rows(csv.body).map(({ metric }) => metric)).toContain('roc_auc');
    const metrics = await evaluate('application/openmetrics-text').expect(200);
    expect(metrics.body).toContain('\ntrainpost_drift_max 0');
    const html = await evaluate('text/html', { dry_run: 'true', gate: 'recall > 1' }).expect(422);
    expect(html.body).toContain('<h1>trainpost evaluation in ');
    expect(html.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('bodyOf', () => {
  it('has a smaller page if the report cannot be drawn', async () => {
    const parts = { summary: () => FULL, csv: () => '' };
    const small = await bodyOf('html', parts);
    expect(await bodyOf('html', { ...parts, report: '{}' })).toEqual(small);
    expect(small.text).toContain('<h1>trainpost training');
  });
});
