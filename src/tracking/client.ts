import type { DatasetInput } from './dataset.ts';
import { type Call, CallRefusedError, Connection, type ConnectionOptions } from './request.ts';

const API = '/api/2.0/mlflow';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';

/** MLflow's way to write a map. */
export type Texts = Readonly<Record<string, string>>;

export interface Experiment {
  readonly experiment_id: string;
  readonly lifecycle_stage: string;
}

export interface RunInfo {
  readonly run_id: string;
  readonly experiment_id: string;
  readonly artifact_uri: string;
}

export interface LoggedModelInfo {
  readonly model_id: string;
  readonly artifact_uri: string;
}

export interface NewRun {
  readonly experimentId: string;
  readonly user: string;
  readonly runName: string;
  readonly startTimeMs: number;
  readonly tags: Texts;
}

export interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  /** The logged model and the data set that it was measured with; MLflow 3 only. */
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

export interface NewLoggedModel {
  readonly experimentId: string;
  readonly runId: string;
  readonly name: string;
  readonly params: Texts;
  readonly tags: Texts;
}

/** What a version of a registered model is made from. */
export interface ModelSource {
  readonly source: string;
  /** MLflow 3 only. */
  readonly modelId?: string;
}

export interface NewModelVersion extends ModelSource {
  /** The registered model's name. */
  readonly name: string;
  readonly runId: string;
}

/**
 * MLflow's REST API as far as we use it, one method a call. Errors are those of `Connection.send`. A call is marked
 * repeatable where MLflow does the same when it comes twice; what makes something new each time is not.
 */
export class MlflowClient {
  readonly #connection: Connection;

