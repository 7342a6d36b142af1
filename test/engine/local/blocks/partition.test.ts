import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  MARKS,
  openWorkplace,
  partition,
  wholeTable,
} from '../../../../src/engine/local/blocks/partition.ts';
import { Team } from '../../../../src/engine/local/blocks/team.ts';
import { partsOf } from '../../../support/blocks.ts';
import { packTable } from '../../../support/packedTable.ts';

/** One value for each width that cells are packed in, with decimals and without. */
const NUMBERS = [0, -3, 127, 0.5, -12.25, 300, 70_000, 1.5e9, 1e-9, Math.PI, -0, Number.NaN];
const TEXTS = ['red', 'green', '', 'déjà', undefined];

interface Rows {
  readonly numbers: number[];
  readonly small: number[];
  readonly texts: (string | undefined)[];
  readonly marks: number[];
}

const rows: fc.Arbitrary<Rows> = fc.integer({ min: 1, max: 60 }).chain((n) => {
  const column = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: n, maxLength: n });
  return fc.record({
    numbers: column(fc.constantFrom(...NUMBERS)),
    small: column(fc.integer({ min: -127, max: 127 })),
    // The first one shows that the column holds text.
    texts: column(fc.constantFrom(...TEXTS)).map((texts) => ['red', ...texts.slice(1)]),
    marks: column(fc.constantFrom(...Object.values(MARKS))),
  });
});

function chosen<T>(values: readonly T[], marks: readonly number[], mark: number): T[] {
  return values.filter((_, i) => marks[i] === mark);
}

test('each rowSet has its rows in the order of the file, at every size of a block', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 70 }), ({ numbers, small, texts, marks }, blockRows) => {
      const parts = partsOf([numbers, small, texts], { blockRows, marks: Uint8Array.from(marks) });
      for (const name of ['train', 'test'] as const) {
        const rowSet = parts[name];
        const own = <T>(values: readonly T[]) => chosen(values, marks, MARKS[name]);
        expect(rowSet.nSamples).toBe(own(marks).length);
        expect([...rowSet.numericColumn(0).toArray()]).toEqual(own(numbers));
        expect([...rowSet.numericColumn(1).toArray()]).toEqual(own(small));
        for (const text of TEXTS) {
          if (text === undefined) continue;
          const indicator = [...rowSet.textColumn(2).indicator(text).toArray()];
          expect(indicator).toEqual(own(texts).map((one) => (one === text ? 1 : 0)));
        }
      }
    }),
  );
});

test('the whole table, before it is partitioned, is in the order of the file', () => {
  const table = packTable([[3, 1, Number.NaN, 2.5, 7]], 2);
  const whole = wholeTable(openWorkplace(table, new Team(table.memory)));
  expect([...whole.numericColumn(0).toArray()]).toEqual([3, 1, Number.NaN, 2.5, 7]);
  expect(whole.statistics(0)).toEqual({ min: 1, max: 7, sum: 13.5, nMissing: 1 });
});

test('dropped rows stay in the table, behind the others', () => {
  const table = packTable([[1, 2, 3, 4, 5, 6]], 4);
  const workplace = openWorkplace(table, new Team(table.memory));
  partition(workplace, Uint8Array.of(2, 1, 0, 2, 1, 0));
  expect([...wholeTable(workplace).numericColumn(0).toArray()]).toEqual([3, 2, 1, 4, 6, 5]);
});
