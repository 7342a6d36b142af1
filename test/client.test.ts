import { openAsBlob, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError, type TrainAnswer, Trainpost } from '../src/client.ts';
import { TrackingRefusedError, UnavailableError } from '../src/errors.ts';
import { EXAMS } from '../src/http/openapi/paths/trainExamples.ts';
import { reportOf } from './reports/sample.ts';
import { EXAM_MODEL, examModels } from './support/examModel.ts';
import { runListOf, seedRuns } from './support/loggedRuns.ts';
import { startTestService, type TestService } from './support/service.ts';
import { StandInMlflow } from './support/standInMlflow.ts';

const ROOT = join(import.meta.dirname, '..');
const DIABETES = join(ROOT, 'data/diabetes.csv');
const TOKEN = 'a-token-of-32-characters-or-more';
const BYTES_MAX = 5_000;

let service: TestService;
let client: Trainpost;
let mlflow: StandInMlflow;
let runs: ReturnType<typeof runListOf>;
beforeAll(async () => {
  mlflow = await StandInMlflow.start();
  runs = runListOf(mlflow);
  service = await startTestService({
    runs: runs.list,
    access: { allowedHosts: [], token: TOKEN },
    models: await examModels(),
    modelUri: EXAM_MODEL,
  });
  client = new Trainpost(service.url, { token: TOKEN });
});
afterAll(async () => {
  await service.close();
  await runs.close();
  await mlflow.down();
});
beforeEach(() => service.desk.reset());

