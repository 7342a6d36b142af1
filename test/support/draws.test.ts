import { afterEach, describe, expect, it, vi } from 'vitest';

const CASES = Array.from({ length: 90 }, (_, index) => index);

async function drawnWith(env: { readonly seed: number; readonly tries?: string }, share: number) {
  vi.stubEnv('TEST_SEED', String(env.seed));
  vi.stubEnv('TEST_TRIES', env.tries ?? '');
  vi.resetModules();
  const { drawn } = await import('./draws.ts');
  return drawn(CASES, share);
}
afterEach(() => void vi.unstubAllEnvs());

describe('drawn', () => {
  it('gives a share of the cases, each once and in order', async () => {
    const some = await drawnWith({ seed: 1 }, 1 / 3);
    expect(some).toHaveLength(30);
    expect(some).toEqual([...new Set(some)].sort((a, b) => a - b));
  });

  it('gives the same cases for the same seed, and other cases for another seed', async () => {
    const some = await drawnWith({ seed: 1 }, 1 / 3);
    expect(await drawnWith({ seed: 1 }, 1 / 3)).toEqual(some);
    expect(await drawnWith({ seed: 2 }, 1 / 3)).not.toEqual(some);
  });

  it('draws every case sooner or later', async () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 40; seed++) for (const one of await drawnWith({ seed }, 1 / 3)) seen.add(one);
    expect(seen.size).toBe(CASES.length);
  });

  it('gives one case if the share is 0, and all cases with TEST_TRIES=all', async () => {
    expect(await drawnWith({ seed: 1 }, 0)).toHaveLength(1);
    expect(await drawnWith({ seed: 1, tries: 'all' }, 0)).toEqual(CASES);
  });
});
