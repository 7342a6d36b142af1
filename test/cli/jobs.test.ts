import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type JobAnswer, type Problem, type TrainAnswer, Trainpost } from '../../src/client.ts';
import { runCli } from './io.ts';
import { type JobServer, jobOf, startJobServer } from './jobServer.ts';

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');
const METRICS = {
  accuracy_score: 0.75,
  precision_score: 0.5,
  recall_score: 0.25,
  f1_score: 0.3333333,
  log_loss: 0.6,
  roc_auc: null,
  score: 0.75,
};
const ANSWER = {
  metrics: { train: METRICS, test: METRICS },
  run: { id: 'r1', name: 'first', url: 'http://mlflow/r1', experiment_id: '1' },
  model: { uri: 'runs:/r1/m', name: 'Diabetes', version: '3', url: 'http://mlflow/m3' },
  tracking: { state: 'finished', delivery: { id: 'job1', url: 'deliveries/job1' }, last_error: null },
  warnings: [{ code: 'x', message: 'The column "\u001b[31mA" is constant.' }],
  best: { index: 1, settings: {}, select: 'log_loss', value: 0.5 },
  runs: [1, 0].map((index) => ({
    index,
    settings: { C: index === 0 ? null : 10, solver: 'lbfgs' },
    metrics: { train: METRICS, test: METRICS },
  })),
} as unknown as TrainAnswer;
const GATED: TrainAnswer = {
  ...ANSWER,
  gate: {
    state: 'failed',
    gates: [{ expression: 'recall > 0.6', state: 'failed', values: { recall: 0.25 } }],
  },
};
const PROBLEM = {
  type: 'docs/errors#invalid_value',
  title: 'Invalid',
  status: 422,
  detail: 'tol is "x", but it must be a number above 0.',
  code: 'invalid_value',
  field: 'solver_tol',
} as Problem;

const dir = mkdtempSync(join(tmpdir(), 'trainpost-cli-'));
const CSV = join(dir, 'data.csv');
let server: JobServer | undefined;

beforeAll(() => writeFileSync(CSV, 'a,b\n1,0\n2,1\n'));
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(dir, { recursive: true }));

async function train(steps: Parameters<typeof startJobServer>[0], ...options: string[]) {
  server = await startJobServer(steps);
  return await runCli(['train', CSV, '--tol', '0.1,1', ...options], { env: { TRAINPOST_URL: server.url } });
}

describe('trainpost train', () => {
  it('prints the results, and a line on stderr for each stage', async () => {
    const fitting = (done: number) =>
      jobOf('fitting', {
        progress: { stage: 'fitting', done, total: 9, rows: 2, iterations: 1, share: 0.5 },
      });
    const steps = [
      jobOf('reading'),
      fitting(1),
      fitting(2),
      'cut',
      jobOf('logging', { answer: ANSWER }),
    ] as const;
    const { code, stdout, stderr } = await train([...steps, jobOf('done', { answer: ANSWER })]);
    expect(stderr).toBe('queued: place 2\nreading\nfitting\nlogging\ndone\n');
    expect(stdout).toMatchInlineSnapshot(`
      "metric             test   train
      accuracy_score   0.7500  0.7500
      precision_score  0.5000  0.5000
      recall_score     0.2500  0.2500
      f1_score         0.3333  0.3333
      log_loss         0.6000  0.6000
      roc_auc               -       -
      score            0.7500  0.7500

      candidate    C  test log_loss
      1           10         0.6000
      0          inf         0.6000
      best: candidate 1 by log_loss, 0.5000

      warning: The column "\\u001b[31mA" is constant.

      run    first               http://mlflow/r1
      model  Diabetes version 3  http://mlflow/m3
      "
    `);
    expect(code).toBe(0);
    expect(server?.bodies[0]).toContain('filename="data.csv"');
    expect(server?.bodies[0]).toContain('name="tol"\r\n\r\n0.1,1\r\n');
    expect(server?.asked).toEqual(['POST /train', 'GET /jobs/job1/events', 'GET /jobs/job1/events']);
  });

  it('ends with 1 if a gate failed', async () => {
    const { code, stdout } = await train([jobOf('done', { answer: GATED })]);
    expect(code).toBe(1);
    expect(stdout).toContain('gate failed: recall > 0.6  (recall=0.2500)');
  });

  it('ends with 2 if the job failed, and names the option', async () => {
    const { code, stdout, stderr } = await train([jobOf('failed', { problem: PROBLEM })]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`trainpost: ${PROBLEM.detail} (invalid_value, --solver-tol)\n`);
  });

  it('ends with 2 if somebody else cancels the job', async () => {
    const { code, stderr } = await train([jobOf('cancelled')]);
    expect(code).toBe(2);
    expect(stderr).toContain('The job job1 is cancelled');
  });

  it('prints the answer as JSON, or the problem', async () => {
    const { stdout } = await train([jobOf('done', { answer: GATED })], '--json');
    expect(JSON.parse(stdout)).toEqual(GATED);
    await server?.close();
    const failed = await train([jobOf('failed', { problem: PROBLEM })], '--json');
    expect(JSON.parse(failed.stdout)).toEqual(PROBLEM);
  });

  it('does not wait for MLflow longer than it may', async () => {
    const pending = { ...ANSWER, tracking: { ...ANSWER.tracking, state: 'pending' } } as TrainAnswer;
    const { code, stdout } = await train([jobOf('logging', { answer: pending }), 'hang'], '--wait', '0');
    expect(code).toBe(0);
    expect(stdout).toContain('MLflow does not have the run yet');
  });
});

