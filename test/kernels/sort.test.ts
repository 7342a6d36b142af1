import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { Room } from './room.ts';

const GUARD_BYTES = 64;
const room = new Room();

/** Xorshift (Marsaglia, 2003): the same numbers in every run. */
function randoms(): () => number {
  let state = 2_463_534_242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Sorts positive numbers, every third with a sign, which marks the class of a row.
 * `measureRows` sorts its scores by `sortBySize` at the front of its scratch, and leaves the scores there.
 */
function expectSorted(sizes: ArrayLike<number>): void {
  room.scope(() => {
    const n = sizes.length;
    const isPositive = Uint8Array.from({ length: n }, (_, i) => Number(i % 3 === 0));
    const [codes, proba] = [room.put(isPositive), room.put(Float64Array.from(sizes))];
    const scratchBytes = room.kernels.measureScratchBytes(n);
    const [out, scratch] = [room.take(40), room.take(scratchBytes + GUARD_BYTES)];
    room.kernels.measureRows(codes, codes, proba, n, 1, out, scratch);
    const got = room.doubles(scratch, n).slice();
    expectNumbers((i) => `size of place ${i} of ${n}`, got.map(Math.abs), Float64Array.from(sizes).sort());
    const signed = Float64Array.from(sizes, (size, i) => (isPositive[i] === 1 ? -size : size));
    expectNumbers((i) => `number ${i} of ${n} with its sign, from the least on`, got.sort(), signed.sort());
    const guard = room.bytes(scratch + scratchBytes, GUARD_BYTES);
    expectNumbers((i) => `byte ${i} behind the room`, guard, new Uint8Array(GUARD_BYTES).fill(0xff));
  });
}

describe('sortBySize', () => {
  it.each([1, 2, 3, 31, 32, 33, 34, 40, 64, 129, 1_000])('sorts %d numbers', (n) => {
    const random = randoms();
    for (const size of [random, () => Math.floor(random() * 5) / 4, () => random() ** 30]) {
      expectSorted(Array.from({ length: n }, size));
    }
    expectSorted(Array.from({ length: n }, (_, i) => i));
    expectSorted(Array.from({ length: n }, (_, i) => n - i));
  });

  it.each<[string, (u: number, i: number) => number]>([
    ['spread', (u) => u],
    ['rising', (_u, i) => i / 20_000],
    ['falling', (_u, i) => 1 - i / 20_000],
    ['the same', () => 0.25],
    ['the same but for one', (_u, i) => (i === 7 ? 1 : 0.25)],
    ['few', (u) => Math.round(u * 5)],
    ['crowded at one end', (u) => u ** 40],
    ['crowded in crowds', (u, i) => (i % 3 === 0 ? u : 1e-9 + 1e-18 * u ** 30)],
    ['of any exponent, so that buckets tell little apart', (u) => 2 ** (2_000 * u - 1_000)],
    ['next to nothing, so that the scale of buckets is infinite', (u) => Math.floor(u * 1_000) * 5e-324],
    ['infinite among others', (u, i) => (i % 100 === 0 ? Number.POSITIVE_INFINITY : u)],
  ])('sorts many numbers that are %s', (_name, sizeOf) => {
    const random = randoms();
    expectSorted(Float64Array.from({ length: 20_000 }, (_, i) => sizeOf(random(), i)));
  });

  it('sorts the numbers of a bucket behind a crowd', () => {
    const crowd = Array.from({ length: 4_000 }, (_, i) => i * 1e-13);
    expectSorted([...crowd, 0.500_000_2, 0.500_000_1, 1]);
  });

  it('sorts more numbers than four times its buckets', () => {
    const random = randoms();
    expectSorted(Float64Array.from({ length: 550_000 }, random));
  });

  it('sorts any numbers', () => {
    const size = fc.oneof(
      fc.double({ min: 0, noNaN: true }).map(Math.abs),
      fc.integer({ min: 0, max: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
    );
    fc.assert(fc.property(fc.array(size, { minLength: 1, maxLength: 300 }), expectSorted), { numRuns: 300 });
  });
});
