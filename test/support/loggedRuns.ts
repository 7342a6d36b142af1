import { RunList } from '../../src/tracking/runList.ts';
import { TrackingServer } from '../../src/tracking/trackingServer.ts';
import type { StandInMlflow } from './standInMlflow.ts';

/** A run to be found, as MLflow stores it. */
export interface SeedRun {
  readonly name: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number | string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** The text of `report.json`. */
  readonly report?: string;
}

/** Stores an experiment with runs in a stand-in. Returns the ids of the runs. */
export function seedRuns({ store }: StandInMlflow, experiment: string, runs: readonly SeedRun[]): string[] {
  const { experiment_id } = store.createExperiment({ name: experiment });
  return runs.map(({ name, params = {}, metrics = {}, tags = {}, report }, i) => {
    const body = { experiment_id, run_name: name, start_time: 1_000 * (i + 1), tags: pairs(tags) };
    const { run } = store.createRun(body);
    const { run_id, artifact_uri } = run.info;
    const values = pairs(metrics).map((metric) => ({ ...metric, timestamp: 1, step: 0 }));
    store.logBatch({ run_id, params: pairs(params), metrics: values });
    store.updateRun({ run_id, status: 'FINISHED', end_time: 1_000 * (i + 1) + 500 });
    const place = artifact_uri.replace('mlflow-artifacts:/', '');
    if (report !== undefined) store.putArtifact(`${place}/report.json`, Buffer.from(report));
    return run_id as string;
  });
}

function pairs<Value>(record: Readonly<Record<string, Value>>) {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

/** Lists what a stand-in has, over a connection of its own. */
export function runListOf({ url }: Pick<StandInMlflow, 'url'>): {
  readonly list: RunList;
  close(): Promise<void>;
} {
  const server = new TrackingServer({ trackingUri: url, timeoutMs: 600_000 });
  return { list: new RunList(() => server), close: () => server.close() };
}
