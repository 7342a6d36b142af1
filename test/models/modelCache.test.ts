import { beforeEach, describe, expect, it } from 'vitest';
import { TrackingUnreachableError } from '../../src/errors.ts';
import { ModelCache } from '../../src/models/modelCache.ts';
import { FakeRegistry, folderOf } from './folder.ts';

const TTL_MS = 5_000;
const ALIAS = 'models:/credit@champion';

let registry: FakeRegistry;
let nowMs: number;
let cache: ModelCache;

beforeEach(() => {
  registry = new FakeRegistry();
  for (const version of ['1', '2'])
    registry.folders.set(`credit/${version}`, folderOf(undefined, `r${version}`));
  registry.aliases.set('credit@champion', '1');
  nowMs = 1_000;
  cache = new ModelCache({ registry, aliasTtlMs: TTL_MS, now: () => nowMs });
});

const away = async () => {
  throw new TrackingUnreachableError('mlflow_unreachable', 'MLflow cannot be reached.');
};
const versionNow = async () => (await cache.load(ALIAS)).model.place.version;

describe('ModelCache', () => {
  it('reads a model in an alias and two files, and never again', async () => {
    const { model, aliasAgeMs } = await cache.load(ALIAS);
    expect(model.place).toEqual({ uri: ALIAS, name: 'credit', version: '1', runId: 'r1', modelId: 'm-1' });
    expect(aliasAgeMs).toBeUndefined();
    expect(registry.asked).toEqual(['credit@champion', 'credit/1/MLmodel', 'credit/1/model.json']);
    const { predictor } = await cache.load('models:/credit/1');
    expect((await cache.load(ALIAS)).predictor).toBe(predictor);
    expect(registry.asked).toHaveLength(3);
  });

  it.each([
    ['models:/credit/2', { name: 'credit', version: '2', runId: 'r2', modelId: 'm-1' }, 2],
    ['models:/m-7', { runId: 'r7', modelId: 'm-1' }, 2],
    ['runs:/r8/credit', { runId: 'r8', modelId: 'm-1' }, 3],
  ])('loads %s', async (uri, place, questions) => {
    registry.folders.set('m-7', folderOf(undefined, 'r7'));
    registry.folders.set('r8/credit', folderOf(undefined, 'r8'));
    expect((await cache.load(uri)).model.place).toEqual({ uri, ...place });
    expect(registry.asked).toHaveLength(questions);
  });

  it('reads a model once, however many ask at once', async () => {
    const loaded = await Promise.all(Array.from({ length: 50 }, () => cache.load(ALIAS)));
    expect(new Set(loaded.map(({ predictor }) => predictor)).size).toBe(1);
    expect(registry.asked).toHaveLength(3);
  });

  it('asks for an alias again after a while, once however many ask', async () => {
    await cache.load(ALIAS);
    registry.aliases.set('credit@champion', '2');
    nowMs += TTL_MS - 1;
    expect(await versionNow()).toBe('1');
    nowMs += 1;
    expect(await Promise.all(Array.from({ length: 20 }, versionNow))).toEqual(new Array(20).fill('2'));
    expect(registry.asked.filter((one) => one === 'credit@champion')).toHaveLength(2);
  });

  it('goes on with the loaded version while MLflow is away, and says how old the alias is', async () => {
    await cache.load(ALIAS);
    registry.before = away;
    nowMs += TTL_MS;
    expect(await cache.load(ALIAS)).toMatchObject({ model: { place: { version: '1' } }, aliasAgeMs: TTL_MS });
    nowMs += 10;
    expect((await cache.load(ALIAS)).aliasAgeMs).toBe(TTL_MS + 10);
    // It did not ask a second time so soon.
    expect(registry.asked.filter((one) => one === 'credit@champion')).toHaveLength(2);

    registry.before = async () => {};
    registry.aliases.set('credit@champion', '2');
    nowMs += TTL_MS;
    const back = await cache.load(ALIAS);
    expect(back.model.place.version).toBe('2');
    expect(back.aliasAgeMs).toBeUndefined();
  });

  it('goes on with the loaded version if the new one cannot be read because MLflow is away', async () => {
    await cache.load(ALIAS);
    registry.aliases.set('credit@champion', '2');
    nowMs += TTL_MS;
    let calls = 0;
    registry.before = async () => {
      if (calls++ > 0) await away();
    };
    expect(await cache.load(ALIAS)).toMatchObject({ model: { place: { version: '1' } }, aliasAgeMs: TTL_MS });
  });

  it('does not wait for an MLflow that hangs', async () => {
    await cache.load(ALIAS);
    let answer = () => {};
    registry.before = () => new Promise((resolve) => (answer = resolve));
    nowMs += TTL_MS;
    expect(await cache.load(ALIAS)).toMatchObject({ model: { place: { version: '1' } }, aliasAgeMs: TTL_MS });
    registry.before = async () => {};
    answer();
    await expect.poll(async () => (await cache.load(ALIAS)).aliasAgeMs).toBeUndefined();
  });

  it('rejects an alias that is gone, or that points at a foreign model', async () => {
    await cache.load(ALIAS);
    registry.aliases.delete('credit@champion');
    nowMs += TTL_MS;
    await expect(cache.load(ALIAS)).rejects.toMatchObject({ code: 'model_not_found' });
    registry.aliases.set('credit@champion', '3');
    registry.folders.set('credit/3', { MLmodel: 'flavors: {}' });
    nowMs += TTL_MS;
    await expect(cache.load(ALIAS)).rejects.toMatchObject({ code: 'foreign_model' });
    registry.aliases.set('credit@champion', '2');
    nowMs += TTL_MS;
    expect(await versionNow()).toBe('2');
  });

  it('forgets a failure: the next one asks again', async () => {
    registry.before = away;
    await expect(cache.load(ALIAS)).rejects.toMatchObject({ code: 'mlflow_unreachable' });
    await expect(cache.load('models:/credit/1')).rejects.toMatchObject({ code: 'mlflow_unreachable' });
    registry.before = async () => {};
    expect(await versionNow()).toBe('1');
    expect((await cache.load('models:/credit/1')).model.place.version).toBe('1');
  });

  it('keeps the models that were used last', async () => {
    const uris = Array.from({ length: 17 }, (_, i) => `models:/m-${i}`);
    for (const uri of uris) {
      registry.folders.set(uri.slice('models:/'.length), folderOf());
      await cache.load(uris[0]!);
      await cache.load(uri);
    }
    registry.asked.length = 0;
    await cache.load(uris[0]!);
    await cache.load(uris[16]!);
    expect(registry.asked).toEqual([]);
    await cache.load(uris[1]!);
    expect(registry.asked).toHaveLength(2);
  });

  it('rejects an address before it asks MLflow', async () => {
    await expect(cache.load('credit')).rejects.toMatchObject({ code: 'model_uri' });
    expect(registry.asked).toEqual([]);
  });
});
