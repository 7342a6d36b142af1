import { quote, TrackingRefusedError } from '../errors.ts';
import { CallRefusedError } from './callErrors.ts';
import type { MlflowClient } from './client.ts';

/** The oldest MLflow that trainpost supports, and is tested with: README.md and docs/mlflow.md name it. */
export const VERSION_MIN = [2, 14] as const;

const VERSION = /^(\d{1,3})\.(\d{1,4})\S{0,40}$/;
/** An HTML page of MLflow's own. */
const MLFLOW_PAGE = /<html[\s\S]*mlflow/i;

/** A call that every MLflow knows and that changes nothing. */
const ANY_API_CALL = '/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default';

/** What is found out once about a server. */
export interface FoundServer {
  /** Which of the two ways to log a model the server knows: 3 stands for every later version as well. */
  readonly major: 2 | 3;
  /** `3.17.2`; undefined if the server does not show it. */
  readonly version: string | undefined;
}

type Place = 'uri' | 'root';

/**
 * Finds out where below its address MLflow has its API, and which version it is. `--static-prefix` moves different things
 * in different versions: in 2.x the pages alone, in 3.8 the pages, `/version` and `/health`, in 3.17 the API too.
 *
 * @throws TrackingRefusedError `mlflow_version` for another server or an MLflow that is too old, `mlflow_workspace`; what
 * the calls throw
 */
export async function findServer(client: MlflowClient, workspace: string | undefined): Promise<FoundServer> {
  const { api, version, versionAt } = await locate(client);
  client.connection.useApiAt(api);
  if (version === undefined) await client.connection.learnKeepAlive('/');
  else await client.connection.learnKeepAlive('/version', versionAt);
  if (workspace !== undefined) await checkWorkspaces(client);
  const major = version === undefined ? await majorByCalls(client) : majorOf(version);
  return { major, version };
}

interface Location {
  readonly api: Place;
  readonly version: string | undefined;
  readonly versionAt: Place;
}

async function locate(client: MlflowClient): Promise<Location> {
  const hasPrefix = client.connection.prefix !== '';
  const version = await versionAt(client, 'uri');
  if (version !== undefined) {
    const found = { version, versionAt: 'uri' } as const;
    if (!hasPrefix || (await hasApi(client, 'uri'))) return { api: 'uri', ...found };
    // A server whose version is at the root is another server.
    const isShared = (await versionAt(client, 'root')) !== undefined;
    if (!isShared && (await hasApi(client, 'root'))) return { api: 'root', ...found };
    throw notMlflow();
  }
  if (hasPrefix && (await hasPage(client))) {
    const rootVersion = await versionAt(client, 'root');
    if (rootVersion !== undefined) return { api: 'root', version: rootVersion, versionAt: 'root' };
  }
  // A proxy may pass on the API alone, and MLflow 3.8 with a prefix has the API alone at the root.
  if (await hasApi(client, 'uri')) return { api: 'uri', version: undefined, versionAt: 'uri' };
  throw notMlflow();
}

async function versionAt(client: MlflowClient, at: Place): Promise<string | undefined> {
  const text = await pageAt(client, '/version', at);
  const version = text?.trim();
  return version !== undefined && VERSION.test(version) ? version : undefined;
}

/** Whether the pages of MLflow are at its address. */
async function hasPage(client: MlflowClient): Promise<boolean> {
  return MLFLOW_PAGE.test((await pageAt(client, '/', 'uri')) ?? '');
}

/** Text of a page; undefined if there is no such page. */
async function pageAt(client: MlflowClient, path: string, at: Place): Promise<string | undefined> {
  try {
    return await client.send({ method: 'GET', path, at });
  } catch (error) {
    if (isOfAnotherServer(error)) return undefined;
    throw error;
  }
}

/** Whether MLflow's API answers at a place. */
async function hasApi(client: MlflowClient, at: Place): Promise<boolean> {
  try {
    const text = await client.send({ method: 'GET', path: ANY_API_CALL, at });
    const { experiment } = Object(JSON.parse(text)) as { readonly experiment?: unknown };
    return experiment !== undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isOfAnotherServer(error)) return false;
    if (error instanceof CallRefusedError && error.errorCode !== undefined) return true;
    throw error;
  }
}

/** A page that is not there, or a page of something else. */
function isOfAnotherServer(error: unknown): boolean {
  return (
    error instanceof CallRefusedError && error.errorCode === undefined && [200, 404].includes(error.status)
  );
}

function majorOf(version: string): 2 | 3 {
  const [, major = 0, minor = 0] = (VERSION.exec(version) ?? []).map(Number);
  const [majorMin, minorMin] = VERSION_MIN;
  if (major < majorMin || (major === majorMin && minor < minorMin)) {
    throw wrongServer(
      `MLflow ${quote(version)} is older than ${VERSION_MIN.join('.')}, the oldest version that trainpost supports: upgrade the MLflow server.`,
    );
  }
  return major >= 3 ? 3 : 2;
}

/** MLflow 3 has logged models, and MLflow 2 has no such call. */
async function majorByCalls(client: MlflowClient): Promise<2 | 3> {
  try {
    await client.findLoggedModels('0', 'none');
    return 3;
  } catch (error) {
    if (isOfAnotherServer(error)) return 2;
    throw error;
  }
}

/** Older servers ignore the name of a workspace, and would put all runs into one place. */
async function checkWorkspaces(client: MlflowClient): Promise<void> {
  if (await hasWorkspaces(client)) return;
  const message =
    'MLFLOW_WORKSPACE is set, but this MLflow server has no workspaces: unset MLFLOW_WORKSPACE, or start MLflow with --enable-workspaces.';
  throw new TrackingRefusedError('mlflow_workspace', message, { openMessage: message });
}

async function hasWorkspaces(client: MlflowClient): Promise<boolean> {
  try {
    const text = await client.send({ method: 'GET', path: '/api/3.0/mlflow/server-info' });
    return (JSON.parse(text) as { workspaces_enabled?: boolean }).workspaces_enabled === true;
  } catch (error) {
    if (isOfAnotherServer(error) || error instanceof SyntaxError) return false;
    throw error;
  }
}

function notMlflow(): TrackingRefusedError {
  return wrongServer(
    'MLFLOW_TRACKING_URI leads to a server that is not MLflow: correct the address and its path.',
  );
}

function wrongServer(message: string): TrackingRefusedError {
  return new TrackingRefusedError('mlflow_version', message, { openMessage: message });
}
