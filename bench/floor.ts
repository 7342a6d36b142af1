import { Pool } from 'undici';
import type { RecordFile } from '../src/tracking/delivery/recordStore.ts';
import { type RunNode, type RunTree, timedMetrics } from '../src/tracking/tree.ts';

/** Children that are made side by side. From 3 to 12, the times differ by less than their noise. */
const LANES = 4;
const API = '/api/2.0/mlflow';

/**
 * The bare sequence of MLflow 3 calls that one training takes. The bodies are made beforehand. There are no checks and no
 * retries. Connections stay open, and every call is sent as soon as its input is known. No client can wait for less.
 */
export class Floor {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: 16, pipelining: 1 });
  }

  async experiment(name: string): Promise<string> {
    const found = await this.#call('POST', `${API}/experiments/search`, {
      filter: `name = '${name}'`,
      max_results: 1,
    });
    const [first] = (found['experiments'] as { experiment_id: string }[] | undefined) ?? [];
    if (first !== undefined) return first.experiment_id;
    return (await this.#call('POST', `${API}/experiments/create`, { name }))['experiment_id'] as string;
  }

  async run(
    experimentId: string,
    { nodes: [root], datasets: [dataset], systemTags }: RunTree,
    files: readonly RecordFile[],
    name: string,
    /** Sends what is below the run, once the run's id is known. */
    sendBelow: (runId: string) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const registered = this.#call('POST', `${API}/registered-models/create`, { name });
    const run = await this.#call('POST', `${API}/runs/create`, {
      experiment_id: experimentId,
      run_name: root.name,
      start_time: root.startTimeMs,
      tags: pairs(root.tags),
    });
    const runId = (run['run'] as { info: { run_id: string } }).info.run_id;
    const below = sendBelow(runId);
    const inputs = this.#call('POST', `${API}/runs/log-inputs`, {
      run_id: runId,
      datasets: [{ tags: pairs({ 'mlflow.data.context': 'training' }), dataset }],
    });
    const made = await this.#call('POST', `${API}/logged-models`, {
      experiment_id: experimentId,
      name: root.model?.name,
      source_run_id: runId,
      params: pairs(root.params),
      tags: pairs(systemTags),
    });
    const model = (made['model'] as { info: { model_id: string; artifact_uri: string } }).info;
    const folder = new URL(model.artifact_uri).pathname;
    const metrics = timedMetrics(root).map((metric) => ({
      ...metric,
      model_id: model.model_id,
      dataset_name: dataset?.name,
      dataset_digest: dataset?.digest,
    }));
    await Promise.all([
      registered,
      inputs,
      this.#call('POST', `${API}/runs/log-batch`, { run_id: runId, params: pairs(root.params), metrics }),
      this.#call('POST', `${API}/runs/outputs`, {
        run_id: runId,
        models: [{ model_id: model.model_id, step: 0 }],
      }),
      ...files.map(({ path, bytes }) =>
        this.#call('PUT', `/api/2.0/mlflow-artifacts/artifacts${folder}/${path}`, bytes),
      ),
    ]);
    await Promise.all([
      this.#call('PATCH', `${API}/logged-models/${model.model_id}`, {
        model_id: model.model_id,
        status: 'LOGGED_MODEL_READY',
      }),
      this.#call('POST', `${API}/model-versions/create`, {
        name,
        source: `models:/${model.model_id}`,
        run_id: runId,
        model_id: model.model_id,
      }),
    ]);
    await below;
    await this.#finish(runId, root);
  }

  /**
   * The parent of a sweep, and its children, which have no models. Only the id of the parent must be known, so children are
   * sent side by side: as many as trainpost sends, because MLflow rejects calls beyond its 15 connections to the database.
   */
  async sweep(
    experimentId: string,
    tree: RunTree,
    files: readonly RecordFile[],
    name: string,
  ): Promise<void> {
    await this.run(experimentId, tree, files, name, async (runId) => {
      const [, ...children] = tree.nodes;
      const left = [...children];
      const lane = async () => {
        for (let node = left.shift(); node !== undefined; node = left.shift()) {
          await this.#child(experimentId, node, runId);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    });
  }

  async #child(experimentId: string, node: RunNode, parentRunId: string): Promise<void> {
    const run = await this.#call('POST', `${API}/runs/create`, {
      experiment_id: experimentId,
      run_name: node.name,
      start_time: node.startTimeMs,
      tags: pairs({ ...node.tags, 'mlflow.parentRunId': parentRunId }),
    });
    const runId = (run['run'] as { info: { run_id: string } }).info.run_id;
    await this.#call('POST', `${API}/runs/log-batch`, {
      run_id: runId,
      params: pairs(node.params),
      metrics: timedMetrics(node),
    });
    await this.#finish(runId, node);
  }

  #finish(runId: string, { endTimeMs }: RunNode): Promise<unknown> {
    return this.#call('POST', `${API}/runs/update`, {
      run_id: runId,
      status: 'FINISHED',
      end_time: endTimeMs,
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #call(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: object | Buffer,
  ): Promise<Record<string, unknown>> {
    const isBytes = Buffer.isBuffer(body);
    const response = await this.#pool.request({
      method,
      path,
      headers: { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' },
      body: isBytes ? body : JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
}

function pairs(texts: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(texts).map(([key, value]) => ({ key, value }));
}
