import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRowsOf } from '../../src/data/split.ts';
import { byKey, experimentOf, type Json, mlflowGet, runsOf } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Program, startProgram } from '../support/programs.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIABETES = readFileSync(join(ROOT, 'data/diabetes.csv'), 'utf8');
const mlflow = await mlflowServers();

describe.skipIf(mlflow === null).each([
  { major: 3, uri: mlflow?.mlflow3 ?? '' },
  { major: 2, uri: mlflow?.mlflow2 ?? '' },
])('POST /evaluate with MLflow $major', ({ major, uri }) => {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-evaluate-'));
  const experiment = `evaluate ${randomUUID()}`;
  let service: Program;
  let trained: Json;

  beforeAll(async () => {
    service = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({ PORT: String(port), MLFLOW_TRACKING_URI: uri, SPOOL_DIR: join(dir, 'spool') }),
    );
    trained = await post('train', 'train_file', DIABETES, {
      exp_name: experiment,
      registered_model: experiment,
      alias: 'champion',
    });
  });

  afterAll(async () => {
    await service?.stop();
    rmSync(dir, { recursive: true });
  });

  async function post(
    path: string,
    field: string,
    csv: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<Json> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set(field, new File([csv], 'rows.csv'));
    const response = await fetch(`${service.url}/${path}`, { method: 'POST', body: form });
    const body: Json = await response.json();
    expect(body, JSON.stringify(body)).toHaveProperty('accuracy');
    return body;
  }

  /** The rows of the file that the default split holds out. */
  const heldOut = () => {
    const [header, ...lines] = DIABETES.trim().split(/\r?\n/);
    const { test } = testRowsOf(lines.length, { testSize: 0.3, randomState: 123 });
    return [header, ...[...test].sort((a, b) => a - b).map((row) => lines[row])].join('\n');
  };

  it.each([
    ['an alias', () => `models:/${experiment}@champion`],
    ['a version', () => `models:/${experiment}/1`],
    ['its run', () => trained.model.uri],
  ])('gives the test metrics of the training for the same rows, by %s', async (_name, modelUri) => {
    const body = await post('evaluate', 'test_file', heldOut(), { model: modelUri(), exp_name: experiment });
    expect(body.metrics.test).toEqual(trained.metrics.test);
    expect(body.drift.every(({ psi }: Json) => psi >= 0)).toBe(true);
    expect(body.tracking.state).toBe('finished');
    const { run } = await mlflowGet(uri, `mlflow/runs/get?run_id=${body.run.id}`);
    expect(run.info.status).toBe('FINISHED');
    const metrics = byKey(run.data.metrics);
    const { run: training } = await mlflowGet(uri, `mlflow/runs/get?run_id=${trained.run.id}`);
    const ofTest = training.data.metrics.filter(({ key }: Json) => key.startsWith('test_'));
    expect(metrics).toEqual(byKey(ofTest));
    expect(body.intervals).toEqual(trained.intervals);
    expect(byKey(run.data.params)).toMatchObject({ model_uri: modelUri(), target: 'Outcome' });
    expect(run.inputs.dataset_inputs).toHaveLength(1);
    if (major === 2) return;
    expect(run.inputs.model_inputs).toEqual([{ model_id: body.model.id }]);
    const { model } = await mlflowGet(uri, `mlflow/logged-models/${body.model.id}`);
    const own = model.data.metrics.filter(({ run_id }: Json) => run_id === body.run.id);
    expect(own.length).toBe(Object.keys(metrics).length);
    for (const metric of own) expect(metric).toMatchObject({ dataset_name: 'rows.csv' });
  });

  it('promotes a model that has no version, and one that has one', async () => {
    const name = `promoted ${randomUUID()}`;
    const holder = async () => {
      const query = new URLSearchParams({ name, alias: 'champion' });
      return (await mlflowGet(uri, `mlflow/registered-models/alias?${query}`)).model_version;
    };
    const unregistered = await post('train', 'train_file', DIABETES, {
      exp_name: experiment,
      gate: 'recall > 0.99',
    });
    const promotion = {
      exp_name: experiment,
      registered_model: name,
      alias: 'champion',
      gate: 'recall > 0.3',
    };
    const first = await post('evaluate', 'test_file', heldOut(), {
      ...promotion,
      model: unregistered.model.uri,
    });
    expect(first.promotion).toMatchObject({ name, alias: 'champion', version: '1' });
    expect(await holder()).toMatchObject({ version: '1', run_id: unregistered.run.id });
    const measured = await post('evaluate', 'test_file', heldOut(), {
      model: `models:/${name}@champion`,
      exp_name: experiment,
    });
    expect(measured.metrics.test).toEqual(unregistered.metrics.test);
    const second = { ...promotion, model: `models:/${experiment}/1` };
    await post('evaluate', 'test_file', heldOut(), { ...second, gate: 'recall > 0.99' });
    expect(await holder()).toMatchObject({ version: '1' });
    await post('evaluate', 'test_file', heldOut(), second);
    expect(await holder()).toMatchObject({ version: '2', run_id: trained.run.id });
    await post('evaluate', 'test_file', heldOut(), { ...promotion, model: unregistered.model.uri });
    expect(await holder()).toMatchObject({ version: '1' });
  });

  it('logs nothing with dry_run', async () => {
    const { experiment_id: id } = await experimentOf(uri, experiment);
    const before = await runsOf(uri, id);
    await post('evaluate', 'test_file', heldOut(), {
      model: `models:/${experiment}@champion`,
      exp_name: experiment,
      dry_run: 'true',
    });
    expect(await runsOf(uri, id)).toHaveLength(before.length);
  });
});
