import { quote, TrackingRefusedError } from '../errors.ts';
import { CallFailedError } from './callErrors.ts';
import type { MlflowClient } from './client.ts';
import type { RecordFile } from './delivery/recordStore.ts';

/** MLflow's words if it was started with `--no-serve-artifacts`. */
const NOT_SERVED = /serve-artifacts/;
/** A folder that does not exist. */
const NO_FOLDER = 'trainpost-probe';
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

/**
 * Checks that the server serves artifacts at all. An experiment that is created while the server does not serve artifacts
 * keeps its files elsewhere for ever.
 * @throws TrackingRefusedError `artifacts_not_proxied`
 */
export async function requireServed(client: MlflowClient): Promise<void> {
  try {
    await client.listArtifacts(NO_FOLDER);
  } catch (error) {
    // A store that may be written to need not be listed.
    if (!(error instanceof CallFailedError && NOT_SERVED.test(error.message))) return;
    const message =
      'The MLflow server serves no artifacts: start it with --artifacts-destination, and without --no-serve-artifacts.';
    throw new TrackingRefusedError('artifacts_not_proxied', message, { openMessage: message });
  }
}

/** One call for each file; each of them is whole or not there. */
export function putFiles(
  client: MlflowClient,
  folder: string,
  files: readonly RecordFile[],
): Promise<void>[] {
  return files.map(({ path, bytes }) => client.putArtifact(folder, path, bytes));
}
