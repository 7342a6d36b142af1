import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentOf, runsOf } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { ensureVenv, runPython } from '../support/python.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIABETES = join(ROOT, 'data/diabetes.csv');
const mlflow = await mlflowServers();
const OTHERS = `other_Mon-Nov-23-01:49:33-2026_${process.pid}-0123456789ab.csv`;

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
type Json = any;

/** Posts a file with curl, as people do. */
async function curl(url: string, fields: Readonly<Record<string, string>>, file = DIABETES): Promise<Json> {
  const form = Object.entries(fields).flatMap(([name, value]) => ['-F', `${name}=${value}`]);
  const { stdout } = await promisify(execFile)('curl', [
    '-s',
    '-F',
    `train_file=@${file}`,
    ...form,
    `${url}/train`,
  ]);
  return JSON.parse(stdout);
}

describe.skipIf(mlflow === null)('the built service, beside the original and a real MLflow', () => {
  const temp = mkdtempSync(join(tmpdir(), 'trainpost-service-'));
  const uri = mlflow?.mlflow3 ?? '';
  let service: Program;
  let original: Program;

  beforeAll(async () => {
    writeFileSync(join(temp, 'left_Mon-Nov-23-01:49:33-2026_4194305-0123456789ab.csv'), 'a,b\n');
    writeFileSync(join(temp, 'not-ours.csv'), 'a,b\n');
    // The upload of another service that runs. This test's process stands for that service.
    writeFileSync(join(temp, OTHERS), 'a,b\n');
    const start = (env: Record<string, string>) =>
      startProgram(
        process.execPath,
        () => [join(ROOT, 'dist/server.js')],
        (port) => ({
          PORT: String(port),
          MLFLOW_TRACKING_URI: uri,
          TEMP_DIR: temp,
          GIT_SHA: 'c0ffee',
          ...env,
        }),
      );
    service = await start({});
    const python = await ensureVenv('reference');
    original = await startProgram(
      python,
      (port) => [join(ROOT, 'bench/original/app.py'), String(port)],
      () => ({ MLFLOW_TRACKING_URI: uri, MLFLOW_DISABLE_TELEMETRY: 'true' }),
    );
  });

  afterAll(async () => {
    await Promise.all([service?.stop(), original?.stop()]);
    rmSync(temp, { recursive: true });
  });

  it('removes the uploads that an earlier process left, and nothing else', () => {
    expect(readdirSync(temp).sort()).toEqual([OTHERS, 'not-ours.csv'].sort());
  });

  const numbersOf = ({ accuracy, entropy, precision, recall }: Json) => ({
    accuracy,
    entropy,
    precision,
    recall,
  });

  it("gives the original's four numbers", async () => {
    const forms = [
      ['0.01', '100'],
      ['0.1', '100'],
      ['1', '5'],
      ['1.0', '100'],
      ['10', '100'],
      ['100', '3'],
      ['1000', '1'],
    ] as const;
    const fits = forms.map((form) => form.map(Number));
    const theirs = await runPython('reference', 'original_metrics.py', { csv: DIABETES, fits });
    const ours = [];
    for (const [tol, iterations] of forms)
      ours.push(numbersOf(await curl(service.url, { tol, iterations, exp_name: 'Beside' })));
    expect(ours).toEqual(theirs);
  });

  it('answers as the original does', async () => {
    const fields = { tol: '1.0', iterations: '100', exp_name: 'Beside' };
    const theirs = await curl(original.url, fields);
    expect(numbersOf(await curl(service.url, fields))).toEqual(theirs);
  });

  it('names things in MLflow as the original does', async () => {
    const experiment = await experimentOf(uri, 'Beside');
    const runs = await runsOf(uri, experiment.experiment_id);
    const pattern = /^Train-Run-[A-Z][a-z]{2}-[A-Z][a-z]{2}-[-\d]\d-\d\d:\d\d:\d\d-\d{4}$/;
    expect(runs).toHaveLength(9);
    for (const run of runs) {
      expect(run.info.status).toBe('FINISHED');
      expect(run.info.run_name).toMatch(pattern);
      const keys = (pairs: { key: string }[]) => pairs.map(({ key }) => key);
      expect(keys(run.data.params)).toEqual(expect.arrayContaining(['C', 'max_iter']));
      expect(keys(run.data.metrics)).toEqual(
        expect.arrayContaining(['accuracy', 'precision', 'recall', 'entropy']),
      );
    }
    // Both services log the number as Python prints it.
    const values = runs.map((run) => run.data.params.find((param: Json) => param.key === 'C').value).sort();
    expect(values).toEqual(['0.01', '0.1', '1.0', '1.0', '1.0', '1.0', '10.0', '100.0', '1000.0']);
  });

  it('gives Python a pipeline with the accuracy and the loss of the answer', async () => {
    const answer = await curl(service.url, { tol: '1.0', iterations: '100', exp_name: 'Loaded' });
    const loaded = (await runPython('reference', join(ROOT, 'test/support/python/load_and_score.py'), {
      tracking_uri: uri,
      model_uri: answer.model.uri,
      registered: `models:/${answer.model.name}/${answer.model.version}`,
      csv: DIABETES,
    })) as Json;
    expect(loaded).toMatchObject({
      type: 'sklearn.pipeline.Pipeline',
      warnings: [],
      rows: 768,
      same_labels: true,
      accuracy: answer.metrics.test.accuracy_score,
    });
    expect(loaded.log_loss).toBeCloseTo(answer.metrics.test.log_loss, 12);
    const [run] = await runsOf(uri, answer.run.experiment_id);
    expect(run.data.tags).toContainEqual({ key: 'mlflow.source.git.commit', value: 'c0ffee' });
  });

  it('keeps a UTF-8 file name, and takes three classes with text labels', async () => {
    const file = join(temp, 'Größe.csv');
    const rows = Array.from(
      { length: 90 },
      (_, i) => `${i},${(i * 7) % 13},${['klein', 'mittel', 'groß'][i % 3]}`,
    );
    writeFileSync(file, `a,b,Klasse\n${rows.join('\n')}\n`);
    const answer = await curl(service.url, { exp_name: 'Klassen' }, file);
    expect(answer.model.uri).toMatch(/\/Größe-model$/);
    rmSync(file);
  });

  it('refuses a deleted experiment', async () => {
    const { run } = await curl(service.url, { exp_name: 'Deleted' });
    await fetch(`${uri}/api/2.0/mlflow/experiments/delete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_id: run.experiment_id }),
    });
    const answer = await curl(service.url, { exp_name: 'Deleted' });
    expect(answer).toMatchObject({ status: 422, code: 'experiment_deleted', field: 'exp_name' });
  });

  it('leaves no upload behind, and writes one line of JSON for each request', () => {
    expect(readdirSync(temp).sort()).toEqual([OTHERS, 'not-ours.csv'].sort());
    const lines = service
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    const trained = lines.filter(({ path, status }) => path === '/train' && status === 200);
    expect(trained.length).toBe(11);
    expect(trained[0]).toMatchObject({ rows: 768, run_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it('finishes a run whose client has disconnected before it stops on SIGTERM', async () => {
    const gone = new AbortController();
    const form = new FormData();
    form.set('train_file', new Blob([readFileSync(DIABETES)]), 'diabetes.csv');
    form.set('exp_name', 'Gone');
    const call = fetch(`${service.url}/train`, { method: 'POST', body: form, signal: gone.signal });
    const runs = async () => {
      const experiment = await experimentOf(uri, 'Gone').catch(() => undefined);
      return experiment === undefined ? [] : runsOf(uri, experiment.experiment_id);
    };
    await expect.poll(async () => (await runs()).length, { interval: 2 }).toBe(1);
    gone.abort();
    await call.catch(() => undefined);
    expect(await service.stop()).toBe(0);
    expect((await runs()).map(({ info }: Json) => info.status)).toEqual(['FINISHED']);
  });
});

describe('the built service without an MLflow that answers', () => {
  it('starts nevertheless, and accepts trainings that are delivered later', async () => {
    const temp = mkdtempSync(join(tmpdir(), 'trainpost-service-'));
    const service = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({
        PORT: String(port),
        MLFLOW_TRACKING_URI: 'http://127.0.0.1:9',
        TEMP_DIR: temp,
        MLFLOW_WAIT_MS: '200',
      }),
    );
    try {
      expect(await curl(service.url, {})).toMatchObject({
        accuracy: 0.79,
        run: { id: null },
        tracking: { state: 'pending' },
      });
      await expect
        .poll(() => service.output())
        .toContain('MLflow takes no runs yet: MLflow cannot be reached');
    } finally {
      expect(await service.stop()).toBe(0);
      rmSync(temp, { recursive: true });
    }
  });

  it('ends with one line for each mistake in the environment', async () => {
    const env = { ...process.env, PORT: 'x', MLFLOW_TRACKING_URI: 'databricks' };
    const child = execFile(process.execPath, [join(ROOT, 'dist/server.js')], { env });
    let output = '';
    child.stderr?.on('data', (chunk) => (output += chunk));
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(/^PORT="x" must be/),
      expect.stringMatching(/^MLFLOW_TRACKING_URI="databricks" must be/),
    ]);
  });

  it('ends with one line if TEMP_DIR cannot be written to', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'trainpost-service-')), 'file');
    writeFileSync(file, '');
    const env = { ...process.env, PORT: '0', MLFLOW_TRACKING_URI: 'http://127.0.0.1:9', TEMP_DIR: file };
    const child = execFile(process.execPath, [join(ROOT, 'dist/server.js')], { env });
    let output = '';
    child.stderr?.on('data', (chunk) => (output += chunk));
    expect((await once(child, 'exit'))[0]).toBe(1);
    expect(output).toMatch(/^TEMP_DIR=".*" cannot be written to \(EEXIST\): name another folder\n$/);
  });
});
