import { describe, expect, it } from 'vitest';
import type { ReadyModel } from '../../src/models/port.ts';
import { Champions } from '../../src/service/champions.ts';

/** Keeps the addresses that were asked for. */
function championsOf(version: string | undefined, runId?: string) {
  const asked: string[] = [];
  const registry = {
    findAlias: async (name: string, alias: string) => {
      asked.push(`${name}@${alias}`);
      return version;
    },
    metricsOf: async (id: string) => ({ [`test_of_${id}`]: 1 }),
  };
  const models = {
    load: async (uri: string) => {
      asked.push(uri);
      const place = { uri, name: 'R', version: version!, ...(runId && { runId }) };
      return { model: { place, description: {} } } as unknown as ReadyModel;
    },
  };
  return { asked, champions: new Champions(registry, models) };
}

describe('champions', () => {
  it('are loaded by version, after the alias was asked for each time', async () => {
    const { asked, champions } = championsOf('3');
    expect((await champions.find('R', 'champion'))?.place).toEqual({
      uri: 'models:/R@champion',
      name: 'R',
      version: '3',
    });
    await champions.find('R', 'champion');
    expect(asked).toEqual(['R@champion', 'models:/R/3', 'R@champion', 'models:/R/3']);
  });

  it('are remembered until the alias is gone', async () => {
    let version: string | undefined = '3';
    const models = {
      load: async (uri: string) =>
        ({ model: { place: { uri, name: 'R', version }, description: {} } }) as unknown as ReadyModel,
    };
    const registry = { findAlias: async () => version, metricsOf: async () => ({}) };
    const champions = new Champions(registry, models);
    expect(champions.last('R', 'a')).toBeUndefined();
    const found = await champions.find('R', 'a');
    expect(champions.last('R', 'a')).toBe(found);
    expect(champions.last('R', 'b')).toBeUndefined();
    for (let i = 0; i < 16; i++) await champions.find('R', `other${i}`);
    expect(champions.last('R', 'a')).toBeUndefined();
    expect(champions.last('R', 'other0')?.place.uri).toBe('models:/R@other0');
    version = undefined;
    await champions.find('R', 'other0');
    expect(champions.last('R', 'other0')).toBeUndefined();
  });

  it('do not exist without the alias', async () => {
    const { asked, champions } = championsOf(undefined);
    expect(await champions.find('R', 'champion')).toBeUndefined();
    expect(asked).toEqual(['R@champion']);
  });

  it('have the metrics that their run logged, if it is known', async () => {
    const metricsWith = async (runId?: string) => {
      const { champions } = championsOf('3', runId);
      return champions.loggedMetrics((await champions.find('R', 'champion'))!);
    };
    expect(await metricsWith('abc')).toEqual({ test_of_abc: 1 });
    expect(await metricsWith()).toEqual({});
  });
});
