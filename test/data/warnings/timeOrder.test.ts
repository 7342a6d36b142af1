import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toDataset } from '../../../src/data/dataset.ts';
import { readTable } from '../../../src/data/readTable.ts';
import { dryRunInput } from '../../../src/engine/local/dryRun/dryRunInput.ts';
import { runCsv } from '../../../src/engine/local/fit/run.ts';
import { planFor } from '../../support/plans.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CODE = 'shuffled_time_order';
const DAY_MS = 86_400_000;
const dayOf = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * DAY_MS).toISOString();

/** A file whose first column has a name and cells of its own. */
function fileOf(name: string, cell: (i: number) => string | number, rows = 60): Buffer {
  const lines = Array.from({ length: rows }, (_, i) => `${cell(i)},${(i * 7) % 13},${i % 2}\n`);
  return Buffer.from(`${name},x,y\n${lines.join('')}`);
}

function warned(file: Buffer, ignore: readonly string[] = []): (string | undefined)[] {
  const { warnings } = toDataset(readTable(file), { ignore, missing: 'error', isShuffled: true });
  return warnings.filter(({ code }) => code === CODE).map(({ column }) => column);
}

describe('a column in the order of the rows', () => {
  it.each<readonly [string, string, (i: number) => string | number]>([
    ['ISO dates', 'when', (i) => dayOf(i).slice(0, 10)],
    ['ISO times', 'when', dayOf],
    ['dates with slashes', 'when', (i) => dayOf(i).slice(0, 10).replaceAll('-', '/')],
    ['equal dates beside each other', 'when', (i) => dayOf(Math.floor(i / 3)).slice(0, 10)],
    ['seconds since 1970', 'when', (i) => 1_600_000_000 + 60 * i],
    ['milliseconds since 1970', 'when', (i) => 1_600_000_000_000 + 60_000 * i],
    ['years', 'Year', (i) => 2000 + Math.floor(i / 6)],
    ['times from 0', 'elapsed_time', (i) => i * 2.5],
    ['a name of two words', 'orderDate', (i) => 20_200_101 + i],
    ['a German name', 'DATUM', (i) => i],
  ])('%s', (_name, name, cell) => {
    expect(warned(fileOf(name, cell))).toEqual([name]);
  });

  it('counts even if it is left out, and if it has more texts than are kept', () => {
    const file = fileOf('when', (i) => dayOf(i).slice(0, 10), 2_000);
    expect(warned(file, ['when'])).toEqual(['when']);
  });
});

describe('no order in time', () => {
  it.each<readonly [string, string, (i: number) => string | number, number]>([
    ['dates in any order', 'date', (i) => dayOf((i * 7) % 60).slice(0, 10), 60],
    ['one late date at the start', 'date', (i) => dayOf(i === 0 ? 99 : i).slice(0, 10), 60],
    ['years in any order', 'year', (i) => 2000 + ((i * 7) % 20), 60],
    ['one year', 'year', () => 2020, 60],
    ['numbers that count the rows', 'id', (i) => i, 60],
    ['large numbers that count the rows', 'id', (i) => 1_600_000_000 + i, 60],
    ['a word that only contains another', 'update', (i) => i, 60],
    ['few rows', 'year', (i) => 2000 + i, 19],
  ])('%s', (_name, name, cell, rows) => {
    expect(warned(fileOf(name, cell, rows))).toEqual([]);
  });

  it('is seen in the diabetes data, nor in a file that is sorted by class as iris is', () => {
    expect(warned(readFileSync(join(ROOT, 'data/diabetes.csv')))).toEqual([]);
    expect(warned(sortedLikeIris())).toEqual([]);
  });
});

/** Like iris: sorted by class, with measures that grow from class to class. */
function sortedLikeIris(): Buffer {
  const rows = Array.from({ length: 150 }, (_, i) => {
    const kind = Math.floor(i / 50);
    return `${(5 + kind * 0.8 + (i % 7) / 10).toFixed(1)},${(1.4 + kind * 2 + (i % 5) / 10).toFixed(1)},${kind}\n`;
  });
  return Buffer.from(`sepal length (cm),petal length (cm),target\n${rows.join('')}`);
}

describe('a training and a dry run', () => {
  const file = fileOf('year', (i) => 2000 + Math.floor(i / 3));
  it.each([
    [{}, [CODE]],
    [{ split: 'last' }, []],
  ])('with %j give the same warning', async (fields, expected) => {
    const plan = await planFor(fields);
    const ofTraining = (await runCsv(file, plan)).warnings.filter(({ code }) => code === CODE);
    const ofDryRun = dryRunInput({ train: readTable(file) }, plan).warnings.filter(
      ({ code }) => code === CODE,
    );
    expect(ofTraining.map(({ code }) => code)).toEqual(expected);
    expect(ofDryRun).toEqual(ofTraining);
  });
});
