import { Api, type CallBounds, hasErrorCode, keyValues, saysDuplicate } from './api.ts';
import type {
  Experiment,
  LoggedModelInfo,
  Metric,
  ModelVersion,
  NewInput,
  NewLoggedModel,
  NewModelVersion,
  NewRun,
  Run,
  RunInfo,
  RunStatus,
  Texts,
} from './mlflowTypes.ts';

const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';

/** Runs of one node, its models or versions: one, and doubles in the worst case. */
const FOUND_MAX = 100;
/** Metrics and params that MLflow takes in one call of log-batch, both together. */
const BATCH_MAX = 1_000;
/** Runs of a tree: some hundreds, and doubles of some of them. */
const LIKE_RUNS_MAX = 5_000;

/**
 * MLflow's REST API as far as trainpost uses it, with one method for each call. A call is marked as repeatable if MLflow
 * does the same when the call comes twice; a call that makes something new each time is not.
 */
export class MlflowClient extends Api {
  /** A client on the same connection, whose calls end when the bounds say so. */
  bounded(bounds: CallBounds): MlflowClient {
    return new MlflowClient(this.connection, bounds);
  }

  /** Undefined if there is no experiment of that name; a deleted experiment keeps its name. */
  async getExperimentByName(name: string): Promise<Experiment | undefined> {
    const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    return this.ifThere(async () => (await this.call<{ experiment: Experiment }>('GET', path)).experiment);
  }

  /** Id of the new experiment; undefined if the name is taken. */
  async createExperiment(name: string): Promise<string | undefined> {
    try {
      const body = { name };
      const answer = await this.call<{ experiment_id: string }>('POST', 'experiments/create', body, true);
      return answer.experiment_id;
    } catch (error) {
      if (hasErrorCode(error, 'RESOURCE_ALREADY_EXISTS')) return undefined;
      throw error;
    }
  }

  async createRun(run: NewRun): Promise<RunInfo> {
    const body = {
      experiment_id: run.experimentId,
      user_id: run.user,
      run_name: run.runName,
      start_time: run.startTimeMs,
      tags: keyValues(run.tags),
    };
    return (await this.call<{ run: { info: RunInfo } }>('POST', 'runs/create', body)).run.info;
  }

  /** A run, deleted or not; undefined if MLflow does not have it. */
  async getRun(runId: string): Promise<Run | undefined> {
    const path = `runs/get?run_id=${encodeURIComponent(runId)}`;
    return this.ifThere(async () => (await this.call<{ run: Run }>('GET', path)).run);
  }

  /** Runs by one of their tags, deleted runs included. */
  async findRuns(experimentId: string, tag: string, value: string): Promise<RunInfo[]> {
    const body = {
      experiment_ids: [experimentId],
      filter: `tags.\`${tag}\` = '${value}'`,
      run_view_type: 'ALL',
      max_results: FOUND_MAX,
    };
    const found = await this.call<{ runs?: { info: RunInfo }[] }>('POST', 'runs/search', body, true);
    return (found.runs ?? []).map(({ info }) => info);
  }

  /** Finds whole runs by a pattern of one of their tags, deleted runs included. @param pattern with `%` for any text */
  async findRunsLike(experimentId: string, tag: string, pattern: string, pageSize: number): Promise<Run[]> {
    const body = {
      experiment_ids: [experimentId],
      filter: `tags.\`${tag}\` LIKE '${pattern}'`,
      run_view_type: 'ALL',
      max_results: pageSize,
    };
    type Answer = { runs?: Run[]; next_page_token?: string };
    const found: Run[] = [];
    for (let token: string | undefined = ''; token !== undefined && found.length < LIKE_RUNS_MAX; ) {
      const page: object = token === '' ? body : { ...body, page_token: token };
      const { runs = [], next_page_token: next }: Answer = await this.call('POST', 'runs/search', page, true);
      found.push(...runs);
      token = (runs.length > 0 && next) || undefined;
    }
    return found;
  }

  /** @param endTimeMs goes with a status that ends the run */
  async updateRun(runId: string, status: RunStatus, endTimeMs?: number): Promise<void> {
    const end = endTimeMs === undefined ? {} : { end_time: endTimeMs };
    await this.call('POST', 'runs/update', { run_id: runId, status, ...end }, true);
  }

