import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchOptions } from '../support/chromium.ts';
import { byKey, experimentOf, type Json, mlflowGet, modelVersionsOf, runsOf } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { runPython } from '../support/python.ts';

const ROOT = join(import.meta.dirname, '../..');
const mlflow = await mlflowServers();

const [HEADER = '', ...PATIENTS] = readFileSync(join(ROOT, 'data/diabetes.csv'), 'utf8')
  .trim()
  .split(/\r?\n/);
const TRAIN = `${[HEADER, ...PATIENTS.slice(0, 600)].join('\n')}\n`;
const TEST = `${[HEADER, ...PATIENTS.slice(600)].join('\n')}\n`;
const CS = [0.1, 1, 10];
const K = 3;
/** More parameters than `newton-cholesky` takes, from as few rows as possible. */
const TEXT_COLUMNS = 3;
const CATEGORIES = 220;
const CLASSES = 10;

/** A file whose text columns have a category of their own in each row. */
function manyCategories(): string {
  const names = Array.from({ length: TEXT_COLUMNS }, (_, column) => `t${column}`);
  const rows = Array.from({ length: 2 * CATEGORIES }, (_, row) => {
    const texts = names.map((name) => `${name}-${row % CATEGORIES}`);
    return [row % 17, ...texts, (row * 7) % CLASSES].join(',');
  });
  return `${['a', ...names, 'Outcome'].join(',')}\n${rows.join('\n')}\n`;
}

interface Files {
  readonly train_file: string;
  readonly test_file?: string;
}

async function post(url: string, files: Files, fields: Readonly<Record<string, string>>): Promise<Json> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const [name, text] of Object.entries(files)) form.set(name, new Blob([text]), `${name}.csv`);
  const response = await fetch(`${url}/train`, { method: 'POST', body: form });
  const answer = (await response.json()) as Json;
  expect([response.status, answer.detail]).toEqual([200, undefined]);
  return answer;
}

