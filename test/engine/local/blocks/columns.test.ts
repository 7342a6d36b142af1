import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numericColumn } from '../../../../src/engine/local/blocks/numericColumn.ts';
import { PackedTextColumn } from '../../../../src/engine/local/blocks/textColumn.ts';
import { DenseNumericColumn, DenseTextColumn } from '../../../../src/ml/denseColumn.ts';
import type { NumericColumn, TextColumn } from '../../../../src/ml/frame.ts';
import { sourcesOf } from '../../../support/blocks.ts';

const NUMBERS = [0, -3, 127, 0.5, -12.25, 300, 70_000, 1.5e9, 1e-9, Math.PI, Number.NaN, Number.NaN];
const TEXTS = ['red', 'green', 'déjà', undefined];

type Change<Column> = (column: Column) => NumericColumn;

/** A few steps in any order, of which a note can hold some. */
const changes: fc.Arbitrary<Change<NumericColumn>[]> = fc.array(
  fc.oneof(
    fc.constantFrom(-5, 0.25, Number.NaN).map((value) => (one: NumericColumn) => one.fill(value)),
    fc.tuple(fc.constantFrom(0.1, -3, 1 / 3), fc.constantFrom(0, 0.7, -1e3)).map(
      ([scale, offset]) =>
        (one: NumericColumn) =>
          one.affine(scale, offset),
    ),
    fc.constantFrom([0, 1] as const, [-20, 5] as const).map(
      ([low, high]) =>
        (one: NumericColumn) =>
          one.clip(low, high),
    ),
  ),
  { maxLength: 4 },
);

const tables = fc.tuple(fc.array(fc.constantFrom(...NUMBERS), { minLength: 1, maxLength: 30 }), changes);

function expectSame(got: NumericColumn, expected: NumericColumn): void {
  expect(got.nSamples).toBe(expected.nSamples);
  expect(got.nMissing).toBe(expected.nMissing);
  expect([...got.toArray()]).toEqual([...expected.toArray()]);
  expect(got.range()).toEqual(expected.range());
  expect(got.median()).toBe(expected.median());
  expect(got.mostFrequent()).toBe(expected.mostFrequent());
  if (Number.isNaN(expected.mean())) expect(got.mean()).toBeNaN();
  else
    expect(Math.abs(got.mean() - expected.mean())).toBeLessThanOrEqual(
      1e-15 * Math.abs(expected.range().max) + 1e-7,
    );
}

test('a packed column of numbers equals a dense column after any steps', () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 40 }), ([numbers, steps], blockRows) => {
      const packed: NumericColumn = numericColumn(sourcesOf([numbers], { blockRows }).train, 0);
      const dense: NumericColumn = new DenseNumericColumn(Float64Array.from(numbers));
      expectSame(packed, dense);
      const after = <T>(start: T, take: (value: T, step: Change<NumericColumn>) => T) =>
        steps.reduce(take, start);
      expectSame(
        after(packed, (column, step) => step(column)),
        after(dense, (column, step) => step(column)),
      );
    }),
  );
});

describe('a packed column of text', () => {
  const texts = fc.array(fc.constantFrom(...TEXTS), { maxLength: 30 }).map((some) => ['red', ...some]);
  const asked = [...TEXTS, 'unknown'].filter((text) => text !== undefined);

  test.each(['red', 'unknown', undefined])('equals a dense column if filled with %s', (filler) => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), (cells, blockRows) => {
        let packed: TextColumn = new PackedTextColumn(sourcesOf([cells], { blockRows }).train, 0);
        let dense: TextColumn = DenseTextColumn.of(cells);
        if (filler !== undefined) [packed, dense] = [packed.fill(filler), dense.fill(filler)];
        expect(packed.nSamples).toBe(dense.nSamples);
        expect(packed.nMissing).toBe(dense.nMissing);
        expect([...packed.counts()]).toEqual([...dense.counts()]);
        for (const text of asked) expectSame(packed.indicator(text), dense.indicator(text));
        const scaled = (column: TextColumn) => column.indicator('red').affine(3, -0.1);
        expectSame(scaled(packed), scaled(dense));
      }),
    );
  });
});