  /** Moves a run to the bin, from which it can be restored. */
  async deleteRun(runId: string): Promise<void> {
    await this.ifThere(() => this.call('POST', 'runs/delete', { run_id: runId }, true));
  }

  async setRunTag(runId: string, key: string, value: string): Promise<void> {
    await this.call('POST', 'runs/set-tag', { run_id: runId, key, value }, true);
  }

  /**
   * Logs what a run used. A context says what the data was for: `training`.
   * @param modelId MLflow 3: a logged model that the run used
   */
  async logInputs(runId: string, inputs: readonly NewInput[], modelId?: string): Promise<void> {
    const datasets = inputs.map(({ dataset, context }) => ({
      tags: keyValues({ 'mlflow.data.context': context }),
      dataset,
    }));
    const models = modelId === undefined ? {} : { models: [{ model_id: modelId }] };
    const body = { run_id: runId, datasets, ...models };
    const send = () => this.call('POST', 'runs/log-inputs', body, true);
    // If two runs bring a new data set at once, MLflow lets one of them fail. The second time, the data set is there.
    await send().catch((error: unknown) => {
      if (!saysDuplicate(error)) throw error;
      return send();
    });
  }

  /** Sends several calls if there is more than MLflow takes in one. Repeatable because the metrics carry their timestamps. */
  async logBatch(runId: string, params: Texts, metrics: readonly Metric[]): Promise<void> {
    const pairs = keyValues(params);
    const rows = metrics.map((metric) => ({ ...metric, value: numberJson(metric.value) }));
    const first = Math.max(0, BATCH_MAX - pairs.length);
    await this.#sendBatch(runId, pairs, rows.slice(0, first));
    for (let from = first; from < rows.length; from += BATCH_MAX) {
      await this.#sendBatch(runId, [], rows.slice(from, from + BATCH_MAX));
    }
  }