describe.skipIf(mlflow === null).each([
  { major: 3, url: mlflow?.mlflow3 ?? '', venv: 'reference' },
  { major: 2, url: mlflow?.mlflow2 ?? '', venv: 'mlflow2' },
] as const)('a sweep in MLflow $major', ({ url, venv }) => {
  const temp = mkdtempSync(join(tmpdir(), 'trainpost-sweep-'));
  const name = `sweep ${randomUUID()}`;
  const registered = `${name} model`;
  let service: Program;
  let answer: Json;
  /** The runs of the experiment by their id. */
  let runs: Map<string, Json>;

  beforeAll(async () => {
    service = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({ PORT: String(port), MLFLOW_TRACKING_URI: url, TEMP_DIR: temp }),
    );
    answer = await post(
      service.url,
      { train_file: TRAIN, test_file: TEST },
      {
        tol: CS.join(','),
        cv: String(K),
        metrics: 'cost = 5*fn + fp',
        select: 'min(cost)',
        threshold: 'min(5*fn + fp)',
        log_models: 'all',
        inference: 'true',
        exp_name: name,
        registered_model: registered,
        alias: 'champion',
      },
    );
    const { experiment_id: experimentId } = await experimentOf(url, name);
    runs = new Map((await runsOf(url, experimentId)).map((run) => [run.info.run_id, run]));
  });

  afterAll(async () => {
    await service?.stop();
    rmSync(temp, { recursive: true });
  });

  const root = () => runs.get(answer.run.id);
  const childrenInOrder = () => [...answer.runs].sort((a, b) => a.index - b.index);
  const artifact = async (runId: string, path: string) => {
    const folder = runs.get(runId).info.artifact_uri.replace(/^mlflow-artifacts:\/+/, '');
    const response = await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${folder}/${path}`);
    expect(response.status).toBe(200);
    return response.text();
  };

  it('is one parent with a child for each candidate, all FINISHED', () => {
    expect(runs.size).toBe(1 + CS.length);
    expect(childrenInOrder().map(({ settings }: Json) => settings.C)).toEqual(CS);
    for (const run of runs.values()) expect(run.info).toMatchObject({ status: 'FINISHED' });
    for (const { run, settings } of answer.runs) {
      const { info, data } = runs.get(run.id);
      expect(info.run_name).toBe(`C=${settings.C}`);
      expect(byKey(data.tags)).toMatchObject({ 'mlflow.parentRunId': answer.run.id });
      expect(Number(byKey(data.params)['C'])).toBe(settings.C);
    }
    expect(byKey(root().data.tags)).not.toHaveProperty('mlflow.parentRunId');
  });

  it('has the folds of each child as steps, their mean and their deviation', async () => {
    for (const { run, cv, metrics } of answer.runs) {
      const logged = byKey(runs.get(run.id).data.metrics);
      for (const metric of ['accuracy_score', 'log_loss', 'cost']) {
        expect(logged[`cv_${metric}_mean`]).toBe(cv.mean[metric]);
        expect(logged[`cv_${metric}_std`]).toBe(cv.std[metric]);
        expect(logged[`test_${metric}`]).toBe(metrics.test[metric]);
        expect(logged[`training_${metric}`]).toBe(metrics.train[metric]);
        const path = `mlflow/metrics/get-history?run_id=${run.id}&metric_key=cv_${metric}`;
        const { metrics: history } = await mlflowGet(url, path);
        const steps = history.map(({ step, value }: Json) => [step, value]);
        expect(steps.sort()).toEqual(cv.folds.map((fold: Json, step: number) => [step, fold[metric]]));
      }
    }
  });

  it("has the best child's metrics, the leaderboard, the estimates and a description in the parent", async () => {
    const [best] = answer.runs;
    expect(answer.best).toMatchObject({
      index: best.index,
      select: 'min(cost)',
      value: best.cv.mean.cost,
    });
    const ofParent = byKey(root().data.metrics);
    const ofBest = byKey(runs.get(best.run.id).data.metrics);
    expect(ofParent).toMatchObject(ofBest);

    const { select, rows } = JSON.parse(await artifact(answer.run.id, 'leaderboard.json'));
    expect(select).toBe('min(cost)');
    expect(rows.map(({ candidate }: Json) => candidate)).toEqual(answer.runs.map(({ index }: Json) => index));
    const csv = (await artifact(answer.run.id, 'leaderboard.csv')).trim().split('\n');
    expect(csv[0]).toBe(Object.keys(rows[0]).join(','));
    expect(csv).toHaveLength(1 + CS.length);

    const estimates = (await artifact(answer.run.id, 'inference.csv')).trim().split('\n');
    expect(estimates[0]).toBe('term,estimate,std_error,z,p_value,ci_low,ci_high,odds_ratio');
    const cells = answer.inference.terms.map((term: Json) => Object.values(term).join(','));
    expect(estimates.slice(1)).toEqual(cells);

    const note = String(byKey(root().data.tags)['mlflow.note.content']);
    expect(note).toContain('600 rows to train on, 168 to test on (from `test\\_file.csv`)');
    expect(note).toContain(`The best of ${CS.length} candidates`);
  });

  it('has the test file as the second data set of its runs', () => {
    for (const run of runs.values()) {
      const inputs = run.inputs.dataset_inputs.map(({ dataset, tags }: Json) => [
        byKey(tags)['mlflow.data.context'],
        dataset.name,
        JSON.parse(dataset.profile).num_rows,
      ]);
      expect(inputs.sort()).toEqual([
        ['test', 'test_file.csv', 168],
        ['train', 'train_file.csv', 600],
      ]);
    }
  });

  it('registers the best model alone, and the alias is on that version', async () => {
    const versions = await modelVersionsOf(url, registered);
    expect(versions.map(({ version, run_id, status }) => [version, run_id, status])).toEqual([
      ['1', answer.run.id, 'READY'],
    ]);
    const path = `mlflow/registered-models/get?name=${encodeURIComponent(registered)}`;
    const { registered_model: model } = await mlflowGet(url, path);
    expect(model.aliases).toEqual([{ alias: 'champion', version: '1' }]);
  });

  it('gives Python a genuine Pipeline for each candidate, and for the best with the threshold', async () => {
    const csv = join(temp, 'test.csv');
    writeFileSync(csv, TEST);
    const children = childrenInOrder();
    const uris = [
      `models:/${registered}@champion`,
      answer.model.uri,
      ...children.map(({ model }) => model.uri),
    ];
    const loaded = (await runPython(venv, 'load_sweep.py', { tracking_uri: url, uris, csv })) as Json;
    expect(loaded.warnings).toEqual([]);
    const genuine = { type: 'sklearn.pipeline.Pipeline' };
    const best = { ...genuine, model: 'FixedThresholdClassifier', threshold: answer.threshold.value };
    const { C } = answer.best.settings;
    expect(loaded.models.slice(0, 2)).toMatchObject([
      { ...best, C },
      { ...best, C },
    ]);
    expect(loaded.models.slice(2)).toMatchObject(CS.map((one) => ({ ...genuine, C: one })));
    expect(loaded.models[2 + answer.best.index]).toEqual(loaded.models[0]);
    expect(answer.threshold).toMatchObject({ by: 'min(5*fn + fp)' });
  });

  it('goes on without a candidate that cannot be fitted, whose run is FAILED with the reason', async () => {
    const experiment = `failed ${randomUUID()}`;
    const fields = { solver: 'newton-cholesky,lbfgs', exp_name: experiment, cv: '2' };
    const mixed = await post(service.url, { train_file: manyCategories() }, fields);
    const { experiment_id: experimentId } = await experimentOf(url, experiment);
    const found = await runsOf(url, experimentId);
    const byId = new Map(found.map((run) => [run.info.run_id, run]));
    expect(found).toHaveLength(3);
    const [fitted, failed] = mixed.runs;
    expect(fitted).toMatchObject({ index: 1, settings: { solver: 'lbfgs' } });
    expect(failed).toMatchObject({ index: 0, settings: { solver: 'newton-cholesky' }, model: null });
    expect(failed.problem.detail).toContain('newton-cholesky takes at most 5000 parameters');
    const statusOf = (id: string) => byId.get(id).info.status;
    expect([mixed.run, fitted.run, failed.run].map(({ id }) => statusOf(id))).toEqual([
      'FINISHED',
      'FINISHED',
      'FAILED',
    ]);
    const { data } = byId.get(failed.run.id);
    expect(data.metrics ?? []).toEqual([]);
    expect(byKey(data.tags)).toMatchObject({
      'mlflow.parentRunId': mixed.run.id,
      'trainpost.error': failed.problem.code,
      'trainpost.error_message': failed.problem.detail,
    });
    expect(byKey(data.params)).toMatchObject({ solver: 'newton-cholesky' });
  });

  it.skipIf(chromiumPath === undefined)('shows its pages to a new user', async () => {
    const browser: Browser = await chromium.launch(launchOptions);
    try {
      const [best] = answer.runs;
      const pages: [string, readonly string[]][] = [
        [answer.experiment.url, [name, answer.run.name]],
        [answer.run.url, [answer.run.name, 'test_cost', 'cv_cost_mean', 'The best of 3 candidates']],
        [best.run.url, [best.run.name, 'cv_cost_mean']],
        [answer.model.url, ['Version 1', 'champion']],
      ];
      for (const [link, texts] of pages) {
        expect(link).toContain('?workflowType=machine_learning');
        // A page of its own context has no cookies and no settings.
        const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
        await page.goto(link);
        for (const text of texts) await expect.poll(() => page.locator('body').textContent()).toContain(text);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});
