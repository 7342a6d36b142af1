import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TrainingPipeline } from '../../src/ml/trainingPipeline.ts';
import { cutParams, pipelineParams } from '../../src/tracking/params.ts';
import type { TrackedRun } from '../../src/values/run.ts';
import {
  byKey,
  experimentOf,
  type Json,
  loggedModelsOf,
  mlflowGet,
  mlflowPost,
  modelVersionsOf,
  runsOf,
} from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { runPython } from '../support/python.ts';
import { scoringServer } from '../support/scoringServer.ts';
import { PATIENCE_MS } from '../support/service.ts';
import { SpooledLog } from '../support/spooledLog.ts';
import { COLUMN_CASES, frameOf } from '../tracking/modelFiles/columnCases.ts';
import { SAMPLE_COLUMNS, SAMPLE_LABELS, SAMPLE_ROWS, samplePipeline, sampleRun } from '../tracking/sample.ts';

const ENV = { USER: 'ada', GIT_SHA: 'f00dfeed' };
const FILES = [
  'MLmodel',
  'conda.yaml',
  'input_example.json',
  'model.json',
  'model.onnx',
  'model.pkl',
  'python_env.yaml',
  'requirements.txt',
  'serving_input_example.json',
];
const mlflow = await mlflowServers();

/** A run with names that no other run has. */
function uniqueRun(overrides: Partial<TrackedRun> = {}): TrackedRun {
  const experimentName = `Größe ${randomUUID()}`;
  return sampleRun({ experimentName, registeredModelName: `${experimentName}_(a) 01.49.33`, ...overrides });
}

