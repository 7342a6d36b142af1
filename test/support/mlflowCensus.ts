import { createHash } from 'node:crypto';
import { type Json, mlflowGet, mlflowPost } from './mlflowApi.ts';

/** A run as MLflow has it, and everything that belongs to the run. */
export interface CountedRun {
  readonly runId: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The part that two trainings with the same data and settings have in common. */
  readonly content: RunContent;
  readonly versions: readonly CountedVersion[];
}

export interface RunContent {
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  /** `name digest` of each data set. */
  readonly inputs: readonly string[];
  readonly models: readonly CountedModel[];
  /** Number of models that the run names as its outputs. */
  readonly outputs: number;
  /** The runs below this run, by their names. */
  readonly children: readonly CountedChild[];
}

interface CountedChild {
  readonly name: string;
  readonly status: string;
  readonly content: RunContent;
}

interface CountedModel {
  readonly name: string;
  readonly status: string;
  /** SHA-256 of each file by its path; the ids and times in `MLmodel` do not count. */
  readonly files: Readonly<Record<string, string>>;
}

interface CountedVersion {
  readonly name: string;
  readonly version: string;
  readonly status: string;
  readonly aliases: readonly string[];
}

export interface Census {
  /** Runs that are not deleted. A run below one of them is in its parent's content, and not here. */
  readonly runs: readonly CountedRun[];
  /** Number of deleted runs. */
  readonly deleted: number;
  /** Ids of logged models whose run is deleted or missing. */
  readonly strayModels: readonly string[];
}

const PAGE = 1000;
const PARENT_TAG = 'mlflow.parentRunId';
const NAME_TAG = 'mlflow.runName';
/** Logged models have smaller pages. */
const MODELS_PAGE = 50;
const ARTIFACTS = 'mlflow-artifacts/artifacts';
/** MLflow's server is one process, so more requests at a time are not faster. */
const RUNS_AT_ONCE = 4;

/** Counts an experiment of an MLflow 3 by its REST API: runs, what was logged to them, and every byte of their models. */
export async function takeCensus(url: string, experimentId: string): Promise<Census> {
  const active = await searchRuns(url, experimentId, 'ACTIVE_ONLY');
  const deleted = await searchRuns(url, experimentId, 'DELETED_ONLY');
  const models = groupBy(await searchModels(url, experimentId), ({ info }) => info.source_run_id);
  const versions = groupBy(await searchVersions(url), ({ run_id }) => run_id);
  const waiting = active.map((run) => run as Json);
  const runs: CountedRun[] = [];
  const count = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const runId = run.info.run_id as string;
      runs.push(await countRun(url, run, models.get(runId) ?? [], versions.get(runId) ?? []));
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, count));
  const known = new Set(runs.map(({ runId }) => runId));
  const strays = [...models].filter(([runId]) => !known.has(runId)).flatMap(([, ofRun]) => ofRun);
  return {
    runs: nested(runs),
    deleted: deleted.length,
    strayModels: strays.map(({ info }) => info.model_id),
  };
}

