import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import type { ColumnBins } from '../../../../src/values/loadedModel.ts';
import { planFor } from '../../../support/plans.ts';

/** Rows of four columns: whole numbers, numbers with missing cells, reals of any size, and text. */
const ROWS = 70_000;
const NAMES = ['whole', 'part', 'real', 'wide', 'text'] as const;

interface Row {
  readonly cells: readonly (number | string | null)[];
  readonly part: 'train' | 'test';
}

const rows: readonly Row[] = Array.from({ length: ROWS }, (_, i) => {
  const draw = (i * 7_919) % 10_007;
  return {
    cells: [
      draw % 100,
      i % 5 === 0 ? null : draw / 100,
      Math.sin(i) * 10 ** (i % 40),
      i < 40_000 ? draw * 1_000 : draw / 1_000,
      i % 11 === 0 ? null : `t${(draw * draw) % 83}`,
    ],
    part: i % 3 === 0 ? 'test' : 'train',
  };
});

const CSV = new TextEncoder().encode(
  [
    [...NAMES, 'part_of', 'y'].join(),
    ...rows.map(({ cells, part }, i) => [...cells.map((cell) => cell ?? ''), part, i % 2].join()),
  ].join('\n'),
);

const train = rows.filter(({ part }) => part === 'train');

async function profileOf(): Promise<readonly ColumnBins[]> {
  const plan = await planFor({ missing: 'mean', split: 'column:part_of', max_iter: '1' });
  return (await runCsv(CSV, plan)).profile ?? [];
}

describe('trainingProfile', async () => {
  const profile = await profileOf();

  it('has the features in their order', () => {
    expect(profile.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each([0, 1, 2, 3])('counts all training rows of the number column %i by its edges', (place) => {
    const bins = profile[place]!;
    if (bins.kind !== 'number') throw new Error('not a number column');
    const values = train.map(({ cells }) => cells[place] as number | null);
    const counts = new Array<number>(bins.edges.length + 1).fill(0);
    for (const value of values) {
      if (value !== null) counts[bins.edges.filter((edge) => value > edge).length]!++;
    }
    expect(bins.counts).toEqual(counts);
    expect(bins.missing).toBe(values.filter((value) => value === null).length);
    expect(bins.edges).toHaveLength(9);
    expect(bins.edges).toEqual([...bins.edges].sort((a, b) => a - b));
    // The edges come from a sample.
    const share = counts.map((rows) => rows / (train.length - bins.missing));
    for (const one of share) expect(Math.abs(one - 0.1)).toBeLessThan(0.02);
  });

  it('lists the 50 most frequent texts', () => {
    const bins = profile[4]!;
    if (bins.kind !== 'text') throw new Error('not a text column');
    const counted = new Map<string, number>();
    for (const { cells } of train) {
      const text = cells[4] as string | null;
      if (text !== null) counted.set(text, (counted.get(text) ?? 0) + 1);
    }
    const wanted = [...counted].sort(([s, a], [t, b]) => b - a || (s < t ? -1 : 1)).slice(0, 50);
    expect(counted.size).toBeLessThanOrEqual(83);
    expect(bins.categories).toEqual(wanted.slice(0, 50).map(([text]) => text));
    expect(bins.counts).toEqual(wanted.map(([, rows]) => rows));
    expect(bins.missing).toBe(train.filter(({ cells }) => cells[4] === null).length);
    const listed = wanted.reduce((sum, [, rows]) => sum + rows, 0);
    expect(bins.others).toBe(train.length - listed - bins.missing);
  });

  it('has one edge for a column of one value, and two for one of two', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `7,${i % 2},${i % 4 < 2 ? 'true' : 'false'},${i % 2}`);
    const csv = new TextEncoder().encode(['one,two,truth,y', ...lines].join('\n'));
    const { profile: few } = await runCsv(csv, await planFor({ split: 'last', test_size: '0.5' }));
    expect(few).toEqual([
      { name: 'one', kind: 'number', edges: [7], counts: [20, 0], missing: 0 },
      { name: 'two', kind: 'number', edges: [0, 1], counts: [10, 10, 0], missing: 0 },
      { name: 'truth', kind: 'number', edges: [0, 1], counts: [10, 10, 0], missing: 0 },
    ]);
  });
});
