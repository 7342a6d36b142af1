/** Reads MLflow's REST API without the client under test. */

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
export type Json = any;

/** The user of a server with passwords. */
export interface MlflowUser {
  readonly username: string;
  readonly password: string;
}

export async function mlflowGet(url: string, path: string): Promise<Json> {
  return answerOf(await fetch(`${url}/api/2.0/${path}`));
}

export async function mlflowPost(url: string, path: string, body: object, user?: MlflowUser): Promise<Json> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(user && { authorization: basic(user) }) },
    body: JSON.stringify(body),
  };
  return answerOf(await fetch(`${url}/api/2.0/${path}`, init));
}

function basic({ username, password }: MlflowUser): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function answerOf(response: Response): Promise<Json> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** The experiment of that name. */
export async function experimentOf(url: string, name: string): Promise<Json> {
  const path = `mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  return (await mlflowGet(url, path)).experiment;
}

/** All runs of an experiment, with any status. */
export async function runsOf(url: string, experimentId: string, user?: MlflowUser): Promise<Json[]> {
  const body = { experiment_ids: [experimentId], run_view_type: 'ALL' };
  return (await mlflowPost(url, 'mlflow/runs/search', body, user)).runs ?? [];
}

export async function modelVersionsOf(url: string, name: string): Promise<Json[]> {
  const filter = encodeURIComponent(`name='${name}'`);
  return (await mlflowGet(url, `mlflow/model-versions/search?filter=${filter}`)).model_versions ?? [];
}

/** MLflow 3: logged models of an experiment. */
export async function loggedModelsOf(url: string, experimentId: string): Promise<Json[]> {
  const body = { experiment_ids: [experimentId] };
  return (await mlflowPost(url, 'mlflow/logged-models/search', body)).models ?? [];
}

/** `[{key, value}]` as an object. */
export function byKey(pairs: readonly { key: string; value: unknown }[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
