import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumber } from './compare.ts';
import { Room } from './room.ts';

const EPSILON = 2 ** -52;
const NAMES = ['true ones', 'predicted ones', 'both ones', 'loss', 'twice the wins'] as const;
const room = new Room();

interface Row {
  readonly code: number;
  readonly predicted: number;
  /** The probability of class 1. */
  readonly proba: number;
}

/** Does the work of `measureRows`: counts, losses row by row, and a comparison of all pairs of rows. */
function plainMeasure(rows: readonly Row[], positive: number): number[] {
  const count = (isCounted: (row: Row) => boolean) => rows.filter(isCounted).length;
  const loss = ({ code, proba }: Row) => {
    const own = code === 1 ? proba : 1 - proba;
    return -Math.log(Math.min(Math.max(own, EPSILON), 1 - EPSILON));
  };
  const scoreOf = ({ proba }: Row) => (positive === 1 ? proba : 1 - proba);
  let wins = 0;
  for (const winner of rows) {
    for (const loser of rows) {
      if (winner.code !== positive || loser.code === positive) continue;
      const lead = scoreOf(winner) - scoreOf(loser);
      wins += lead > 0 ? 2 : Number(lead === 0);
    }
  }
  const isEachNumber = rows.every(({ proba }) => !Number.isNaN(proba));
  return [
    count(({ code }) => code === 1),
    count(({ predicted }) => predicted === 1),
    count(({ code, predicted }) => code === 1 && predicted === 1),
    isEachNumber ? rows.reduce((sum, row) => sum + loss(row), 0) : Number.NaN,
    isEachNumber ? wins : Number.NaN,
  ];
}

function expectMeasured(rows: readonly Row[], positive: number): void {
  room.scope(() => {
    const codes = room.put(Uint8Array.from(rows, ({ code }) => code));
    const predicted = room.put(Uint8Array.from(rows, (row) => row.predicted));
    const proba = room.put(Float64Array.from(rows, (row) => row.proba));
    const out = room.take(NAMES.length * 8);
    const scratch = room.take(room.kernels.measureScratchBytes(rows.length));
    room.kernels.measureRows(codes, predicted, proba, rows.length, positive, out, scratch);
    const got = room.doubles(out, NAMES.length);
    const input = () => `class ${positive} in the rows ${JSON.stringify(rows)}`;
    for (const [i, expected] of plainMeasure(rows, positive).entries()) {
      // Counts are exact. Each factor of a product adds a rounding error to the logarithm of the product.
      const tolerance = i === 3 ? EPSILON * (rows.length + (rows.length + 2) * expected) : 0;
      expectNumber(() => `${NAMES[i]} of ${input()}`, got[i]!, expected, tolerance);
    }
  });
}

const rowsOf = (...rows: readonly (readonly [code: number, predicted: number, proba: number])[]): Row[] =>
  rows.map(([code, predicted, proba]) => ({ code, predicted, proba }));

describe('measureRows', () => {
  it.each<[string, Row[]]>([
    ['one row', rowsOf([1, 1, 0.75])],
    ['both classes, all right', rowsOf([1, 1, 0.75], [0, 0, 0.25])],
    ['both classes, all wrong', rowsOf([1, 0, 0.25], [0, 1, 0.75])],
    ['the same probability', rowsOf([1, 1, 0.5], [0, 1, 0.5], [1, 1, 0.5])],
    ['one class alone', rowsOf([1, 1, 0.5], [1, 0, 0.25])],
    ['the other class alone', rowsOf([0, 1, 0.5], [0, 0, 0.25])],
    ['probabilities of 0 and 1', rowsOf([1, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0])],
    [
      'probabilities nearer to 0 and 1 than the margin',
      rowsOf([1, 0, 1e-300], [0, 1, 1 - 2 ** -53], [1, 1, 5e-324]),
    ],
    ['a probability that is NaN', rowsOf([1, 1, 0.5], [0, 0, Number.NaN], [0, 1, 0.25])],
    ['a last probability that is NaN', rowsOf([1, 1, 0.5], [0, 0, 0.5], [0, 1, Number.NaN])],
    ['many probabilities of 0', rowsOf(...Array<[1, 0, 0]>(80).fill([1, 0, 0]))],
    ['many rows', rowsOf(...Array.from({ length: 67 }, (_, i) => [i % 2, (i >> 1) % 2, i / 67] as const))],
  ])('measures %s', (_name, rows) => {
    for (const positive of [0, 1]) expectMeasured(rows, positive);
  });

  it('measures what plain loops do', () => {
    const proba = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
      fc.integer({ min: 0, max: 8 }).map((part) => part / 8),
      fc.constantFrom(0, 1, 5e-324, 1 - 2 ** -53, 2 ** -52, 2 ** -53),
    );
    const row = fc.record({ code: fc.nat(1), predicted: fc.nat(1), proba });
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 120 }), fc.nat(1), expectMeasured), {
      numRuns: 500,
    });
  });
});
