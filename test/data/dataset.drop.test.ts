import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDataset } from '../../src/data/dataset.ts';
import { readTable } from '../../src/data/readTable.ts';
import { NO_CLASS } from '../../src/data/target.ts';
import { TrainpostError } from '../../src/errors.ts';
import { packTable } from '../support/packedTable.ts';
import { classesOf, labelsOf } from './targets.ts';

const read = (text: string, ignore: readonly string[] = []) =>
  toDataset(readTable(new TextEncoder().encode(text)), { missing: 'drop', ignore });
const errorOf = (text: string): TrainpostError => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof TrainpostError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('toDataset with missing=drop', () => {
  it('drops rows with a missing feature or label, and classes that only they have', () => {
    const dataset = read('a,b,t\n1,x,2\n,y,0\n3,NA,5\n4,x,1\n5,z,\n6,y,2\n');
    expect(dataset.dropped).toEqual(Uint8Array.of(0, 1, 1, 0, 1, 0));
    expect(dataset.rows).toBe(3);
    expect(classesOf(dataset.target)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect([...dataset.target.codes]).toEqual([1, NO_CLASS, NO_CLASS, 0, NO_CLASS, 1]);
  });

  it('keeps rows whose only missing value is in an ignored column', () => {
    const text = 'a,b,t\n1,,0\n2,7,1\n,8,1\n';
    expect(read(text, ['b'])).toMatchObject({
      rows: 2,
      dropped: Uint8Array.of(0, 0, 1),
    });
    expect(read('a,b,t\n1,,0\n2,7,1\n', ['b'])).toMatchObject({
      rows: 2,
      dropped: undefined,
    });
  });

  it.each([
    ['a,b,t\n1,,0\n,2,1\n', 'all_rows_dropped', { field: 'missing', actual: 0 }],
    ['a,t\n,0\nNA,1\n', 'all_rows_dropped', { field: 'missing', actual: 0 }],
    ['a,t\n1,\n2,\n', 'all_rows_dropped', { field: 'missing', actual: 0 }],
    ['a,t\n1,0\n,1\n3,0\n', 'one_class', { column: 't', value: '0' }],
    ['a,t\n1,0\n,1\n3,0.5\n', 'continuous_target', { row: 3, column: 't', value: '0.5' }],
  ])('rejects %j: %s', (text, code, details) => {
    expect(errorOf(text)).toMatchObject({ code, details });
  });

  it('keeps exactly the complete rows, and their classes', () => {
    const nan = Number.NaN;
    const gap = <T>(arbitrary: fc.Arbitrary<T>, none: T) =>
      fc.oneof({ weight: 6, arbitrary }, { weight: 1, arbitrary: fc.constant(none) });
    const number = gap(fc.constantFrom(0, 1, -3, 0.25, 300, 70_000, 1e300), nan);
    const row = fc.tuple(
      number,
      gap(fc.constantFrom<string | undefined>('x', 'y', 'z'), undefined),
      number,
      gap(fc.constantFrom(-7, 0, 1, 500), nan),
    );
    const ignored = fc.subarray(['x0', 'x1', 'x2'], { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 17 }),
        ignored,
        (rows, blockRows, ignore) => {
          const isWhole = (cells: (typeof rows)[number]) =>
            cells.every(
              (cell, index) => ignore.includes(`x${index}`) || !(cell === undefined || Number.isNaN(cell)),
            );
          const kept = rows.filter(isWhole);
          const classes = [...new Set(kept.map(([, , , label]) => label))].sort((a, b) => a - b);
          fc.pre(classes.length > 1 && rows.some(([, text]) => text !== undefined));
          const columns = [
            rows.map(([cell]) => cell),
            rows.map(([, cell]) => cell),
            rows.map(([, , cell]) => cell),
            rows.map(([, , , cell]) => cell),
          ];
          const dataset = toDataset(packTable(columns, blockRows), { missing: 'drop', ignore });
          expect(dataset.rows).toBe(kept.length);
          expect(dataset.dropped && [...dataset.dropped]).toEqual(
            kept.length === rows.length ? undefined : rows.map((cells) => (isWhole(cells) ? 0 : 1)),
          );
          expect(classesOf(dataset.target)).toEqual(
            classes.map((label) => [label, kept.filter((cells) => cells[3] === label).length]),
          );
          expect(labelsOf(dataset.target)).toEqual(
            rows.map((cells) => (isWhole(cells) ? cells[3] : undefined)),
          );
          expect(dataset.features.map(({ name }) => name)).toEqual(
            ['x0', 'x1', 'x2'].filter((name) => !ignore.includes(name)),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