  constructor(options: ConnectionOptions) {
    this.#connection = new Connection(options);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Text of `GET /health`: `OK`. */
  health(timeoutMs: number): Promise<string> {
    return this.#connection.send({ method: 'GET', path: '/health', timeoutMs });
  }

  /** Finds out how to use connections best; worth it before many calls. */
  learnKeepAlive(): Promise<void> {
    return this.#connection.learnKeepAlive('/version');
  }

  /** `3.17.2` */
  async version(): Promise<string> {
    return (await this.#connection.send({ method: 'GET', path: '/version' })).trim();
  }

  /** Undefined if there is none of that name; a deleted one still has its name. */
  async getExperimentByName(name: string): Promise<Experiment | undefined> {
    const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    try {
      return (await this.#api<{ experiment: Experiment }>('GET', path)).experiment;
    } catch (error) {
      if (hasErrorCode(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
      throw error;
    }
  }

  /** Id of the new experiment; undefined if there is one of that name. */
  async createExperiment(name: string): Promise<string | undefined> {
    try {
      const body = { name };
      const answer = await this.#api<{ experiment_id: string }>('POST', 'experiments/create', body, true);
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
    return (await this.#api<{ run: { info: RunInfo } }>('POST', 'runs/create', body)).run.info;
  }

  /** A run by one of its tags, whatever became of it. */
  async findRun(experimentId: string, tag: string, value: string): Promise<RunInfo | undefined> {
    const body = {
      experiment_ids: [experimentId],
      filter: `tags.\`${tag}\` = '${value}'`,
      run_view_type: 'ALL',
      max_results: 1,
    };
    const found = await this.#api<{ runs?: { info: RunInfo }[] }>('POST', 'runs/search', body, true);
    return found.runs?.[0]?.info;
  }

  async updateRun(runId: string, status: 'FINISHED' | 'FAILED', endTimeMs: number): Promise<void> {
    await this.#api('POST', 'runs/update', { run_id: runId, status, end_time: endTimeMs }, true);
  }

  /** `context` is what the data was for: `training`. */
  async logInputs(runId: string, dataset: DatasetInput, context: string): Promise<void> {
    const tags = keyValues({ 'mlflow.data.context': context });
    const body = { run_id: runId, datasets: [{ tags, dataset }] };
    const send = () => this.#api('POST', 'runs/log-inputs', body, true);
    // Of two runs that are the first with their data set, MLflow lets one fail; the second time, the data set is there.
    await send().catch((error: unknown) => {
      if (!saysDuplicate(error)) throw error;
      return send();
    });
  }

  /** Repeatable because the metrics carry their timestamps. */
  async logBatch(runId: string, params: Texts, metrics: readonly Metric[]): Promise<void> {
    const body = {
      run_id: runId,
      params: keyValues(params),
      metrics: metrics.map((metric) => ({ ...metric, value: numberJson(metric.value) })),
    };
    await this.#api('POST', 'runs/log-batch', body, true);
  }

  /** MLflow 3: says that the run made the model. */
  async logOutput(runId: string, modelId: string): Promise<void> {
    const body = { run_id: runId, models: [{ model_id: modelId, step: 0 }] };
    try {
      await this.#api('POST', 'runs/outputs', body, true);
    } catch (error) {
      // The second time, MLflow runs into the database's own check: the first one had arrived.
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
    return (await this.#api<Answer>('POST', 'logged-models', body)).model.info;
  }

  /** MLflow 3: the logged model of a run. */
  async findLoggedModel(experimentId: string, runId: string): Promise<LoggedModelInfo | undefined> {
    const body = { experiment_ids: [experimentId], filter: `source_run_id = '${runId}'`, max_results: 1 };
    type Answer = { models?: { info: LoggedModelInfo }[] };
    return (await this.#api<Answer>('POST', 'logged-models/search', body, true)).models?.[0]?.info;
  }

  /** MLflow 3. */
  async finalizeLoggedModel(modelId: string, status: 'READY' | 'UPLOAD_FAILED'): Promise<void> {
    const body = { model_id: modelId, status: `LOGGED_MODEL_${status}` };
    await this.#api('PATCH', `logged-models/${encodeURIComponent(modelId)}`, body, true);
  }

  /** MLflow 2: adds the model, as its `MLmodel` in JSON, to the run's list; a second call would list it twice. */
  async logModel(runId: string, modelJson: string): Promise<void> {
    await this.#api('POST', 'runs/log-model', { run_id: runId, model_json: modelJson });
  }

  /** Uploads a file to the server's artifact proxy; the folder is a path below its root. */
  async putArtifact(folder: string, file: string, bytes: Buffer): Promise<void> {
    const path = `${folder}/${file}`.split('/').map(encodeURIComponent).join('/');
    await this.#connection.send({ method: 'PUT', path: `${ARTIFACTS}/${path}`, body: bytes });
  }

  /** Makes the registered model unless there is one of that name. */
  async ensureRegisteredModel(name: string): Promise<void> {
    try {
      await this.#api('POST', 'registered-models/create', { name }, true);
    } catch (error) {
      if (!hasErrorCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
    }
  }

  /** The new version's number. */
  async createModelVersion({ name, source, runId, modelId }: NewModelVersion): Promise<string> {
    const body = { name, source, run_id: runId, ...(modelId !== undefined && { model_id: modelId }) };
    type Answer = { model_version: { version: string } };
    return (await this.#api<Answer>('POST', 'model-versions/create', body)).model_version.version;
  }

  /** The version of a registered model that a run made. */
  async findModelVersion(name: string, runId: string): Promise<string | undefined> {
    const filter = `name=${quoted(name)} and run_id='${runId}'`;
    const path = `model-versions/search?max_results=1&filter=${encodeURIComponent(filter)}`;
    type Answer = { model_versions?: { version: string }[] };
    return (await this.#api<Answer>('GET', path)).model_versions?.[0]?.version;
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.#api('POST', 'registered-models/alias', { name, alias, version }, true);
  }

  async #api<Answer>(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: object,
    repeatable?: boolean,
  ): Promise<Answer> {
    const call: Call = {
      method,
      path: `${API}/${path}`,
      ...(body !== undefined && { body }),
      ...(repeatable !== undefined && { repeatable }),
    };
    const text = await this.#connection.send(call);
    try {
      return JSON.parse(text) as Answer;
    } catch {
      const message =
        'The server at MLFLOW_TRACKING_URI answers with something that is no JSON: is it an MLflow server?';
      throw new CallRefusedError('mlflow_refused', message, 200);
    }
  }
}

function hasErrorCode(error: unknown, errorCode: string): error is CallRefusedError {
  return error instanceof CallRefusedError && error.errorCode === errorCode;
}

/** A unique key that the database checked and MLflow did not; each database words it in its own way. */
function saysDuplicate(error: unknown): boolean {
  return hasErrorCode(error, 'BAD_REQUEST') && /unique|duplicate/i.test(error.said);
}

function keyValues(texts: Texts): { readonly key: string; readonly value: string }[] {
  return Object.entries(texts).map(([key, value]) => ({ key, value }));
}

/** JSON has no NaN; MLflow reads these texts as numbers, and a bare null as 0. */
function numberJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A text in MLflow's filter language, which knows no escapes: a name cannot be sought that has both kinds of quotes. */
function quoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
