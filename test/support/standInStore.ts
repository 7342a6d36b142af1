import { randomUUID } from 'node:crypto';
import { absent, exists, invalid, StandInError, wanted } from './standInErrors.ts';
import { inOrder, pageOf, runFilter } from './standInSearch.ts';
import { placeOf, shown, shownModel } from './standInShown.ts';

// biome-ignore lint/suspicious/noExplicitAny: the body of a call is read as MLflow would read it.
type Json = any;

export interface StoredRun {
  readonly info: Json;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: Map<string, Json>;
  /** Each value once, as in MLflow's database. */
  readonly history: Map<string, Json>;
  readonly inputs: Json[];
  readonly outputs: Json[];
}

const REPORT = '/report.json';

const uuid = () => randomUUID().replaceAll('-', '');

/**
 * The part of MLflow's tracking store that trainpost uses, in memory. Each endpoint has one method, which takes the body of
 * a call and returns the body of the response. It rejects the same calls as MLflow 3.17 and 2.22, with the same codes: the
 * integration test `standIn.test.ts` compares them.
 */
export class StandInStore {
  readonly experiments = new Map<string, Json>();
  readonly runs = new Map<string, StoredRun>();
  readonly models = new Map<string, Json>();
  /** Bytes of each artifact, by its path. */
  readonly artifacts = new Map<string, number>();
  /** Texts of the artifacts that trainpost reads, by their paths. */
  readonly reports = new Map<string, string>();

  getExperimentByName({ experiment_name: name }: Json) {
    const experiment = [...this.experiments.values()].find((one) => one.name === name);
    if (experiment === undefined) throw absent(`Experiment ${name}`);
    return { experiment };
  }

  /** Knows filters such as `name = 'x'`. */
  searchExperiments(sent: Json) {
    const { filter = '', view_type: view = 'ACTIVE_ONLY' } = sent;
    const name = wanted(filter, 'name');
    if (filter !== '' && name === undefined) throw invalid(`Invalid clause(s) in filter string: ${filter}`);
    const experiments = [...this.experiments.values()].filter(
      (one) => (view === 'ALL' || one.lifecycle_stage === 'active') && (name ?? one.name) === one.name,
    );
    const { page, next } = pageOf(experiments, sent);
    return { experiments: page, ...next };
  }

  createExperiment({ name, artifact_location: location }: Json) {
    if (name === undefined) throw invalid("Missing value for required parameter 'name'.");
    if ([...this.experiments.values()].some((one) => one.name === name)) throw exists(`Experiment ${name}`);
    const experiment_id = String(this.experiments.size + 1);
    const artifact_location = location ?? `mlflow-artifacts:/${experiment_id}`;
    this.experiments.set(experiment_id, {
      experiment_id,
      name,
      artifact_location,
      lifecycle_stage: 'active',
    });
    return { experiment_id };
  }

  deleteExperiment({ experiment_id: id }: Json) {
    this.#setStage(id, 'deleted');
    return {};
  }

  restoreExperiment({ experiment_id: id }: Json) {
    this.#setStage(id, 'active');
    return {};
  }

