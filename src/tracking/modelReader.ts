import type { ModelAddress, ModelRegistry } from '../models/registry.ts';
import { CallRefusedError } from './callErrors.ts';
import type { TrackingServer } from './trackingServer.ts';

/** A description has a few numbers for each category of a text column; this is enough for a million categories. */
const FILE_BYTES_MAX = 64 * 2 ** 20;

/** Reads models from MLflow's registry, its runs and its logged models. */
export class ModelReader implements ModelRegistry {
  readonly #server: () => TrackingServer;

  /** @param server called each time, because the server may change */
  constructor(server: () => TrackingServer) {
    this.#server = server;
  }

  async findAlias(name: string, alias: string): Promise<string | undefined> {
    const { client } = await this.#found();
    return await client.versionOfAlias(name, alias);
  }

  /** MLflow 3 keeps the models of a run as logged models, and MLflow 2 as folders of the run's artifacts. */
  async findOfRun(runId: string, name: string): Promise<ModelAddress | undefined> {
    const { client, major } = await this.#found();
    if (major === 3) {
      const run = await client.getRun(runId);
      if (run === undefined) return undefined;
      const models = await client.findLoggedModels(run.info.experiment_id, runId);
      const model = models.findLast((one) => one.name === name);
      if (model !== undefined) return { kind: 'model', modelId: model.model_id };
    }
    // A file that is not there would be a failure of MLflow 2, and not an answer.
    const paths = await client.listRunArtifacts(runId, name);
    return paths?.includes(`${name}/MLmodel`) ? { kind: 'run', runId, path: name } : undefined;
  }

  /** The metrics of a run by name, each with its last value; none if MLflow does not have the run. */
  async metricsOf(runId: string): Promise<Readonly<Record<string, number>>> {
    const { client } = await this.#found();
    const metrics = (await client.getRun(runId))?.data.metrics ?? [];
    return Object.fromEntries(metrics.map(({ key, value }) => [key, Number(value)]));
  }

  async readFile(address: ModelAddress, file: string): Promise<string | undefined> {
    const { client, major } = await this.#found();
    if (address.kind === 'model' && major === 2) return undefined;
    try {
      // MLflow has these routes where it has its pages.
      return await client.send({
        method: 'GET',
        path: pathOf(address, file),
        at: 'uri',
        bytesMax: FILE_BYTES_MAX,
      });
    } catch (error) {
      if (error instanceof CallRefusedError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST')
        return undefined;
      throw error;
    }
  }

  async #found() {
    const server = this.#server();
    return { client: server.client, major: await server.major() };
  }
}

/** The route by which MLflow itself finds the file, wherever it keeps the model. */
function pathOf(address: ModelAddress, file: string): string {
  switch (address.kind) {
    case 'version': {
      const { name, version } = address;
      return `/model-versions/get-artifact?${new URLSearchParams({ name, version, path: file })}`;
    }
    case 'run': {
      const { runId, path } = address;
      return `/get-artifact?${new URLSearchParams({ run_id: runId, path: `${path}/${file}` })}`;
    }
    case 'model': {
      const query = new URLSearchParams({ artifact_file_path: file });
      return `/ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(address.modelId)}/artifacts/files?${query}`;
    }
  }
}
