import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/log/logger.ts';
import type { FeatureColumn } from '../../src/models/port.ts';
import { type Service, startService } from '../../src/service.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { runPython } from '../support/python.ts';
import { THREAD } from '../support/service.ts';
import { TcpProxy } from '../support/tcpProxy.ts';
import { trainForm } from '../support/trainForm.ts';

const mlflow = await mlflowServers();
const TOLERANCE = 1e-12;

/** 120 rows with every kind of column, with missing cells, and with two or three classes. */
function csvOf(classes: readonly string[]): Buffer {
  const lines = Array.from({ length: 120 }, (_, i) => {
    const draw = (i * 37) % 101;
    return [
      i % 7 === 0 ? '' : draw,
      (draw / 7 - 3).toFixed(2),
      draw % 2 === 0 ? 'True' : 'False',
      i % 9 === 0 ? '' : ['oslo', 'Łódź', "O'Hare"][draw % 3],
      classes[(draw > 50 ? 1 : 0) + (i % 5 === 0 ? classes.length - 2 : 0)],
    ].join();
  });
  return Buffer.from(['age,income,member,city,y', ...lines, ''].join('\n'));
}

type Cell = number | string | null;
const COLUMNS = ['age', 'income', 'member', 'city'] as const;
const KINDS = { age: 'number', income: 'number', member: 'number', city: 'text' };
/** Values beyond those of the file, missing values, and a city that the model does not know. */
const ROWS: readonly (readonly Cell[])[] = [
  [30, 1.5, 1, 'oslo'],
  [null, -1e6, 0, 'Łódź'],
  [-5, 1e6, 1, null],
  [101, 0, 0, 'Paris'],
  [null, 0.1 + 0.2, 1, "O'Hare"],
];

function columns(): FeatureColumn[] {
  return COLUMNS.map((name, j): FeatureColumn => {
    const cells = ROWS.map((row) => row[j]!);
    if (KINDS[name] === 'text') return cells as (string | null)[];
    return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
  });
}

interface Predictions {
  readonly labels: readonly unknown[];
  readonly probabilities: readonly (readonly number[])[];
}

describe.skipIf(mlflow === null).each([
  { venv: 'reference', server: 'mlflow3' },
  { venv: 'mlflow2', server: 'mlflow2' },
] as const)('models read back from $server', ({ venv, server }) => {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-models-'));
  const name = `models-${process.pid}`;
  let proxy: TcpProxy;
  let service: Service;
  let isAway = false;

  beforeAll(async () => {
    const target = mlflow?.[server] ?? '';
    proxy = await TcpProxy.start({ target, random: () => 0.5, harmShare: 0, lateMsMax: 0 });
    const config = readConfig({
      PORT: '0',
      MLFLOW_TRACKING_URI: proxy.url,
      SPOOL_DIR: join(dir, 'spool'),
      TEMP_DIR: join(dir, 'temp'),
      MODEL_ALIAS_TTL_MS: '0',
    });
    service = await startService(config, createLogger('silent'), THREAD);
  });

  afterAll(async () => {
    await service?.stop();
    if (!isAway) await proxy?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true });
  });

  async function train(fields: Readonly<Record<string, string>>, classes: readonly string[]) {
    const all = { registered_model: name, missing: 'mean', target: 'y', ...fields };
    const { contentType, body } = trainForm(all, csvOf(classes));
    const headers = { 'content-type': contentType };
    const response = await fetch(`${service.url}/train`, {
      method: 'POST',
      headers,
      body: Uint8Array.from(body),
    });
    const answer = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    return answer as { model: { uri: string; version: string } };
  }

  async function ours(uri: string): Promise<Predictions> {
    const { predictor, model } = await service.models.load(uri);
    const { labels, probabilities } = predictor.predict(columns(), ROWS.length);
    const { classes, dtype } = model.description.target;
    return {
      labels: dtype === 'bool' ? labels.map((label) => label === 1) : labels,
      probabilities: ROWS.map((_, row) => [
        ...probabilities.subarray(row * classes.length, (row + 1) * classes.length),
      ]),
    };
  }

  const pickles = async (uris: readonly string[]) =>
    (await runPython(venv, 'predict_logged.py', {
      tracking_uri: mlflow?.[server],
      uris,
      rows: ROWS,
      columns: COLUMNS,
      kinds: KINDS,
    })) as Predictions[];

  it('predicts by every address what the pickles predict', async () => {
    const trained = [
      await train({ alias: 'champion' }, ['no', 'yes']),
      await train({ threshold: '0.3' }, ['0', '1']),
      await train({}, ['a', 'b', 'c']),
      await train({}, ['False', 'True']),
    ];
    const [first] = trained;
    const { place } = (await service.models.load(`models:/${name}@champion`)).model;
    expect(place).toMatchObject({ name, version: first!.model.version });
    expect(first!.model.uri).toContain(place.runId);
    const uris = [
      `models:/${name}@champion`,
      ...trained.map(({ model }) => `models:/${name}/${model.version}`),
      ...trained.map(({ model }) => model.uri),
      ...(server === 'mlflow3' ? [`models:/${place.modelId}`] : []),
    ];
    const expected = await pickles(uris);
    for (const [index, uri] of uris.entries()) {
      const { labels, probabilities } = await ours(uri);
      expect(labels, uri).toEqual(expected[index]!.labels);
      const differences = probabilities.flatMap((row, i) =>
        row.map((one, k) => Math.abs(one - expected[index]!.probabilities[i]![k]!)),
      );
      expect(Math.max(...differences), uri).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it('has the training rows and their profile', async () => {
    const { description } = (await service.models.load(`models:/${name}@champion`)).model;
    expect(description.trained).toMatchObject({ trainRows: 84, testRows: 36 });
    expect(description.profile.map((one) => one.name)).toEqual(COLUMNS);
    for (const bins of description.profile) {
      const others = bins.kind === 'text' ? bins.others : 0;
      expect(bins.counts.reduce((sum, rows) => sum + rows, bins.missing + others)).toBe(84);
    }
    expect(description.target).toEqual({ name: 'y', classes: ['no', 'yes'], dtype: 'object' });
    expect(description.positive).toBe('yes');
  });

  it.each([
    `models:/${name}@nobody`,
    `models:/${name}/999`,
    'models:/nobody-has-this@champion',
    'models:/m-0123456789abcdef0123456789abcdef',
    'runs:/0123456789abcdef0123456789abcdef/model',
  ])('says that there is no %s', async (uri) => {
    await expect(service.models.load(uri)).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('says so of a name that the run did not log', async () => {
    const { runId } = (await service.models.load(`models:/${name}@champion`)).model.place;
    await expect(service.models.load(`runs:/${runId}/nobody`)).rejects.toMatchObject({
      code: 'model_not_found',
    });
  });

  it('follows the alias', async () => {
    const { model } = await train({ alias: 'champion' }, ['no', 'yes']);
    const loaded = await service.models.load(`models:/${name}@champion`);
    expect(loaded.model.place.version).toBe(model.version);
    expect(loaded.aliasAgeMs).toBeUndefined();
  });

  it('goes on serving while MLflow is away, and says how old the alias is', async () => {
    const uri = `models:/${name}@champion`;
    const before = await ours(uri);
    isAway = true;
    await proxy[Symbol.asyncDispose]();
    expect((await service.models.load(uri)).aliasAgeMs).toBeGreaterThan(0);
    expect(await ours(uri)).toEqual(before);
    await expect(service.models.load(`models:/${name}/998`)).rejects.toMatchObject({
      code: 'mlflow_unreachable',
    });
  });
});