describe.skipIf(mlflow === null).each([
  { major: 3, url: mlflow?.mlflow3 ?? '', venv: 'reference' },
  { major: 2, url: mlflow?.mlflow2 ?? '', venv: 'mlflow2' },
] as const)('MLflow $major', ({ major, url, venv }) => {
  const newLog = () => SpooledLog.open({ trackingUri: url, timeoutMs: PATIENCE_MS, env: ENV });
  let log: SpooledLog;
  beforeAll(async () => {
    log = await newLog();
  });
  afterAll(() => log[Symbol.asyncDispose]());

  test('is ready', async () => {
    await expect.poll(() => log.server.ready('Default')).toEqual({ ready: true });
  });

  test('a training is one whole run with every value unchanged', async () => {
    const run = uniqueRun({ alias: 'champion' });
    const logged = await log.logModel(samplePipeline({ C: 0.1 }), run);

    const { info, data, inputs, outputs } = (await mlflowGet(url, `mlflow/runs/get?run_id=${logged.runId}`))
      .run;
    expect(info).toMatchObject({
      experiment_id: (await experimentOf(url, run.experimentName)).experiment_id,
      run_name: run.runName,
      user_id: 'ada',
      status: 'FINISHED',
      start_time: run.startTimeMs,
      lifecycle_stage: 'active',
    });
    expect(logged.experimentId).toBe(info.experiment_id);
    expect(info.end_time).toBeGreaterThan(run.startTimeMs);

    const params = {
      C: '0.1',
      max_iter: '100',
      steps: "[('scaler', MinMaxScaler()), ('model', LogisticRegression(C=0.1))]",
      scaler: 'MinMaxScaler()',
      model: 'LogisticRegression(C=0.1)',
      memory: 'None',
      transform_input: 'None',
      verbose: 'False',
      scaler__copy: 'True',
      model__dual: 'False',
      model__fit_intercept: 'True',
      model__intercept_scaling: '1',
      model__l1_ratio: '0.0',
      model__n_jobs: 'None',
      model__penalty: 'deprecated',
      model__random_state: 'None',
      model__verbose: '0',
      model__warm_start: 'False',
      scaler__clip: 'False',
      scaler__feature_range: '(0, 1)',
      model__C: '0.1',
      model__class_weight: 'None',
      model__max_iter: '100',
      model__solver: 'lbfgs',
      model__tol: '0.0001',
      ...run.extraParams,
    };
    expect(byKey(data.params)).toEqual(params);
    const metrics = {
      ...run.rounded,
      ...Object.fromEntries(Object.entries(run.training).map(([name, value]) => [`training_${name}`, value])),
      ...Object.fromEntries(Object.entries(run.test).map(([name, value]) => [`test_${name}`, value])),
    };
    expect(byKey(data.metrics)).toEqual(metrics);
    const tags = byKey(data.tags);
    expect(tags).toMatchObject({
      'mlflow.user': 'ada',
      'mlflow.source.name': 'trainpost',
      'mlflow.source.type': 'LOCAL',
      'mlflow.source.git.commit': 'f00dfeed',
      'mlflow.runName': run.runName,
      'trainpost.request_id': expect.stringMatching(/^[\da-f-]{36}$/),
      ...run.tags,
    });

    // MLflow gives the data sets in no certain order.
    const contexts = inputs.dataset_inputs.map(({ dataset, tags: inputTags }: Json) => [
      byKey(inputTags)['mlflow.data.context'],
      dataset.digest,
      JSON.parse(dataset.profile).num_rows,
    ]);
    expect(contexts.sort()).toEqual(
      run.parts.map(({ context, digest, rows }) => [context, digest, rows]).sort(),
    );
    for (const { dataset } of inputs.dataset_inputs) {
      expect(dataset).toMatchObject({ name: run.fileName, source_type: 'local' });
      expect(JSON.parse(dataset.schema).mlflow_colspec).toHaveLength(9);
      expect(JSON.parse(dataset.profile)).toMatchObject({ target: 'Outcome', file: { num_rows: 768 } });
    }

    if (major === 3) {
      const [model, ...others] = await loggedModelsOf(url, info.experiment_id);
      expect(others).toEqual([]);
      expect(model.info).toMatchObject({
        name: 'diabetes-model',
        source_run_id: logged.runId,
        status: 'LOGGED_MODEL_READY',
      });
      expect(byKey(model.data.params)).toEqual(params);
      expect(byKey(model.data.metrics)).toEqual(metrics);
      // A model's metric names the part of the file that it was computed from.
      for (const metric of model.data.metrics) {
        const context = metric.key.startsWith('training_') ? 'train' : 'test';
        const { digest } = run.parts.find((part) => part.context === context)!;
        expect(metric).toMatchObject({ dataset_name: run.fileName, dataset_digest: digest });
      }
      expect(outputs.model_outputs).toEqual([{ model_id: model.info.model_id, step: 0 }]);
    } else {
      const [history, ...others] = JSON.parse(String(tags['mlflow.log-model.history']));
      expect(others).toEqual([]);
      expect(history).toMatchObject({ artifact_path: 'diabetes-model', run_id: logged.runId });
    }
  });

  test('the model has its files, its version in the registry and its alias', async () => {
    const run = uniqueRun({ alias: 'champion' });
    const logged = await log.logModel(samplePipeline(), run);
    const [version, ...others] = await modelVersionsOf(url, run.registeredModelName);
    expect(others).toEqual([]);
    expect(version).toMatchObject({ version: logged.modelVersion, run_id: logged.runId, status: 'READY' });
    const name = encodeURIComponent(run.registeredModelName);
    const registered = (await mlflowGet(url, `mlflow/registered-models/get?name=${name}`)).registered_model;
    expect(registered.aliases).toEqual([{ alias: 'champion', version: '1' }]);

    const folder =
      major === 3
        ? (await loggedModelsOf(url, logged.experimentId))[0].info.artifact_uri
        : `${(await runsOf(url, logged.experimentId))[0].info.artifact_uri}/diabetes-model`;
    const path = folder.replace('mlflow-artifacts:/', '');
    const listed = (await mlflowGet(url, `mlflow-artifacts/artifacts?path=${path}`)).files;
    expect(listed.map((file: { path: string }) => file.path.split('/').at(-1)).sort()).toEqual(FILES);
    for (const file of listed) expect(file.file_size).toBeGreaterThan(0);
  });

  test('a registered model that exists gets one more version, and the alias moves', async () => {
    const run = uniqueRun({ alias: 'champion' });
    await log.logModel(samplePipeline(), run);
    const second = await log.logModel(samplePipeline(), run);
    expect(second.modelVersion).toBe('2');
    expect(second.modelUrl).toBe(
      `${url}/#/models/${encodeURIComponent(run.registeredModelName)}/versions/2?workflowType=machine_learning`,
    );
    const path = `mlflow/registered-models/alias?alias=champion&name=${encodeURIComponent(run.registeredModelName)}`;
    expect((await mlflowGet(url, path)).model_version.version).toBe('2');
  });

  test('eight first runs at once share one new experiment and data set, also from two processes', async () => {
    const run = uniqueRun();
    await using other = await newLog();
    const eight = [log, log, log, log, other, other, other, other];
    const logged = await Promise.all(eight.map((each) => each.logModel(samplePipeline(), run)));
    expect(new Set(logged.map(({ experimentId }) => experimentId)).size).toBe(1);
    expect(new Set(logged.map(({ modelVersion }) => modelVersion)).size).toBe(8);
    const runs = await runsOf(url, logged[0]!.experimentId);
    expect(runs.map(({ info }) => info.status)).toEqual(Array(8).fill('FINISHED'));
  });

  test('a deleted experiment is an error that says what to do, also when its id is remembered', async () => {
    const run = uniqueRun();
    const { experimentId } = await log.logModel(samplePipeline(), run);
    await mlflowPost(url, 'mlflow/experiments/delete', { experiment_id: experimentId });
    const refusal = { code: 'experiment_deleted', details: { field: 'exp_name' } };
    await expect(log.logModel(samplePipeline(), run)).rejects.toMatchObject(refusal);
    await using other = await newLog();
    await expect(other.logModel(samplePipeline(), run)).rejects.toMatchObject(refusal);
    await mlflowPost(url, 'mlflow/experiments/restore', { experiment_id: experimentId });
    expect((await log.logModel(samplePipeline(), run)).experimentId).toBe(experimentId);
    expect(await runsOf(url, experimentId)).toHaveLength(2);
  });

  test('a training whose experiment keeps its files elsewhere waits, and has no run', async () => {
    const run = uniqueRun();
    const made = { name: run.experimentName, artifact_location: 's3://bucket/models' };
    const { experiment_id: experimentId } = await mlflowPost(url, 'mlflow/experiments/create', made);
    await using other = await newLog();
    const elsewhere = { code: 'artifacts_not_proxied', details: { field: 'exp_name' } };
    await expect(other.server.checkExperiment(run.experimentName, PATIENCE_MS)).rejects.toMatchObject(
      elsewhere,
    );
    const { id } = await other.accept(samplePipeline(), run);
    const found = () => other.deliveries.find(id);
    await expect.poll(async () => (await found())?.lastError).toMatchObject(elsewhere);
    expect(await found()).toMatchObject({ state: 'pending' });
    expect(await runsOf(url, experimentId)).toEqual([]);
    if (major === 3) expect(await loggedModelsOf(url, experimentId)).toEqual([]);
  });

  test('Python loads the model by its run, its version and its alias, without a warning', async () => {
    const run = uniqueRun({ alias: 'champion', modelName: 'größtes model (1)' });
    const logged = await log.logModel(samplePipeline(), run);
    const registered = `models:/${run.registeredModelName}`;
    const uris = [logged.modelUri, `${registered}/${logged.modelVersion}`, `${registered}@champion`];
    const input = { trackingUri: url, runId: logged.runId, uris, columns: SAMPLE_COLUMNS, rows: SAMPLE_ROWS };
    const loaded = await runPython(venv, 'load_logged.py', input);
    expect(loaded).toMatchObject({
      labels: Object.fromEntries(uris.map((uri) => [uri, SAMPLE_LABELS])),
      pipeline: 'sklearn.pipeline.Pipeline',
      warnings: [],
      datasetSource: 'LocalArtifactDatasetSource',
    });
    const { probabilities } = loaded as { probabilities: number[] };
    // The probability that scikit-learn's own fitted pipeline gives.
    expect(probabilities[0]).toBeCloseTo(0.5957664560255561, 12);
  });

  test('a pipeline of numbers and text is logged with all its params, and predicts in Python', async () => {
    const { pipeline, features, inputExample, rows } = COLUMN_CASES.find(
      ({ name }) => name === 'numbers and text, imputed by mean',
    )!;
    const run = uniqueRun({ dataset: { ...sampleRun().dataset, columns: features, features }, inputExample });
    const logged = await log.logModel(pipeline, run);
    const { data } = (await mlflowGet(url, `mlflow/runs/get?run_id=${logged.runId}`)).run;
    expect(byKey(data.params)).toEqual({ ...cutParams(pipelineParams(pipeline)), ...run.extraParams });

    const columns = pipeline.featureNamesIn;
    const input = { trackingUri: url, runId: logged.runId, uris: [logged.modelUri!], columns, rows };
    const loaded = await runPython(venv, 'load_logged.py', input);
    const predicted = TrainingPipeline.fromState(pipeline).predict(frameOf(features, rows));
    expect(loaded).toMatchObject({
      labels: { [logged.modelUri!]: predicted },
      pipeline: 'sklearn.pipeline.Pipeline',
      warnings: [],
    });
  });

  test('mlflow models serve answers /invocations', async () => {
    const logged = await log.logModel(samplePipeline(), uniqueRun());
    await using server = await scoringServer(venv, url, logged.modelUri!);
    const response = await fetch(`${server.url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dataframe_split: { columns: SAMPLE_COLUMNS, data: SAMPLE_ROWS } }),
    });
    expect(await response.json()).toEqual({ predictions: SAMPLE_LABELS });
  });
});
