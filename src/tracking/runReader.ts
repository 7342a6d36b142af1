import { textsOf } from './api.ts';
import type { MlflowClient } from './client.ts';
import { lastListedModel } from './mlflow2.ts';
import type { Run, Texts } from './mlflowTypes.ts';
import type { TrackingServer } from './trackingServer.ts';

/** A data set of a run. */
interface ReadDataset {
  /** What the data was for: `train` or `test`. */
  readonly context: string;
  readonly digest: string;
  /** The digest of the file that the rows are a part of, if the data set says so. */
  readonly fileDigest?: string;
}

/** A run as MLflow has it. */
export interface ReadRun {
  readonly params: Texts;
  readonly tags: Texts;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly datasets: readonly ReadDataset[];
  /** The name of the model that the run logged last. */
  readonly modelName?: string;
}

/** Reads whole runs from MLflow. */
export class RunReader {
  readonly #server: () => TrackingServer;

  /** @param server called each time, because the server may change */
  constructor(server: () => TrackingServer) {
    this.#server = server;
  }

  /** Reads a run; undefined if MLflow does not have the run, or if the run is deleted. */
  async read(runId: string): Promise<ReadRun | undefined> {
    const server = this.#server();
    const major = await server.major();
    const run = await server.client.getRun(runId);
    if (run === undefined || run.info.lifecycle_stage === 'deleted') return undefined;
    const { params = [], tags = [], metrics = [] } = run.data;
    const logged = major === 3 ? await loggedModelName(server.client, run) : undefined;
    // A server of today may have runs of MLflow 2.
    const modelName = logged ?? lastListedModel(run);
    return {
      params: textsOf(params),
      tags: textsOf(tags),
      metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, Number(value)])),
      datasets: datasetsOf(run),
      ...(modelName !== undefined && { modelName }),
    };
  }
}

async function loggedModelName(client: MlflowClient, { info }: Run): Promise<string | undefined> {
  const models = await client.findLoggedModels(info.experiment_id, info.run_id);
  return models.at(-1)?.name;
}

function datasetsOf({ inputs }: Run): ReadDataset[] {
  return (inputs?.dataset_inputs ?? []).map(({ tags = [], dataset }) => {
    const profile = parsed(dataset.profile ?? '') as { file?: { digest?: unknown } } | null | undefined;
    const fileDigest = profile?.file?.digest;
    return {
      context: textsOf(tags)['mlflow.data.context'] ?? '',
      digest: dataset.digest,
      ...(typeof fileDigest === 'string' && { fileDigest }),
    };
  });
}

/** Somebody else may have written the text. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
