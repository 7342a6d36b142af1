import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RandomState } from '../../src/data/randomState.ts';
import { FieldError } from '../../src/errors.ts';

type Rows = { all: number[] } | { length: number; head: number[]; sha256: string };

interface Fixture {
  permutations: { seed: number; n: number; permutation: Rows }[];
  streams: { seed: number; calls: { n: number; size: number | null; result: Rows }[] }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../fixtures/split/random_state.json', import.meta.url), 'utf8'),
);

/** In the form of the fixture, so the two can be compared. */
function asRows(values: Uint32Array, expected: Rows): Rows {
  if ('all' in expected) return { all: [...values] };
  const sha256 = createHash('sha256').update(values).digest('hex');
  return { length: values.length, head: [...values.subarray(0, expected.head.length)], sha256 };
}

describe('RandomState', () => {
  it.each(fixture.permutations)('permutes $n numbers from seed $seed like NumPy', (expected) => {
    const got = new RandomState(expected.seed).permutation(expected.n);
    expect(asRows(got, expected.permutation)).toEqual(expected.permutation);
  });

  it.each(fixture.streams)('continues where the last call stopped, from seed $seed', ({ seed, calls }) => {
    const rng = new RandomState(seed);
    for (const { n, size, result } of calls) {
      const got = size === null ? rng.permutation(n) : rng.choice(n, size);
      expect(asRows(got, result)).toEqual(result);
    }
  });

  it('shuffles items like their indices', () => {
    const items = Uint32Array.of(11, 7, 5, 3, 2);
    const order = new RandomState(123).permutation(5);
    const shuffled = items.slice();
    new RandomState(123).shuffle(shuffled);
    expect([...shuffled]).toEqual([...order].map((place) => items[place]));
  });

  it.each([-1, 2 ** 32, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('rejects %d as a seed', (seed) => {
    expect(() => new RandomState(seed)).toThrow(FieldError);
    expect(() => new RandomState(seed)).toThrow(
      expect.objectContaining({
        code: 'random_state_invalid',
        details: { field: 'random_state', value: JSON.stringify(String(seed)), limit: 4294967295 },
      }),
    );
  });
});
