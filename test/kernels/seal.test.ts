import fc from 'fast-check';
import { describe, it } from 'vitest';
import { SEALED_BYTES } from '../../src/kernels/scanLayout.ts';
import { expectNumbers } from './compare.ts';
import { bitsOf } from './exact.ts';
import { Room } from './room.ts';
import { expectSealed } from './sealing.ts';
import { FIRST_MISSING_WORD, MISSING_WORD, numberWord, OTHER_WORD } from './stagedWord.ts';

const room = new Room();
/** `seal` may write 8 bytes a row and so many bytes behind. */
const SLACK_BYTES = 24;
const GUARD_BYTES = 32;
const INT32_MAX = 2_147_483_647;

/** Seals words, and compares the segment and the counts with a plain loop. Bytes behind the segment must stay. */
function expectSegment(words: readonly bigint[]): void {
  room.scope(() => {
    // The word behind the last word would make any column a column of doubles.
    const staged = room.put(BigUint64Array.from([...words, bitsOf(0)]));
    const result = room.take(SEALED_BYTES);
    const segmentBytes = 8 * words.length + SLACK_BYTES;
    const out = room.take(segmentBytes + GUARD_BYTES);
    room.kernels.seal(staged, words.length, out, result);
    expectSealed(words, room.words(result, SEALED_BYTES / 4), room.bytes(out, segmentBytes));
    const guard = room.bytes(out + segmentBytes, GUARD_BYTES);
    expectNumbers((i) => `byte ${i} behind the room for ${words.length} rows`, guard, guardOf(GUARD_BYTES));
  });
}

const guardOf = (length: number) => new Uint8Array(length).fill(0xff);
const numbers = (values: readonly number[], decimals = 0) =>
  values.map((value) => numberWord(value, decimals));
const doubles = (...values: number[]) => values.map(bitsOf);

const CASES: readonly (readonly [name: string, words: readonly bigint[]])[] = [
  ['one number', numbers([5])],
  ['the limits of 8 bits', numbers([-127, 127])],
  ['a number below 8 bits', numbers([-128, 1])],
  ['a number above 8 bits', numbers([1, 128])],
  ['the limits of 16 bits', numbers([-32_767, 32_767, 0])],
  ['a number below 16 bits', numbers([-32_768])],
  ['a number above 16 bits', numbers([32_768])],
  ['the limits of 32 bits', numbers([-INT32_MAX, INT32_MAX - 1])],
  ['numbers with decimals', numbers([125, -50], 2)],
  ['many decimals', numbers([1, 2], 22)],
  ['different decimals', [...numbers([15], 1), ...numbers([2]), ...numbers([-333], 3)]],
  ['zeros with different decimals', [...numbers([0], 0), ...numbers([0], 22)]],
  ['an alignment that just fits', [...numbers([214_748_364]), ...numbers([7], 1)]],
  ['an alignment to the greatest number', [...numbers([214_748_364]), ...numbers([INT32_MAX - 1], 1)]],
  ['an alignment that is too large', [...numbers([214_748_365]), ...numbers([7], 1)]],
  ['an alignment that is too small', [...numbers([-214_748_365]), ...numbers([7], 1)]],
  ['an alignment by more than 32 bits', [...numbers([1]), ...numbers([7], 15)]],
  ['missing cells', [...numbers([1]), MISSING_WORD, MISSING_WORD, ...numbers([-2])]],
  ['missing cells and decimals', [MISSING_WORD, ...numbers([1], 2), ...numbers([300])]],
  ['missing cells of 16 bits', [...numbers([1_000]), MISSING_WORD]],
  ['missing cells of 32 bits', [...numbers([1_000_000]), MISSING_WORD]],
  ['other cells before missing ones', [OTHER_WORD, ...numbers([1]), OTHER_WORD, MISSING_WORD]],
  ['missing cells alone', [MISSING_WORD, MISSING_WORD, MISSING_WORD]],
  ['words for missing', [FIRST_MISSING_WORD, ...numbers([7], 1), MISSING_WORD, FIRST_MISSING_WORD]],
  ['words for missing among doubles', [...doubles(0.1), FIRST_MISSING_WORD, OTHER_WORD]],
  ['other cells alone', [OTHER_WORD]],
  ['doubles', doubles(0.1, -1e300, Number.POSITIVE_INFINITY, -0)],
  ['doubles among numbers', [...numbers([15], 1), ...doubles(1e-9), ...numbers([-7], 22)]],
  ['doubles and missing cells', [...doubles(0.5), MISSING_WORD, OTHER_WORD, ...numbers([3])]],
];

describe('seal', () => {
  it.each(CASES)('packs %s', (_name, words) => {
    // The kernel reads two words at a time, and narrows 16 words at a time.
    for (const count of [1, 2, 3, 8, 17]) expectSegment(Array.from({ length: count }, () => words).flat());
  });

  it.each([
    ['a missing cell', MISSING_WORD],
    ['a word for missing', FIRST_MISSING_WORD],
    ['an other cell', OTHER_WORD],
    ['a double', bitsOf(0.1)],
    ['a number of 16 bits', numberWord(-300, 0)],
    ['a number of 32 bits', numberWord(70_000, 0)],
    ['a decimal', numberWord(7, 1)],
  ])('sees %s at any place', (_name, word) => {
    for (let rows = 1; rows <= 37; rows++) {
      for (let at = 0; at < rows; at++) expectSegment(numbers(Array(rows).fill(3)).with(at, word));
    }
  });

  it('packs what a plain loop does', () => {
    const number = (limit: number, decimals: fc.Arbitrary<number>) =>
      fc.tuple(fc.integer({ min: -limit, max: limit }), decimals).map(([one, d]) => numberWord(one, d));
    const decimals = fc.oneof(
      fc.constant(2),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 22 }),
    );
    const few = (word: fc.Arbitrary<bigint>) =>
      fc.oneof(
        { weight: 30, arbitrary: word },
        { weight: 1, arbitrary: fc.constantFrom(MISSING_WORD, FIRST_MISSING_WORD, OTHER_WORD) },
      );
    const columns = [100, 30_000, INT32_MAX - 1].flatMap((limit) => [
      number(limit, fc.constant(0)),
      number(limit, fc.constant(2)),
      few(number(limit, fc.constant(1))),
      few(number(limit, decimals)),
      few(fc.oneof(number(limit, decimals), fc.double({ noNaN: true }).map(bitsOf))),
    ]);
    const words = fc.oneof(...columns.map((word) => fc.array(word, { minLength: 1, maxLength: 70 })));
    fc.assert(fc.property(words, expectSegment), { numRuns: 2_000 });
  });
});
