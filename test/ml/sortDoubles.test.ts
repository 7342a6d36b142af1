import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortDoubles } from '../../src/ml/sortDoubles.ts';

function expectSorted(values: Float64Array): void {
  const got = values.slice();
  sortDoubles(got);
  expect(got).toEqual(values.toSorted());
}

test('sorts any values like the built-in sort', () => {
  // The built-in sort puts -0 before 0, which makes no difference for probabilities.
  const value = fc.double().map((x) => x + 0);
  fc.assert(
    fc.property(fc.float64Array({ maxLength: 300 }), (values) => {
      expectSorted(values.map((x) => x + 0));
    }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), (values) => expectSorted(Float64Array.from(values))),
  );
});

const N = 20_000;
const spread = (i: number) => ((i * 7919) % N) / N;

test.each<[string, (i: number) => number]>([
  ['evenly spread', spread],
  ['all equal', () => 0.3],
  ['two values', (i) => i % 2],
  ['crowded at one end', (i) => spread(i) ** 20],
  ['all but one in one bucket', (i) => (i === 77 ? 1 : 1e-9 * spread(i))],
  ['crowded at each depth', (i) => 10 ** (-300 * spread(i))],
  ['in order', (i) => i],
  ['in reverse order', (i) => -i],
  ['some infinite values', (i) => (i % 500 === 0 ? Number.POSITIVE_INFINITY : spread(i))],
  ['some NaN', (i) => (i % 500 === 0 ? Number.NaN : spread(i))],
  ['wider than a double', (i) => (spread(i) - 0.5) * 2 * Number.MAX_VALUE],
])('%s', (_, valueAt) => {
  expectSorted(Float64Array.from({ length: N }, (_value, i) => valueAt(i)));
});
