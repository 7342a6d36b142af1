import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Json } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { StandInMlflow } from '../support/standInMlflow.ts';

interface Seen {
  readonly status: number;
  readonly error_code?: string;
  /** The values that trainpost reads from the answer, without ids. */
  readonly read?: unknown;
}

const NO_RUN = '0'.repeat(32);

/**
 * Makes the calls that trainpost makes to an MLflow, and calls that MLflow refuses. Returns the values that trainpost reads
 * from the answers.
 */
async function story(url: string, major: number, unique: string): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  async function ask(
    what: string,
    method: string,
    path: string,
    body?: object | Buffer,
    read: (answer: Json) => unknown = () => undefined,
  ): Promise<Json> {
    const api = Buffer.isBuffer(body) ? '/api/2.0/mlflow-artifacts/artifacts' : '/api/2.0/mlflow';
    const response = await fetch(`${url}${api}/${path}`, {
      method,
      ...(body !== undefined && {
        body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
      }),
      headers: { 'content-type': 'application/json' },
    });
    const text = await response.text();
    const answer: Json = text.startsWith('{') ? JSON.parse(text) : {};
    const error = answer.error_code === undefined ? {} : { error_code: answer.error_code };
    const values = response.ok ? read(answer) : undefined;
    expect(Object.keys(seen)).not.toContain(what);
    seen[what] = { status: response.status, ...error, ...(values !== undefined && { read: values }) };
    return answer;
  }

  const name = `stand-in ${unique}`;
  const byName = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  const experiment = ({ experiment: one }: Json) => [one.name, one.lifecycle_stage];
  await ask('no experiment', 'GET', byName);
  const { experiment_id } = await ask('new experiment', 'POST', 'experiments/create', { name });
  await ask('new experiment again', 'POST', 'experiments/create', { name });
  await ask('experiment', 'GET', byName, undefined, experiment);

  const info = ({ run }: Json) => {
    const { run_name, user_id, status, start_time, lifecycle_stage, artifact_uri } = run.info;
    const path = artifact_uri
      .replace(run.info.run_id, '<run>')
      .replace(`/${experiment_id}/`, '/<experiment>/');
    return { run_name, user_id, status, start_time, lifecycle_stage, path };
  };
  const tags = [{ key: 'trainpost.request_id', value: unique }];
  const newRun = { experiment_id, user_id: 'ada', run_name: 'r', start_time: 5, tags };
  const { run } = await ask('new run', 'POST', 'runs/create', newRun, info);
  const run_id: string = run.info.run_id;
  await ask('run in no experiment', 'POST', 'runs/create', { ...newRun, experiment_id: '424242' });
  await ask('run', 'GET', `runs/get?run_id=${run_id}`, undefined, ({ run: one }) =>
    one.data.tags.filter(({ key }: Json) => key === 'trainpost.request_id'),
  );
  await ask('no run', 'GET', `runs/get?run_id=${NO_RUN}`);
  const search = (value: string, run_view_type = 'ALL', id = experiment_id) => ({
    experiment_ids: [id],
    filter: `tags.\`trainpost.request_id\` = '${value}'`,
    run_view_type,
    max_results: 100,
  });
  const stages = ({ runs = [] }: Json) => runs.map((one: Json) => one.info.lifecycle_stage);
  await ask('search', 'POST', 'runs/search', search(unique), stages);
  await ask('search for nothing', 'POST', 'runs/search', search('x'), stages);
  const ofTree = { ...search(unique), filter: `tags.\`trainpost.request_id\` LIKE '${unique}%'` };
  const child = { ...newRun, tags: [{ key: 'trainpost.request_id', value: `${unique}.c0` }] };
  const requests = ({ runs = [] }: Json) =>
    runs
      .flatMap((one: Json) => one.data.tags.filter(({ key }: Json) => key === 'trainpost.request_id'))
      .map(({ value }: Json) => value.replace(unique, '<unique>'))
      .sort();
  const { run: childRun } = await ask('child', 'POST', 'runs/create', child, info);
  await ask('search for a tree', 'POST', 'runs/search', ofTree, requests);
  await ask('search for the root', 'POST', 'runs/search', search(unique), requests);
  const page = { ...ofTree, max_results: 1 };
  const size = ({ runs = [], next_page_token: token }: Json) => [runs.length, token !== undefined];
  const { next_page_token: page_token } = await ask('first page', 'POST', 'runs/search', page, size);
  // MLflow 2 may announce another page after the last page. That page is empty.
  const last = ({ runs = [] }: Json) => runs.length;
  await ask('last page', 'POST', 'runs/search', { ...page, page_token }, last);
  await ask('child deleted', 'POST', 'runs/delete', { run_id: childRun.info.run_id });
  await ask('search for a tree in the bin', 'POST', 'runs/search', ofTree, requests);
  await ask('search with a wrong filter', 'POST', 'runs/search', { ...ofTree, filter: 'foo' });
  await ask('search with a wrong order', 'POST', 'runs/search', { ...ofTree, order_by: ['foo bar'] });
  await ask('search with a wrong page', 'POST', 'runs/search', { ...ofTree, page_token: 'foo' });
  const named = ({ experiments = [] }: Json) => experiments.map((one: Json) => one.name);
  const experiments = { filter: `name = '${name}'`, max_results: 10 };
  await ask('experiments', 'POST', 'experiments/search', experiments, named);
  await ask('experiments with a wrong filter', 'POST', 'experiments/search', {
    ...experiments,
    filter: 'foo',
  });
  await ask('experiments with a wrong page', 'POST', 'experiments/search', {
    max_results: 10,
    page_token: 'foo',
  });
  await ask('search in no experiment', 'POST', 'runs/search', search(unique, 'ALL', '424242'), stages);

  const batch = {
    run_id,
    params: [{ key: 'C', value: '1.0' }],
    metrics: [{ key: 'accuracy', value: 0.5, timestamp: 7, step: 0 }],
  };
  await ask('batch', 'POST', 'runs/log-batch', batch);
  await ask('batch again', 'POST', 'runs/log-batch', batch);
  await ask('param changed', 'POST', 'runs/log-batch', { ...batch, params: [{ key: 'C', value: '2' }] });
  await ask('batch of no run', 'POST', 'runs/log-batch', { ...batch, run_id: NO_RUN });
  const dataset = { name: 'd', digest: 'x', source_type: 'local', source: '{}', schema: '{}', profile: '{}' };
  const inputs = {
    run_id,
    datasets: [{ tags: [{ key: 'mlflow.data.context', value: 'training' }], dataset }],
  };
  await ask('inputs', 'POST', 'runs/log-inputs', inputs);
  await ask('inputs again', 'POST', 'runs/log-inputs', inputs);
  await ask('inputs of no run', 'POST', 'runs/log-inputs', { ...inputs, run_id: NO_RUN });
  await ask(
    'one input',
    'GET',
    `runs/get?run_id=${run_id}`,
    undefined,
    ({ run: one }) => one.inputs.dataset_inputs.length,
  );

  const source = major === 3 ? await askForModel3() : await askForModel2();

  await ask('file', 'PUT', `${experiment_id}/${run_id}/artifacts/x`, Buffer.from('x'));
  const paths = ({ files = [] }: Json) => files.map(({ path }: Json) => path);
  await ask('files', 'GET', `artifacts/list?run_id=${run_id}&path=`, undefined, paths);
  await ask('files of no run', 'GET', `artifacts/list?run_id=${NO_RUN}&path=`);

  await ask('no registered model', 'GET', `registered-models/get?name=${unique}`);
  await ask('version of no registered model', 'POST', 'model-versions/create', {
    name: unique,
    run_id,
    ...source,
  });
  await ask('new registered model', 'POST', 'registered-models/create', { name: unique });
  await ask('new registered model again', 'POST', 'registered-models/create', { name: unique });
  for (const bad of major === 3 ? ['.', '..', 'a/b', 'a:b'] : []) {
    await ask(`registered model ${bad}`, 'POST', 'registered-models/create', { name: bad });
  }
  const version = ({ model_version: one }: Json) => [one.name === unique, one.version, one.run_id === run_id];
  await ask('version', 'POST', 'model-versions/create', { name: unique, run_id, ...source }, version);
  await ask('version again', 'POST', 'model-versions/create', { name: unique, run_id, ...source }, version);
  const filter = (id: string) =>
    `model-versions/search?max_results=100&filter=${encodeURIComponent(`run_id='${id}'`)}`;
  const versions = ({ model_versions = [] }: Json) => model_versions.map((one: Json) => one.version).sort();
  await ask('versions of the run', 'GET', filter(run_id), undefined, versions);
  await ask('versions of no run', 'GET', filter(NO_RUN), undefined, versions);
  const aliases = ({ registered_model: one }: Json) => one.aliases ?? [];
  await ask('no alias', 'GET', `registered-models/get?name=${unique}`, undefined, aliases);
  const alias = { name: unique, alias: 'champion', version: '2' };
  await ask('alias', 'POST', 'registered-models/alias', alias);
  await ask('alias of no version', 'POST', 'registered-models/alias', { ...alias, version: '9' });
  await ask('aliases', 'GET', `registered-models/get?name=${unique}`, undefined, aliases);
  await ask('version 2', 'GET', `model-versions/get?name=${unique}&version=2`, undefined, version);
  await ask('version 9', 'GET', `model-versions/get?name=${unique}&version=9`);
  await ask('version deleted', 'DELETE', 'model-versions/delete', { name: unique, version: '2' });
  await ask('version deleted again', 'DELETE', 'model-versions/delete', { name: unique, version: '2' });
  await ask(
    'alias of the deleted version',
    'GET',
    `registered-models/get?name=${unique}`,
    undefined,
    aliases,
  );
  await ask(
    'number not given again',
    'POST',
    'model-versions/create',
    { name: unique, run_id, ...source },
    version,
  );

  const status = ({ run_info: one }: Json) => [one.status, one.end_time];
  await ask('FAILED', 'POST', 'runs/update', { run_id, status: 'FAILED', end_time: 9 }, status);
  await ask('RUNNING', 'POST', 'runs/update', { run_id, status: 'RUNNING' }, status);
  await ask('FINISHED', 'POST', 'runs/update', { run_id, status: 'FINISHED', end_time: 10 }, status);
  await ask('FINISHED of no run', 'POST', 'runs/update', { run_id: NO_RUN, status: 'FINISHED' });
  await ask('deleted', 'POST', 'runs/delete', { run_id });
  await ask('deleted again', 'POST', 'runs/delete', { run_id });
  await ask('deleted of no run', 'POST', 'runs/delete', { run_id: NO_RUN });
  await ask('FINISHED of a deleted run', 'POST', 'runs/update', { run_id, status: 'FINISHED', end_time: 10 });
  await ask('batch of a deleted run', 'POST', 'runs/log-batch', batch);
  await ask('search in the bin', 'POST', 'runs/search', search(unique), stages);
  await ask('search for active runs', 'POST', 'runs/search', search(unique, 'ACTIVE_ONLY'), stages);
  await ask('restored', 'POST', 'runs/restore', { run_id });
  await ask('search again', 'POST', 'runs/search', search(unique), stages);
  await ask('experiment deleted', 'POST', 'experiments/delete', { experiment_id });
  await ask('deleted experiment', 'GET', byName, undefined, experiment);
  await ask('run in a deleted experiment', 'POST', 'runs/create', newRun);
  await ask('search in a deleted experiment', 'POST', 'runs/search', search(unique), stages);
  return seen;

  async function askForModel3() {
    const newModel = { experiment_id, name: 'm', source_run_id: run_id, params: [], tags: [] };
    const model = ({ model: one }: Json) => {
      const { name: called, status, source_run_id, artifact_uri, model_id } = one.info;
      return [
        called,
        status,
        source_run_id === run_id,
        artifact_uri.endsWith(`/models/${model_id}/artifacts`),
      ];
    };
    const made = await ask('model', 'POST', 'logged-models', newModel, model);
    const { model_id } = made.model.info;
    const again = await ask('model again', 'POST', 'logged-models', newModel, model);
    await ask('model in no experiment', 'POST', 'logged-models', { ...newModel, experiment_id: '424242' });
    const ofRun = {
      experiment_ids: [experiment_id],
      filter: `source_run_id = '${run_id}'`,
      max_results: 100,
    };
    const models = ({ models: found = [] }: Json) => found.map((one: Json) => one.info.status).sort();
    await ask('models', 'POST', 'logged-models/search', ofRun, models);
    await ask('output', 'POST', 'runs/outputs', { run_id, models: [{ model_id, step: 0 }] });
    await ask('output again', 'POST', 'runs/outputs', { run_id, models: [{ model_id, step: 0 }] });
    const metric = { key: 'm2', value: 0.5, timestamp: 7, step: 0 };
    const ofModel = (id: string) => ({ run_id, metrics: [{ ...metric, model_id: id }] });
    await ask('metric of a model', 'POST', 'runs/log-batch', ofModel(model_id));
    await ask('metric of no model', 'POST', 'runs/log-batch', ofModel('m-0'));
    const set = (id: string, state: string) => ({ model_id: id, status: `LOGGED_MODEL_${state}` });
    const path = `logged-models/${model_id}`;
    await ask('upload failed', 'PATCH', path, set(model_id, 'UPLOAD_FAILED'), model);
    await ask('ready', 'PATCH', path, set(model_id, 'READY'), model);
    await ask('no model ready', 'PATCH', 'logged-models/m-0', set('m-0', 'READY'));
    await ask('model deleted', 'DELETE', `logged-models/${again.model.info.model_id}`);
    await ask('model deleted again', 'DELETE', `logged-models/${again.model.info.model_id}`);
    await ask('models left', 'POST', 'logged-models/search', ofRun, models);
    return { source: `models:/${model_id}`, model_id };
  }

  async function askForModel2() {
    const model = {
      artifact_path: 'm',
      run_id,
      model_uuid: 'u',
      utc_time_created: '2026-01-01',
      flavors: {},
    };
    const listing = { run_id, model_json: JSON.stringify(model) };
    const listed = ({ run: one }: Json) =>
      JSON.parse(one.data.tags.find(({ key }: Json) => key === 'mlflow.log-model.history').value).length;
    await ask('listing', 'POST', 'runs/log-model', listing);
    await ask('listed once', 'GET', `runs/get?run_id=${run_id}`, undefined, listed);
    await ask('listing again', 'POST', 'runs/log-model', listing);
    await ask('listed twice', 'GET', `runs/get?run_id=${run_id}`, undefined, listed);
    const tag = { run_id, key: 'mlflow.log-model.history', value: JSON.stringify([model]) };
    await ask('set back', 'POST', 'runs/set-tag', tag);
    await ask('listed once more', 'GET', `runs/get?run_id=${run_id}`, undefined, listed);
    return { source: `${run.info.artifact_uri}/m` };
  }
}

const mlflow = await mlflowServers();

describe.skipIf(mlflow === null).each([
  { major: 3, url: mlflow?.mlflow3 ?? '' },
  { major: 2, url: mlflow?.mlflow2 ?? '' },
])('the stand-in for MLflow $major', ({ major, url }) => {
  test('answers as MLflow does, in everything that trainpost reads', async () => {
    const version = await (await fetch(`${url}/version`)).text();
    await using standIn = await StandInMlflow.start({ version });
    const unique = randomUUID();
    const real = await story(url, major, unique);
    expect(Object.keys(real).length).toBeGreaterThan(55);
    expect(await story(standIn.url, major, unique)).toEqual(real);
  });
});
