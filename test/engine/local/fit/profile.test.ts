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

  it.each([0, 1, 2, 3])('has deciles of some thousand training rows of the number column %i', (place) => {
    const bins = profile[place]!;
    if (bins.kind !== 'number') throw new Error('not a number column');
    expect(bins.edges).toHaveLength(9);
    expect(bins.edges).toEqual([...bins.edges].sort((a, b) => a - b));
    const counted = bins.counts.reduce((sum, rows) => sum + rows, 0);
    expect(counted + bins.missing).toBeGreaterThan(1_000);
    expect(counted + bins.missing).toBeLessThanOrEqual(2_048);
    const values = train.map(({ cells }) => cells[place] as number | null);
    const all = new Array<number>(bins.edges.length + 1).fill(0);
    for (const value of values) {
      if (value !== null) all[bins.edges.filter((edge) => value > edge).length]!++;
    }
    const present = values.filter((value) => value !== null).length;
    for (const [bin, rows] of bins.counts.entries()) {
      expect(Math.abs(rows / counted - 0.1), `bin ${bin}`).toBeLessThan(0.02);
      expect(Math.abs(all[bin]! / present - 0.1), `bin ${bin}`).toBeLessThan(0.02);
    }
    const missing = 1 - present / train.length;
    expect(Math.abs(bins.missing / (counted + bins.missing) - missing)).toBeLessThan(0.02);
  });

  it('counts each row of a smaller file, of whole numbers far apart and of reals', async () => {
    const cells = (i: number) => [(i * 37) % 101, (i % 50) * 1e5, (i * 7) % 13 === 0 ? '' : Math.sin(i), -i];
    const lines = Array.from({ length: 400 }, (_, i) => [...cells(i), i % 2].join());
    const csv = new TextEncoder().encode(['near,far,real,below,y', ...lines].join('\n'));
    const plan = await planFor({ split: 'last', test_size: '0.25', missing: 'mean' });
    const { profile: found = [] } = await runCsv(csv, plan);
    for (const [place, bins] of found.entries()) {
      if (bins.kind !== 'number') throw new Error('not a number column');
      const values = Array.from({ length: 300 }, (_, i) => cells(i)[place]!);
      const numbers = values.filter((value) => value !== '').map(Number);
      const counts = new Array<number>(bins.edges.length + 1).fill(0);
      for (const value of numbers) counts[bins.edges.filter((edge) => value > edge).length]!++;
      expect(bins.counts, bins.name).toEqual(counts);
      expect(bins.missing, bins.name).toBe(300 - numbers.length);
      const sorted = numbers.toSorted((a, b) => a - b);
      const deciles = Array.from(
        { length: 9 },
        (_, k) => sorted[Math.ceil(((k + 1) * sorted.length) / 10) - 1]! + 0,
      );
      expect(bins.edges, bins.name).toEqual([...new Set(deciles)]);
    }
  });

  it('is that of all rows, if every row of a part repeats with a period', async () => {
    // Rows at equal distances would all have the same value.
    const lines = Array.from({ length: 40_960 }, (_, i) => `${i % 10},${(i * i) % 7},${i % 2}`);
    const csv = new TextEncoder().encode(['sensor,x,y', ...lines].join('\n'));
    const { profile: found = [] } = await runCsv(
      csv,
      await planFor({ split: 'last', test_size: '0.1', max_iter: '1' }),
    );
    const [sensor] = found;
    if (sensor?.kind !== 'number') throw new Error('not a number column');
    const total = sensor.counts.reduce((sum, rows) => sum + rows, 0);
    let upTo = 0;
    for (const [bin, edge] of sensor.edges.entries()) {
      upTo += sensor.counts[bin]!;
      expect(Math.abs(upTo / total - (edge + 1) / 10)).toBeLessThan(0.02);
    }
    expect(sensor.edges.length).toBeGreaterThan(5);
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
