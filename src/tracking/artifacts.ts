import { quote, TrackingRefusedError } from '../errors.ts';
import type { MlflowClient } from './client.ts';
import type { RecordFile } from './delivery/recordStore.ts';

const PROXIED = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+?)\/*$/;

/**
 * Checks that an experiment keeps its files where the server can write them.
 * @throws TrackingRefusedError `artifacts_not_proxied`
 */
export function requireProxied(artifactLocation: string, experimentName: string): void {
  if (!PROXIED.test(artifactLocation)) throw notProxied(`The MLflow experiment ${quote(experimentName)}`);
}

/**
 * Path below the root of the server's artifact proxy, from an artifact URI (`mlflow-artifacts:/1/<run>/artifacts`).
 * @throws TrackingRefusedError `artifacts_not_proxied` for a store that the server does not give access to
 */
export function proxiedPath(artifactUri: string): string {
  const match = PROXIED.exec(artifactUri);
  if (match) return match[1]!;
  throw notProxied('The MLflow experiment');
}

function notProxied(which: string): TrackingRefusedError {
  const message = (experiment: string) =>
    `${experiment} keeps its artifacts where only clients with direct access can write: use an experiment of another ` +
    'name, or rename this one, on a server that was started with --artifacts-destination.';
  const details = { field: 'exp_name', openMessage: message('The MLflow experiment') };
  return new TrackingRefusedError('artifacts_not_proxied', message(which), details);
}

/** The error for a server that serves no artifacts at all. */
export function notServed(): TrackingRefusedError {
  const message =
    'The MLflow server serves no artifacts: start it with --artifacts-destination, and without --no-serve-artifacts.';
  return new TrackingRefusedError('artifacts_not_proxied', message, { openMessage: message });
}

/** One call for each file; each of them is whole or not there. */
export function putFiles(
  client: MlflowClient,
  folder: string,
  files: readonly RecordFile[],
): Promise<void>[] {
  return files.map(({ path, bytes }) => client.putArtifact(folder, path, bytes));
}
