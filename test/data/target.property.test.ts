import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarget, type Target } from '../../src/data/target.ts';
import type { ClassLabel } from '../../src/values/dataset.ts';
import { packTable } from '../support/packedTable.ts';
import { classesOf, labelsOf, verdictOf } from './targets.ts';

const nan = Number.NaN;
/** Few labels of all widths, so that classes have rows. The label of a dropped row does not matter. */
const wholes = fc.uniqueArray(
  fc.oneof(
    fc.integer({ min: -127, max: 127 }),
    fc.integer({ min: -32_767, max: 32_767 }),
    fc.integer({ min: -2_147_483_647, max: 2_147_483_647 }),
    fc.constantFrom(0, -128, -32_768, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)),
  ),
  { minLength: 1, maxLength: 12 },
);
const row = fc.record({
  place: fc.nat(),
  dropped: fc.constantFrom(0, 0, 0, 1),
  instead: fc.constantFrom(nan, nan, 0.5, 0.25, -0.125, Number.POSITIVE_INFINITY, 40_000, undefined),
});
const rows = fc.array(row, { minLength: 1, maxLength: 60 }).chain((picks) =>
  fc.constantFrom(
    picks,
    picks.map((pick) => ({ ...pick, dropped: 0 })),
  ),
);

/** As in `toDataset`: undefined if all rows remain. */
function droppedOf(picks: readonly { readonly dropped: number }[]): Uint8Array | undefined {
  return picks.some(({ dropped }) => dropped === 1)
    ? Uint8Array.from(picks, ({ dropped }) => dropped)
    : undefined;
}

/** The result of `readTarget` for these labels, which are undefined in dropped rows. */
function expectTarget<Label extends ClassLabel>(
  found: () => Target,
  labels: readonly (Label | undefined)[],
  order: (a: Label, b: Label) => number,
): void {
  const kept = labels.filter((label) => label !== undefined);
  const classes = [...new Set(kept)].sort(order);
  if (classes.length < 2) {
    expect(verdictOf(found)).toMatchObject({ code: classes.length === 1 ? 'one_class' : 'all_rows_dropped' });
  } else if (kept.length >= 20 && classes.length > kept.length / 2) {
    expect(verdictOf(found)).toMatchObject({
      code: 'continuous_target',
      details: { actual: classes.length },
    });
  } else {
    const target = found();
    expect(labelsOf(target)).toEqual(labels);
    expect(classesOf(target)).toEqual(
      classes.map((label) => [label, kept.filter((one) => one === label).length]),
    );
  }
}

describe('readTarget, for any rows', () => {
  it('sorts numbers of all widths by value', () => {
    fc.assert(
      fc.property(wholes, rows, fc.integer({ min: 1, max: 17 }), (values, picks, blockRows) => {
        const labelOf = (pick: number) => values[pick % values.length]!;
        const cells = picks.map(({ place, dropped, instead }) =>
          dropped === 1 && instead !== undefined ? instead : labelOf(place),
        );
        const dropped = droppedOf(picks);
        const table = packTable([cells], blockRows);
        const labels = picks.map((pick) => (pick.dropped === 1 ? undefined : labelOf(pick.place)));
        expectTarget(
          () => readTarget(table, 0, dropped),
          labels,
          (a, b) => a - b,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('sorts texts in UTF-8 order', () => {
    const words = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom(...'ab 1Zé\uFF21\u{1F600}'), maxLength: 3 }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(words, rows, fc.integer({ min: 1, max: 17 }), (values, picks, blockRows) => {
        const labelOf = (pick: number) => values[pick % values.length]!;
        const cells = picks.map(({ place, dropped, instead }) =>
          dropped === 1 && Number.isNaN(instead) ? undefined : labelOf(place),
        );
        fc.pre(cells.some((cell) => cell !== undefined));
        const dropped = droppedOf(picks);
        const table = packTable([cells], blockRows);
        const labels = picks.map((pick) => (pick.dropped === 1 ? undefined : labelOf(pick.place)));
        expectTarget(
          () => readTarget(table, 0, dropped),
          labels,
          (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
