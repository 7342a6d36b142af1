import { TrackingRefusedError } from '../errors.ts';
import type { MlflowClient } from './client.ts';
import type { RecordFile } from './delivery/recordStore.ts';

/**
 * Path below the root of the server's artifact proxy, from an artifact URI (`mlflow-artifacts:/1/<run>/artifacts`).
 * @throws TrackingRefusedError `artifacts_not_proxied` for a store that the server does not give access to
 */
export function proxiedPath(artifactUri: string): string {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+?)\/*$/.exec(artifactUri);
  if (match) return match[1]!;
  const message =
    'The MLflow server does not take files for this experiment: its artifacts are kept where only clients with direct ' +
    'access can write. Start the server with --artifacts-destination (and without --no-serve-artifacts), and use an experiment made after that.';
  throw new TrackingRefusedError('artifacts_not_proxied', message, { field: 'exp_name' });
}

/** One call for each file; each of them is whole or not there. */
export function putFiles(
  client: MlflowClient,
  folder: string,
  files: readonly RecordFile[],
): Promise<void>[] {
  return files.map(({ path, bytes }) => client.putArtifact(folder, path, bytes));
}