  async #sendBatch(runId: string, params: object, metrics: readonly object[]): Promise<void> {
    await this.call('POST', 'runs/log-batch', { run_id: runId, params, metrics }, true);
  }

  /** MLflow 3: states that the run made the model. */
  async logOutput(runId: string, modelId: string): Promise<void> {
    const body = { run_id: runId, models: [{ model_id: modelId, step: 0 }] };
    try {
      await this.call('POST', 'runs/outputs', body, true);
    } catch (error) {
      // The second time, the database itself rejects the output: the first call had arrived.
      if (!saysDuplicate(error)) throw error;
    }
  }

  /** MLflow 3. */
  async createLoggedModel(model: NewLoggedModel): Promise<LoggedModelInfo> {
    const body = {
      experiment_id: model.experimentId,
      name: model.name,
      source_run_id: model.runId,
      params: keyValues(model.params),
      tags: keyValues(model.tags),
    };
    type Answer = { model: { info: LoggedModelInfo } };
    return (await this.call<Answer>('POST', 'logged-models', body)).model.info;
  }

  /** MLflow 3: the logged models of a run, the earliest first. */
  async findLoggedModels(experimentId: string, runId: string): Promise<LoggedModelInfo[]> {
    const filter = `source_run_id = '${runId}'`;
    const body = { experiment_ids: [experimentId], filter, max_results: FOUND_MAX };
    type Answer = { models?: { info: LoggedModelInfo }[] };
    const found = await this.call<Answer>('POST', 'logged-models/search', body, true);
    const models = (found.models ?? []).map(({ info }) => info);
    return models.sort((one, other) => one.creation_timestamp_ms - other.creation_timestamp_ms);
  }

  /** MLflow 3. */
  async deleteLoggedModel(modelId: string): Promise<void> {
    await this.ifThere(() => this.call('DELETE', `logged-models/${encodeURIComponent(modelId)}`));
  }

  /** MLflow 3. */
  async finalizeLoggedModel(modelId: string, status: 'READY' | 'UPLOAD_FAILED'): Promise<void> {
    const body = { model_id: modelId, status: `LOGGED_MODEL_${status}` };
    await this.call('PATCH', `logged-models/${encodeURIComponent(modelId)}`, body, true);
  }

  /** MLflow 2: adds the model, as its `MLmodel` in JSON, to the run's list; a second call would list it twice. */
  async logModel(runId: string, modelJson: string): Promise<void> {
    await this.call('POST', 'runs/log-model', { run_id: runId, model_json: modelJson });
  }

  /** Uploads a file to the server's artifact proxy; the folder is a path below its root. */
  async putArtifact(folder: string, file: string, bytes: Buffer): Promise<void> {
    const path = `${folder}/${file}`.split('/').map(encodeURIComponent).join('/');
    await this.send({ method: 'PUT', path: `${ARTIFACTS}/${path}`, body: bytes });
  }

  /** Lists a folder of the server's artifact proxy. */
  async listArtifacts(folder: string): Promise<void> {
    const path = `${ARTIFACTS}?path=${encodeURIComponent(folder)}`;
    await this.send({ method: 'GET', path });
  }

  /** Makes the registered model unless there is one of that name. */
  async ensureRegisteredModel(name: string): Promise<void> {
    try {
      await this.call('POST', 'registered-models/create', { name }, true);
    } catch (error) {
      if (!hasErrorCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
    }
  }

  /** The new version's number. */
  async createModelVersion({ runId, modelId, ...rest }: NewModelVersion): Promise<string> {
    const body = { ...rest, run_id: runId, ...(modelId !== undefined && { model_id: modelId }) };
    type Answer = { model_version: { version: string } };
    return (await this.call<Answer>('POST', 'model-versions/create', body)).model_version.version;
  }

  /** The versions of a registered model that a run made, the earliest first. */
  async findModelVersions(name: string, runId: string): Promise<ModelVersion[]> {
    // Not by name as well: MLflow's filters know no escapes, and a name may have both kinds of quotes.
    const filter = encodeURIComponent(`run_id='${runId}'`);
    const path = `model-versions/search?max_results=${FOUND_MAX}&filter=${filter}`;
    type Answer = { model_versions?: (ModelVersion & { name: string })[] };
    const found = (await this.call<Answer>('GET', path)).model_versions ?? [];
    const versions = found.filter((one) => one.name === name);
    return versions.sort((one, other) => Number(one.version) - Number(other.version));
  }

  async setVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
    await this.call('POST', 'model-versions/set-tag', { name, version, key, value }, true);
  }

  async deleteModelVersion(name: string, version: string): Promise<void> {
    await this.ifThere(() => this.call('DELETE', 'model-versions/delete', { name, version }));
  }

  /** The version that an alias points at; undefined if it points nowhere. */
  async findAliasVersion(name: string, alias: string): Promise<ModelVersion | undefined> {
    type Answer = { registered_model: { aliases?: { alias: string; version: string }[] } };
    const path = `registered-models/get?name=${encodeURIComponent(name)}`;
    const { aliases = [] } = (await this.call<Answer>('GET', path)).registered_model;
    const version = aliases.find((one) => one.alias === alias)?.version;
    if (version === undefined) return undefined;
    const versionPath = `model-versions/get?name=${encodeURIComponent(name)}&version=${encodeURIComponent(version)}`;
    type VersionAnswer = { model_version: ModelVersion };
    return this.ifThere(async () => (await this.call<VersionAnswer>('GET', versionPath)).model_version);
  }

  /** The number of the version that an alias points at; undefined if there is no such model or alias. */
  async versionOfAlias(name: string, alias: string): Promise<string | undefined> {
    const query = new URLSearchParams({ name, alias });
    type Answer = { model_version: { version: string } };
    try {
      const answer = await this.ifThere(() => this.call<Answer>('GET', `registered-models/alias?${query}`));
      return answer?.model_version.version;
    } catch (error) {
      // MLflow says so of an alias that is not there.
      if (hasErrorCode(error, 'INVALID_PARAMETER_VALUE')) return undefined;
      throw error;
    }
  }

  /** Paths of the files in a folder of a run's artifacts; undefined if MLflow does not have the run. */
  async listRunArtifacts(runId: string, folder: string): Promise<string[] | undefined> {
    const query = new URLSearchParams({ run_id: runId, path: folder });
    type Answer = { files?: { path: string }[] };
    const answer = await this.ifThere(() => this.call<Answer>('GET', `artifacts/list?${query}`));
    return answer && (answer.files ?? []).map(({ path }) => path);
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.call('POST', 'registered-models/alias', { name, alias, version }, true);
  }
}

/** JSON has no NaN. MLflow reads these texts as numbers, and a bare null as 0. */
function numberJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