describe('Ctrl-C', () => {
  it('cancels the job', async () => {
    server = await startJobServer([jobOf('fitting'), 'hang']);
    const interrupt = new AbortController();
    const running = runCli(['train', CSV, '--url', server.url], { interrupted: interrupt.signal });
    await server.hanging;
    interrupt.abort();
    const { code, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain('The job job1 is cancelled.');
    expect(server.asked.at(-1)).toBe('DELETE /jobs/job1');
  });

  it('says that a job is accepted, and can no longer be cancelled', async () => {
    const problem = { ...PROBLEM, status: 409, code: 'job_accepted', detail: 'The job is accepted.' };
    server = await startJobServer([jobOf('fitting'), 'hang'], [409, problem]);
    const interrupt = new AbortController();
    const running = runCli(['train', CSV, '--url', server.url], { interrupted: interrupt.signal });
    await server.hanging;
    interrupt.abort();
    expect(await running).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('The job is accepted.'),
    });
  });

  it('ends the program of the package with 130', async () => {
    server = await startJobServer([jobOf('fitting'), 'hang']);
    const child = spawn(process.execPath, [MAIN, 'train', CSV, '--url', server.url], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    await server.hanging;
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(server.asked.at(-1)).toBe('DELETE /jobs/job1');
  });
});

describe('the program of the package', () => {
  it('writes results to a pipe whole, and ends with 1 if a gate failed', async () => {
    server = await startJobServer([jobOf('done', { answer: GATED })]);
    const args = [MAIN, 'train', CSV, '--json', '--url', server.url];
    const [code, stdout] = await new Promise<readonly [unknown, string]>((resolve) => {
      execFile(process.execPath, args, (error, out) => resolve([error?.code ?? 0, out]));
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual(GATED);
  });
});

describe('trainpost jobs', () => {
  it('lists, shows and cancels', async () => {
    server = await startJobServer([]);
    const env = { TRAINPOST_URL: server.url };
    const { code, stdout } = await runCli(['jobs'], { env });
    expect(code).toBe(0);
    expect(stdout).toBe(
      'id    kind   state    share  accepted\njob1  train  fitting  50 %   2026-01-01T00:00:00.000Z\n',
    );
    expect((await runCli(['jobs', 'job1'], { env })).stdout).toBe(stdout);
    expect((await runCli(['jobs', 'job1', '--cancel'], { env })).stdout).toContain('cancelled');
    expect(server.asked).toEqual(['GET /jobs', 'GET /jobs/job1', 'DELETE /jobs/job1']);
  });

  it('follows a job to its answer', async () => {
    server = await startJobServer([jobOf('done', { answer: GATED })]);
    const { code, stdout, stderr } = await runCli(['jobs', 'job1', '--follow', '--url', server.url]);
    expect(code).toBe(1);
    expect(stderr).toBe('fitting\ndone\n');
    expect(stdout).toContain('gate failed');
  });
});

describe('what is wrong with a command line', () => {
  it.each([
    [['train'], "missing required argument 'file'"],
    [['train', 'x.csv', '--toll', '1'], "unknown option '--toll'"],
    [['train', '/no/such.csv', '--url', 'http://127.0.0.1:9'], '/no/such.csv cannot be read'],
    [['train', 'x.csv', '--json', '--markdown'], 'cannot be used with'],
    [['train', 'x.csv', '--wait', 'long'], 'Use a number of seconds'],
    [['evaluate', 'x.csv'], "required option '--model <value>' not specified"],
    [['predict', 'x.csv', '--on-error', 'skip'], 'Allowed choices are fail, null'],
    [['jobs'], 'set TRAINPOST_URL'],
    [['jobs', '--cancel', '--url', 'http://127.0.0.1:9'], 'No job is named'],
    [['jobs', '--url', '127.0.0.1:5005'], 'no address of a service'],
    [['learn'], "unknown command 'learn'"],
  ])('%j: %s', async (argv, says) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
  });
});

describe('the client', () => {
  it('watches a job over lost connections, and says which event it has', async () => {
    server = await startJobServer([jobOf('reading'), 'cut', jobOf('fitting'), 'cut', jobOf('done')]);
    const seen: JobAnswer['state'][] = [];
    for await (const { state } of new Trainpost(server.url).watch('job1')) seen.push(state);
    expect(seen).toEqual(['reading', 'fitting', 'done']);
  });

  it('gives up if the events end before the job does', async () => {
    server = await startJobServer([]);
    const watching = new Trainpost(server.url, { attempts: 2 }).watch('job1').next();
    await expect(watching).rejects.toThrow('The events end before the job does');
  });

  it('ends when its signal aborts', async () => {
    server = await startJobServer(['hang']);
    const stop = new AbortController();
    const watching = new Trainpost(server.url).watch('job1', { signal: stop.signal }).next();
    await server.hanging;
    stop.abort();
    await expect(watching).rejects.toThrow('abort');
  });
});
