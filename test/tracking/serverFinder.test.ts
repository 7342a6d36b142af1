import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VERSION_MIN } from '../../src/tracking/serverFinder.ts';
import { TrackingServer } from '../../src/tracking/trackingServer.ts';
import { countingServer, type Handler } from './countingServer.ts';

type Pages = Readonly<Record<string, string | { readonly status: number; readonly text: string }>>;

const API = '/api/2.0/mlflow/experiments/get-by-name';
const LOGGED_MODELS = '/api/2.0/mlflow/logged-models/search';
const INFO = '/api/3.0/mlflow/server-info';
const ABSENT = { status: 404, text: '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"none"}' };
const PAGE = '<!doctype html><html><title>MLflow</title></html>';
const OTHER_PAGE = '<!doctype html><html><title>Welcome</title></html>';

/** A server with these pages. Any other path is 404 in HTML, as Flask answers, or the page `*`. */
const serving =
  (pages: Pages): Handler =>
  (response, { path }) => {
    const page = pages[path.split('?', 1)[0]!] ??
      pages['*'] ?? { status: 404, text: '<html>Not Found</html>' };
    if (typeof page === 'string') response.end(page);
    else response.writeHead(page.status).end(page.text);
  };

async function withServer<Result>(
  pages: Pages,
  options: { readonly prefix?: string; readonly workspace?: string },
  use: (server: TrackingServer, paths: () => string[]) => Promise<Result>,
): Promise<Result> {
  await using http = await countingServer(serving(pages));
  const { prefix = '', ...workspace } = options;
  const server = new TrackingServer({ trackingUri: http.url + prefix, timeoutMs: 300_000, ...workspace });
  try {
    return await use(server, () => http.seen.map(({ path }) => path));
  } finally {
    await server.close();
  }
}

describe('where MLflow has its API', () => {
  test.each<[string, string, Pages, string, 2 | 3]>([
    ['at the root, without a prefix', '', { '/version': '3.17.2', [API]: ABSENT }, API, 3],
    [
      'below the prefix, as 3.17 has it',
      '/ml/flow',
      { '/ml/flow/version': '3.17.2', [`/ml/flow${API}`]: ABSENT },
      `/ml/flow${API}`,
      3,
    ],
    [
      'at the root, with the version below the prefix, as 3.8 has it',
      '/ml',
      { '/ml/version': '3.8.1', '/ml/health': 'OK', [API]: ABSENT },
      API,
      3,
    ],
    [
      'at the root, with the pages alone below the prefix, as 2.22 has it',
      '/ml',
      { '/version': '2.22.5', '/ml/': PAGE, [API]: ABSENT },
      API,
      2,
    ],
    [
      'below the prefix of a proxy, beside another MLflow at the root',
      '/ml',
      { '/ml/version': '2.22.5', '/version': '3.17.2', [`/ml${API}`]: ABSENT, [API]: ABSENT },
      `/ml${API}`,
      2,
    ],
    [
      'behind a proxy that passes on the API alone',
      '/ml',
      { [`/ml${API}`]: ABSENT, [`/ml${LOGGED_MODELS}`]: '{}' },
      `/ml${API}`,
      3,
    ],
    [
      'behind a proxy that passes on the API of MLflow 2 alone, and has a page for everything else',
      '/ml',
      { [`/ml${API}`]: ABSENT, [`/ml${LOGGED_MODELS}`]: { status: 404, text: OTHER_PAGE }, '*': OTHER_PAGE },
      `/ml${API}`,
      2,
    ],
  ])('%s', async (_name, prefix, pages, api, major) => {
    await withServer(pages, { prefix }, async (server, paths) => {
      expect(await server.major()).toBe(major);
      const before = paths().length;
      await server.client.getExperimentByName('e');
      expect(paths().slice(before)).toEqual([`${api}?experiment_name=e`]);
    });
  });

  test.each<[string, string, Pages]>([
    ['another page', '', { '*': OTHER_PAGE }],
    ['a server that knows nothing', '', {}],
    [
      'another page below the prefix of an MLflow',
      '/ml',
      { '/version': '3.17.2', '/ml/': OTHER_PAGE, [API]: ABSENT },
    ],
    ['a version without an API', '/ml', { '/ml/version': '3.17.2' }],
  ])('%s is not MLflow', async (_name, prefix, pages) => {
    await withServer(pages, { prefix }, async (server) => {
      const error = await server.found().catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'mlflow_version',
        message:
          'MLFLOW_TRACKING_URI leads to a server that is not MLflow: correct the address and its path.',
      });
    });
  });
});

describe('which versions are supported', () => {
  test.each([
    ['2.14.0', 2],
    ['2.14.3\n', 2],
    ['2.22.5', 2],
    ['3.0.0rc1', 3],
    ['10.0.0', 3],
  ])('%j counts as %d', async (version, major) => {
    await withServer({ '/version': version }, {}, async (server) => {
      expect(await server.found()).toEqual({ major, version: version.trim() });
    });
  });

  test.each(['1.30.0', '2.13.2', '0.9.0'])('%j is too old, and one sentence says so', async (version) => {
    await withServer({ '/version': version }, {}, async (server) => {
      await expect(server.found()).rejects.toMatchObject({
        code: 'mlflow_version',
        message: `MLflow "${version}" is older than 2.14, the oldest version that trainpost supports: upgrade the MLflow server.`,
      });
    });
  });
});

test.each(['README.md', 'docs/mlflow.md'])('%s names the oldest version that is supported', (page) => {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  expect(text).toContain(`MLflow ${VERSION_MIN.join('.')} or newer`);
});

describe('a workspace', () => {
  const pages = { '/version': '3.17.2' };

  test('is named in every call to a server that has workspaces', async () => {
    await using http = await countingServer(
      serving({ ...pages, [INFO]: '{"workspaces_enabled":true}', [API]: ABSENT }),
    );
    const server = new TrackingServer({ trackingUri: http.url, timeoutMs: 300_000, workspace: 'team-a' });
    await server.found();
    await server.client.getExperimentByName('e');
    await server.close();
    expect(http.seen.at(-1)?.headers).toMatchObject({ 'x-mlflow-workspace': 'team-a' });
    expect(server.linkBase).toEqual({ url: http.url, workspace: 'team-a' });
  });

  test.each<[string, Pages]>([
    ['has none', { ...pages, [INFO]: '{"workspaces_enabled":false}' }],
    ['is too old to know them', pages],
    ['has a page for every path', { ...pages, '*': PAGE }],
  ])('is a mistake if the server %s', async (_name, served) => {
    await withServer(served, { workspace: 'team-a' }, async (server) => {
      await expect(server.found()).rejects.toMatchObject({
        code: 'mlflow_workspace',
        message: expect.stringMatching(/^MLFLOW_WORKSPACE is set, but .*: unset MLFLOW_WORKSPACE, or start/),
      });
    });
  });
});