  createRun({ experiment_id: experimentId, user_id, run_name, start_time, tags = [] }: Json) {
    if (typeof start_time !== 'number')
      throw invalid(`Invalid value "${start_time}" for parameter 'start_time'`);
    const experiment = this.#experiment(experimentId);
    if (experiment.lifecycle_stage !== 'active') {
      throw invalid(
        `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
      );
    }
    const run_id = uuid();
    const artifact_uri = `${experiment.artifact_location}/${run_id}/artifacts`;
    const status = 'RUNNING';
    const named = { run_id, run_uuid: run_id, experiment_id: experimentId, run_name, user_id };
    const info = { ...named, status, start_time, artifact_uri, lifecycle_stage: 'active' };
    const run: StoredRun = {
      info,
      tags: new Map(tags.map((tag: Json) => [tag.key, tag.value])),
      params: new Map(),
      metrics: new Map(),
      history: new Map(),
      inputs: [],
      outputs: [],
    };
    this.runs.set(run_id, run);
    return { run: shown(run) };
  }

  getRun({ run_id: runId }: Json) {
    return { run: shown(this.#run(runId)) };
  }

  searchRuns(sent: Json) {
    const { experiment_ids: ids, filter, run_view_type: view = 'ACTIVE_ONLY', order_by: order } = sent;
    const isWanted = runFilter(filter);
    const runs = [...this.runs.values()].filter(
      (run) =>
        ids.includes(run.info.experiment_id) &&
        (view === 'ALL' || run.info.lifecycle_stage === 'active') &&
        isWanted(run),
    );
    const { page, next } = pageOf(inOrder(runs, order), sent);
    return { runs: page?.map(shown), ...next };
  }

  updateRun({ run_id: runId, status, end_time }: Json) {
    const { info } = this.#activeRun(runId);
    Object.assign(info, { status, ...(end_time !== undefined && { end_time }) });
    return { run_info: info };
  }

  deleteRun({ run_id: runId }: Json) {
    this.#run(runId).info.lifecycle_stage = 'deleted';
    return {};
  }

  restoreRun({ run_id: runId }: Json) {
    this.#run(runId).info.lifecycle_stage = 'active';
    return {};
  }

  setTag({ run_id: runId, key, value }: Json) {
    this.#activeRun(runId).tags.set(key, value);
    return {};
  }

  logBatch({ run_id: runId, params = [], metrics = [] }: Json) {
    const run = this.#activeRun(runId);
    const changed = params.find(({ key, value }: Json) => (run.params.get(key) ?? value) !== value);
    if (changed !== undefined) throw invalid(`Changing param values is not allowed: ${changed.key}`);
    if (metrics.some(({ model_id }: Json) => model_id !== undefined && !this.models.has(model_id))) {
      throw new StandInError(400, 'BAD_REQUEST', 'FOREIGN KEY constraint failed');
    }
    for (const { key, value } of params) run.params.set(key, value);
    for (const metric of metrics) {
      run.metrics.set(metric.key, metric);
      const { key, value, timestamp, step } = metric;
      run.history.set(JSON.stringify([key, value, timestamp, step]), metric);
      this.models.get(metric.model_id)?.metrics.set(metric.key, metric);
    }
    return {};
  }

  /** The same data set twice is one input. */
  logInputs({ run_id: runId, datasets }: Json) {
    const { inputs } = this.#activeRun(runId);
    for (const input of datasets) {
      const { name, digest } = input.dataset;
      const isThere = inputs.some(({ dataset }) => dataset.name === name && dataset.digest === digest);
      if (!isThere) inputs.push(input);
    }
    return {};
  }

  /** The same model twice is an error of the database. */
  logOutputs({ run_id: runId, models }: Json) {
    const { outputs } = this.#activeRun(runId);
    for (const model of models) {
      if (outputs.some(({ model_id }) => model_id === model.model_id)) {
        throw new StandInError(
          400,
          'BAD_REQUEST',
          'UNIQUE constraint failed: inputs.source_type, inputs.source_id',
        );
      }
      outputs.push(model);
    }
    return {};
  }

  /** In MLflow 2, a model that is logged twice is listed twice. */
  logModel({ run_id: runId, model_json: json }: Json) {
    const { tags } = this.#activeRun(runId);
    const listed = JSON.parse(tags.get('mlflow.log-model.history') ?? '[]');
    tags.set('mlflow.log-model.history', JSON.stringify([...listed, JSON.parse(json)]));
    return {};
  }

  createLoggedModel({ experiment_id: experimentId, name, source_run_id, params = [], tags = [] }: Json) {
    this.#experiment(experimentId);
    const model_id = `m-${uuid()}`;
    const artifact_uri = `mlflow-artifacts:/${experimentId}/models/${model_id}/artifacts`;
    const info = {
      model_id,
      experiment_id: experimentId,
      name,
      source_run_id,
      artifact_uri,
      creation_timestamp_ms: Date.now(),
      status: 'LOGGED_MODEL_PENDING',
      tags,
    };
    const model = { info, data: { params }, metrics: new Map(), isDeleted: false };
    this.models.set(model_id, model);
    return shownModel(model);
  }

  /** The newest first. */
  searchLoggedModels({ experiment_ids: ids, filter, max_results: max = 50 }: Json) {
    const runId = wanted(filter, 'source_run_id');
    const models = [...this.models.values()].filter(
      ({ info, isDeleted }) =>
        !isDeleted &&
        ids.includes(info.experiment_id) &&
        (runId === undefined || info.source_run_id === runId),
    );
    return {
      models: models
        .reverse()
        .slice(0, max)
        .map((model) => shownModel(model).model),
    };
  }

  finalizeLoggedModel({ model_id: modelId, status }: Json) {
    const model = this.#model(modelId);
    model.info.status = status;
    return shownModel(model);
  }

  deleteLoggedModel({ model_id: modelId }: Json) {
    const model = this.models.get(modelId);
    if (model === undefined) throw absent(`Logged model with ID '${modelId}'`);
    model.isDeleted = true;
    return {};
  }

  putArtifact(path: string, body: Buffer) {
    if (path.split('/').includes('..')) throw invalid('Invalid path');
    this.artifacts.set(path, body.length);
    if (path.endsWith(REPORT)) this.reports.set(path, body.toString());
    return {};
  }

  /** Files of the run's own folder. */
  listArtifacts({ run_id: runId }: Json) {
    const folder = `${placeOf(this.#run(runId))}/`;
    const names = [...this.artifacts.keys()].filter((path) => path.startsWith(folder));
    const files = names.map((path) => ({ path: path.slice(folder.length) }));
    return { files: files.filter(({ path }) => !path.includes('/')) };
  }

  /** The text of a report. */
  readReport({ run_id: runId, path }: Json): string {
    const text = this.reports.get(`${placeOf(this.#run(runId))}/${path}`);
    if (text === undefined) throw absent(path);
    return text;
  }

  #experiment(id: string): Json {
    const experiment = this.experiments.get(id);
    if (experiment === undefined) throw absent(`No Experiment with id=${id} exists`);
    return experiment;
  }

  /** Deletes or restores an experiment together with its runs. */
  #setStage(experimentId: string, stage: string): void {
    this.#experiment(experimentId).lifecycle_stage = stage;
    for (const { info } of this.runs.values()) {
      if (info.experiment_id === experimentId) info.lifecycle_stage = stage;
    }
  }

  #run(runId: string): StoredRun {
    const run = this.runs.get(runId);
    if (run === undefined) throw absent(`Run with id=${runId}`);
    return run;
  }

  #activeRun(runId: string): StoredRun {
    const run = this.#run(runId);
    if (run.info.lifecycle_stage === 'active') return run;
    throw invalid(`The run ${runId} must be in the 'active' state. Current state is deleted.`);
  }

  #model(modelId: string): Json {
    const model = this.models.get(modelId);
    if (model === undefined || model.isDeleted) throw absent(`Logged model with ID '${modelId}'`);
    return model;
  }
}
