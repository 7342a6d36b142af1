import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numericColumn } from '../../../../src/engine/local/blocks/numericColumn.ts';
import {
  MARKS,
  openWorkplace,
  partition,
  wholeTable,
} from '../../../../src/engine/local/blocks/partition.ts';
import { RowSetSource } from '../../../../src/engine/local/blocks/rowSetSource.ts';
import { Team } from '../../../../src/engine/local/blocks/team.ts';
import { PackedTextColumn } from '../../../../src/engine/local/blocks/textColumn.ts';
import { partitionOf } from '../../../support/blocks.ts';
import { packTable } from '../../../support/packedTable.ts';

/** One value for each width of packed cells, with and without decimals. */
const NUMBERS = [0, -3, 127, 0.5, -12.25, 300, 70_000, 1.5e9, 1e-9, Math.PI, -0, Number.NaN];
const TEXTS = ['red', 'green', '', 'déjà', undefined];

const N_KEYS = 5;

interface Rows {
  readonly numbers: number[];
  readonly small: number[];
  readonly texts: (string | undefined)[];
  readonly keys: number[];
}

const rows: fc.Arbitrary<Rows> = fc.integer({ min: 1, max: 60 }).chain((n) => {
  const column = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: n, maxLength: n });
  return fc.record({
    numbers: column(fc.constantFrom(...NUMBERS)),
    small: column(fc.integer({ min: -127, max: 127 })),
    // The first cell shows that the column holds text.
    texts: column(fc.constantFrom(...TEXTS)).map((texts) => ['red', ...texts.slice(1)]),
    keys: column(fc.integer({ min: 0, max: N_KEYS - 1 })),
  });
});

/** The rows of these keys, block by block: in a block by ascending key, and within a key in the order of the file. */
function chosen<T>(values: readonly T[], keys: readonly number[], blockRows: number, wanted: number[]): T[] {
  const chosen: T[] = [];
  for (let first = 0; first < values.length; first += blockRows) {
    const places = [...keys.keys()].slice(first, first + blockRows);
    for (const key of wanted)
      chosen.push(...places.filter((i) => keys[i] === key).map((i) => values[i] as T));
  }
  return chosen;
}

const ALL_KEYS = Array.from({ length: N_KEYS }, (_, key) => key);
const KEY_SETS = [
  ...ALL_KEYS.map((key) => [key]),
  ...ALL_KEYS.map((one) => ALL_KEYS.filter((key) => key !== one)),
];

test('each row set has the rows of its keys, for every block size', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 70 }), ({ numbers, small, texts, keys }, blockRows) => {
      const partition = partitionOf([numbers, small, texts], { blockRows, keys: Uint8Array.from(keys) });
      for (const wanted of KEY_SETS) {
        const source = new RowSetSource(partition.rowSet(wanted));
        const own = <T>(values: readonly T[]) => chosen(values, keys, blockRows, wanted);
        expect(source.rowSet.nSamples).toBe(own(keys).length);
        expect([...numericColumn(source, 0).toArray()]).toEqual(own(numbers));
        expect([...numericColumn(source, 1).toArray()]).toEqual(own(small));
        for (const text of TEXTS) {
          if (text === undefined) continue;
          const indicator = [...new PackedTextColumn(source, 2).indicator(text).toArray()];
          expect(indicator).toEqual(own(texts).map((one) => (one === text ? 1 : 0)));
        }
      }
    }),
  );
});

test('neighbouring keys share a span, so that all keys except one have two spans in a block', () => {
  const keys = Uint8Array.from({ length: 40 }, (_, row) => row % N_KEYS);
  const partition = partitionOf([Float64Array.from(keys)], { blockRows: 20, keys });
  const spans = (wanted: number[]) =>
    partition.rowSet(wanted).spans.map(({ block, first, rows }) => [block, first, rows]);
  expect(spans([0, 1, 3, 4])).toEqual([
    [0, 0, 8],
    [0, 12, 8],
    [1, 0, 8],
    [1, 12, 8],
  ]);
  expect(spans([1, 2, 3])).toEqual([
    [0, 4, 12],
    [1, 4, 12],
  ]);
});

test('rows keep their values when they are sorted again by other keys', () => {
  const values = Array.from({ length: 30 }, (_, row) => row);
  const table = packTable([values], 8);
  const workplace = openWorkplace(table, new Team(table.memory));
  const marks = Uint8Array.from(values, (row) => row % 3);
  const train = partition(workplace, marks, 3).rowSet([MARKS.train]);
  // Keys of the rows in their present order: two folds of training rows, and the other rows after them.
  const foldOf = new Map(
    [...numericColumn(new RowSetSource(train), 0).toArray()].map((row, i) => [row, i % 2]),
  );
  const now = [...numericColumn(new RowSetSource(wholeTable(workplace)), 0).toArray()];
  const folds = partition(
    workplace,
    Uint8Array.from(now, (row) => foldOf.get(row) ?? 2),
    3,
  );
  for (const fold of [0, 1]) {
    const rows = [...numericColumn(new RowSetSource(folds.rowSet([fold])), 0).toArray()];
    expect(rows).toEqual([...foldOf].filter(([, one]) => one === fold).map(([row]) => row));
  }
});

test('the whole table, before it is partitioned, is in the order of the file', () => {
  const table = packTable([[3, 1, Number.NaN, 2.5, 7]], 2);
  const whole = new RowSetSource(wholeTable(openWorkplace(table, new Team(table.memory))));
  expect([...numericColumn(whole, 0).toArray()]).toEqual([3, 1, Number.NaN, 2.5, 7]);
  expect(whole.rowSet.statistics(0)).toEqual({ min: 1, max: 7, mean: 3.375, nMissing: 1 });
});

test('dropped rows stay in the table, after the other rows', () => {
  const table = packTable([[1, 2, 3, 4, 5, 6]], 4);
  const workplace = openWorkplace(table, new Team(table.memory));
  partition(workplace, Uint8Array.of(MARKS.dropped, MARKS.test, MARKS.train, MARKS.dropped, 2, 1), 3);
  const whole = new RowSetSource(wholeTable(workplace));
  expect([...numericColumn(whole, 0).toArray()]).toEqual([3, 2, 1, 4, 6, 5]);
});