describe('the client', () => {
  it('trains a file that fetch streams from the disk', async () => {
    const fields = { tol: 1, exp_name: 'Diabetes', tags: { team: 'a' }, ignore: ['Insulin', 'Age'] };
    const answer = await client.train(await openAsBlob(DIABETES), fields);
    expect(answer.run.id).toBe('run1');
    expect(service.desk.entries[0]?.run).toMatchObject({
      experimentName: 'Diabetes',
      tags: { team: 'a' },
      fileName: 'data.csv',
    });
    expect(answer.data.columns).toBe(9);
    expect(answer.accuracy).toBeGreaterThan(0.7);
  });

  it('reports on a text, and on two files', async () => {
    const text = readFileSync(DIABETES, 'utf8');
    const report = await client.dryRun(text, {}, { testFile: text });
    expect(report.would_train).toBe(true);
    expect(report.data.test_file?.rows).toBe(768);
  });

  it('does not wait for MLflow, and follows the delivery', async () => {
    service.desk.isHeld = true;
    const { tracking } = await client.train(readFileSync(DIABETES, 'utf8'), {}, { waitS: 0 });
    expect(tracking.state).toBe('pending');
    expect((await client.delivery(tracking.delivery.id)).state).toBe('pending');
    expect(await client.deliveries('pending')).toHaveLength(1);
    await expect(client.retry(tracking.delivery.id)).rejects.toMatchObject({ status: 409 });
  });

  it('asks again if the training takes longer than a request waits', async () => {
    let letGo = () => {};
    service.desk.gate = new Promise((resolve) => {
      letGo = resolve;
    });
    const before = service.lines.length;
    const answer = client.train(readFileSync(DIABETES, 'utf8'), {}, { waitS: 1 });
    await expect.poll(() => service.lines.slice(before).some(({ status }) => status === 202)).toBe(true);
    letGo();
    expect(await answer).toMatchObject({ run: { id: 'run1' }, tracking: { state: 'finished' } });
    expect(service.desk.entries).toHaveLength(1);
  });

  it('throws the problem, whose type leads to its explanation', async () => {
    const error = await client.train('a,b\n1,2\n', { tol: -1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    const { problem, url } = error as ProblemError;
    expect(problem.code).toBe('invalid_tol');
    const page = await fetch(new URL(problem.type, url));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('id="invalid_tol"');
  });

  it('evaluates a model, and measures it without a run', async () => {
    const fields = { model: EXAM_MODEL, exp_name: 'Exams', gate: ['recall > 0.5', 'warn: roc_auc > 2'] };
    const answer = await client.evaluate(EXAMS, fields);
    expect([answer.run.id, answer.model.name, answer.gate?.state]).toEqual(['run1', 'exams', 'passed']);
    expect(service.desk.evaluations).toHaveLength(1);
    const measured = await client.measure(EXAMS, { model: EXAM_MODEL });
    expect(measured.metrics).toEqual(answer.metrics);
    expect(service.desk.evaluations).toHaveLength(1);
  });

  it('sends an evaluation again with the same key, and measures once', async () => {
    let count = 0;
    const losing = new Trainpost(service.url, {
      token: TOKEN,
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (++count === 1) throw new TypeError('fetch failed');
        return response;
      },
    });
    expect((await losing.evaluate(EXAMS, { model: EXAM_MODEL })).run.id).toBe('run1');
    expect([count, service.desk.evaluations.length]).toEqual([2, 1]);
  });

  it('predicts rows, and explains them', async () => {
    expect(await client.predictRows([{ hours: 4, sleep: 7 }])).toEqual({ predictions: [0] });
    const { predictions, contributions } = await client.predictRows([{ hours: 4, sleep: 7 }], {
      model: EXAM_MODEL,
      explain: true,
      proba: true,
    });
    expect(predictions[0]).toHaveLength(2);
    expect(contributions?.names).toEqual(['hours', 'sleep']);
    await expect(client.predictRows([{ hours: 4 }])).rejects.toMatchObject({
      problem: { code: 'missing_columns', error_code: 'INVALID_PARAMETER_VALUE' },
    });
  });

  it('streams a CSV with its predictions, and fails to read an answer that breaks off', async () => {
    const response = await client.predict(new Blob(['hours,sleep\n4,7\nx,8\n']), { onError: 'null' });
    expect((await response.text()).split('\n').slice(0, 3)).toEqual([
      'hours,sleep,prediction,probability_0,probability_1',
      expect.stringMatching(/^4,7,0,0\.516/),
      'x,8,,,',
    ]);
    await expect(client.predict('hours\n4\n')).rejects.toMatchObject({ status: 400 });
    const long = `hours,sleep\n${'4,7\n'.repeat(200_000)}x,8\n`;
    await expect((await client.predict(long)).text()).rejects.toThrow();
  });

  it('has what was computed, if a gate failed or MLflow rejected the run', async () => {
    const gated = await client.train(EXAMS, { gate: 'recall > 0.9' }).catch((thrown: ProblemError) => thrown);
    expect(gated).toMatchObject({
      problem: { code: 'gate_failed' },
      results: { metrics: { test: { recall_score: 0.5 } }, gate: { state: 'failed' } },
    });
    service.desk.refuseWith = new TrackingRefusedError('run_deleted', 'Somebody deleted the run.');
    const refused = await client.train(EXAMS).catch((thrown: ProblemError) => thrown);
    expect(refused).toMatchObject({ status: 502, results: { tracking: { state: 'dead' } } });
    const wrong = await client.train(EXAMS, { tol: -1 }).catch((thrown: ProblemError) => thrown);
    expect((wrong as ProblemError).results).toBeUndefined();
    const { tracking } = (refused as ProblemError).results as TrainAnswer;
    service.desk.refuseWith = undefined;
    expect((await client.retry(tracking.delivery.id)).state).toBe('pending');
  });

  it('lists experiments and runs, and reads reports', async () => {
    const { json: report } = await reportOf({});
    const metrics = (value: number) => ({ metrics: { auc: value } });
    const [first] = seedRuns(mlflow, 'Exams', [
      { name: 'first', ...metrics(0.5), params: { C: '1.0' }, report },
      { name: 'second', ...metrics(0.75), params: { C: '2.0' } },
    ]);
    expect((await client.experiments({ max: 1 })).experiments).toMatchObject([{ name: 'Exams' }]);
    const query = { experiment: 'Exams', orderBy: 'metrics.auc DESC', max: 1 } as const;
    const page = await client.runs(query);
    expect(page.runs.map(({ name }) => name)).toEqual(['second']);
    const last = await client.runs({ ...query, orderBy: ['metrics.auc DESC'], page: page.next_page ?? '' });
    expect(last.runs.map(({ id }) => id)).toEqual([first]);
    const csv = await client.runsCsv({ experiment: 'Exams', filter: "params.C = '2.0'" });
    expect(csv.split('\n').map((line) => line.split(',')[1])).toEqual(['name', 'second', undefined]);
    expect(await client.report(first ?? '')).toEqual(JSON.parse(report));
    await expect(client.report('a/b')).rejects.toMatchObject({ problem: { code: 'no_such_run' } });
    await expect(client.runs({ experiment: 'Exams', filter: 'foo' })).rejects.toMatchObject({
      status: 400,
      problem: { field: 'filter' },
    });
  });

  it('looks at a model, and gets a sample', async () => {
    expect(await client.model()).toEqual(await client.model({ model: EXAM_MODEL }));
    expect((await client.model()).columns.map(({ name }) => name)).toEqual(['hours', 'sleep']);
    expect(await client.sample()).toBe(readFileSync(DIABETES, 'utf8'));
  });

  it('reads limits and readiness', async () => {
    expect((await client.limits()).length).toBeGreaterThan(10);
    expect((await client.ready()).ready).toBe(true);
  });

  it('sends a training again while the service cannot take it', async () => {
    service.desk.roomError = new UnavailableError('spool_closed', 'Closed.', { retryAfterS: 0 });
    const keys: (string | null)[] = [];
    const retrying = new Trainpost(service.url, {
      token: TOKEN,
      fetch: (input, init) => {
        keys.push(new Headers(init?.headers).get('Idempotency-Key'));
        if (keys.length === 3) service.desk.roomError = undefined;
        return fetch(input, init);
      },
    });
    await retrying.train(readFileSync(DIABETES, 'utf8'));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(service.desk.entries).toHaveLength(1);
  });

  it('gets the answer of a training whose response was lost, and trains once', async () => {
    let count = 0;
    const losing = new Trainpost(service.url, {
      token: TOKEN,
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (++count === 1) throw new TypeError('fetch failed');
        return response;
      },
    });
    const answer = await losing.train(readFileSync(DIABETES, 'utf8'));
    expect(count).toBe(2);
    expect(answer.run.id).toBe('run1');
    expect(service.desk.entries).toHaveLength(1);
  });

  it('gives up after the attempts, and at once if another request would not help', async () => {
    let count = 0;
    const counting = (attempts: number) =>
      new Trainpost(service.url, {
        attempts,
        fetch: (input, init) => {
          count++;
          return fetch(input, init);
        },
      });
    await expect(counting(3).limits()).rejects.toMatchObject({ status: 401 });
    expect(count).toBe(1);
    const unreachable = new Trainpost('http://127.0.0.1:1', { attempts: 1 });
    await expect(unreachable.limits()).rejects.toThrow(TypeError);
  });

  it('ends a wait if it is aborted', async () => {
    service.desk.roomError = new UnavailableError('spool_closed', 'Closed.', { retryAfterS: 600 });
    const abort = new AbortController();
    const training = client.train(readFileSync(DIABETES, 'utf8'), {}, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 100);
    await expect(training).rejects.toThrow('enough');
  });
});

describe('behind a proxy with a path', () => {
  let proxy: Server;
  afterAll(() => proxy.close());

  it('finds its routes, and names an answer that is not of the service', async () => {
    const paths: (string | undefined)[] = [];
    proxy = createServer(({ url }, response) => {
      paths.push(url);
      response.writeHead(502).end('<h1>Bad Gateway</h1>');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const behind = new Trainpost(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/ml/`);
    await expect(behind.limits()).rejects.toMatchObject({ problem: { code: 'not_of_trainpost' } });
    expect(paths).toEqual(['/ml/limits']);
  });
});

describe('the file of the client', () => {
  const built = readFileSync(join(ROOT, 'dist/client.js'), 'utf8');

  it(`has fewer than ${BYTES_MAX} bytes when it is gzipped`, () => {
    const { length } = gzipSync(built);
    console.info(`dist/client.js: ${length} bytes gzipped`);
    expect(length).toBeLessThan(BYTES_MAX);
  });

  it('imports nothing', () => {
    expect(built).not.toMatch(/\bimport\b(?! \{ Trainpost \} from 'trainpost)|\brequire\b/);
  });
});