/** Moves each run below a counted run into the content of its parent. */
function nested(runs: readonly CountedRun[]): CountedRun[] {
  const known = new Set(runs.map(({ runId }) => runId));
  const parentOf = ({ tags }: CountedRun) => {
    const parent = tags[PARENT_TAG];
    return parent !== undefined && known.has(parent) ? parent : undefined;
  };
  const childrenOf = (runId: string) =>
    runs
      .filter((run) => parentOf(run) === runId)
      .map(({ tags, status, content }) => ({ name: tags[NAME_TAG] ?? '', status, content }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return runs
    .filter((run) => parentOf(run) === undefined)
    .map((run) => ({ ...run, content: { ...run.content, children: childrenOf(run.runId) } }));
}

/** Counts runs, models and versions, which shows whether anything still changes. */
export async function countAll(url: string, experimentId: string): Promise<number> {
  const runs = await searchRuns(url, experimentId, 'ACTIVE_ONLY');
  const models = await searchModels(url, experimentId);
  return runs.length + models.length + (await searchVersions(url)).length;
}

async function countRun(url: string, run: Json, models: Json[], versions: Json[]): Promise<CountedRun> {
  const { info, data, inputs, outputs } = run;
  return {
    runId: info.run_id,
    status: info.status,
    tags: byKey(data.tags),
    content: {
      params: byKey(data.params),
      metrics: byKey(data.metrics),
      // MLflow gives the data sets in no certain order.
      inputs: (inputs?.dataset_inputs ?? [])
        .map(({ dataset }: Json) => `${dataset.name} ${dataset.digest}`)
        .sort(),
      models: await Promise.all(models.map((model) => countModel(url, info.run_id, model))),
      outputs: (outputs?.model_outputs ?? []).length,
      children: [],
    },
    versions: await Promise.all(versions.map((version) => countVersion(url, version))),
  };
}

/** Asks for the aliases, because a search does not return them. */
async function countVersion(url: string, { name, version, status }: Json): Promise<CountedVersion> {
  const path = `mlflow/registered-models/get?name=${encodeURIComponent(name)}`;
  const { registered_model: model } = await mlflowGet(url, path);
  const aliases = (model.aliases ?? []).filter((one: Json) => one.version === version);
  return { name, version, status, aliases: aliases.map(({ alias }: Json) => alias) };
}

async function countModel(url: string, runId: string, { info }: Json): Promise<CountedModel> {
  const folder = /^mlflow-artifacts:\/+(.*)$/.exec(info.artifact_uri)?.[1] ?? '';
  const files: Record<string, string> = {};
  for (const path of await filesBelow(url, folder)) {
    const bytes = await download(url, `${folder}/${path}`);
    files[path] = digest(path === 'MLmodel' ? withoutIds(bytes, runId, info.model_id) : bytes);
  }
  return { name: info.name, status: info.status, files };
}

/** Paths of the files below a folder, in order. */
async function filesBelow(url: string, folder: string): Promise<string[]> {
  const { files = [] } = await mlflowGet(url, `${ARTIFACTS}?path=${encodeURIComponent(folder)}`);
  const paths = (files as Json[]).map(async ({ path, is_dir }) => {
    if (!is_dir) return [path as string];
    return (await filesBelow(url, `${folder}/${path}`)).map((below) => `${path}/${below}`);
  });
  return (await Promise.all(paths)).flat().sort();
}

async function download(url: string, path: string): Promise<Buffer> {
  const response = await fetch(
    `${url}/api/2.0/${ARTIFACTS}/${path.split('/').map(encodeURIComponent).join('/')}`,
  );
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Replaces the ids of the run and the model, unless the file belongs to another run. */
function withoutIds(mlmodel: Buffer, runId: string, modelId: string): Buffer {
  const text = mlmodel.toString('utf8');
  if (!text.includes(runId) || !text.includes(modelId)) return mlmodel;
  const bare = text.replaceAll(runId, '<run>').replaceAll(modelId, '<model>');
  const others = /^(artifact_path|model_uuid|utc_time_created): .*$/gm;
  return Buffer.from(bare.replace(others, '$1: …'));
}

async function searchRuns(url: string, experimentId: string, view: string): Promise<Json[]> {
  const body = { experiment_ids: [experimentId], run_view_type: view, max_results: PAGE };
  return pages((token) => mlflowPost(url, 'mlflow/runs/search', { ...body, ...token }), 'runs');
}

async function searchModels(url: string, experimentId: string): Promise<Json[]> {
  const body = { experiment_ids: [experimentId], max_results: MODELS_PAGE };
  return pages((token) => mlflowPost(url, 'mlflow/logged-models/search', { ...body, ...token }), 'models');
}

async function searchVersions(url: string): Promise<Json[]> {
  const path = `mlflow/model-versions/search?max_results=${PAGE}`;
  const ask = (token: PageToken) =>
    mlflowGet(url, token.page_token === undefined ? path : `${path}&page_token=${token.page_token}`);
  return pages(ask, 'model_versions');
}

interface PageToken {
  readonly page_token?: string;
}

async function pages(ask: (token: PageToken) => Promise<Json>, key: string): Promise<Json[]> {
  const found: Json[] = [];
  for (let token: PageToken = {}; ; ) {
    const answer = await ask(token);
    found.push(...(answer[key] ?? []));
    if (!answer.next_page_token) return found;
    token = { page_token: answer.next_page_token };
  }
}

function groupBy(items: readonly Json[], keyOf: (item: Json) => string): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** An object sorted by its keys, so that two of them can be compared as text. */
function byKey(pairs: readonly Json[] = []): Record<string, never> {
  const entries = pairs.map(({ key, value }) => [key, value] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
