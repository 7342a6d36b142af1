import { KINDS } from '../../src/data/table.ts';
import { SEALED } from '../../src/kernels/scanLayout.ts';
import { expectNumber, expectNumbers } from './compare.ts';
import { doubleOf } from './exact.ts';
import {
  decimalsOf,
  describeWord,
  FIRST_MISSING_WORD,
  isNumber,
  MISSING_WORD,
  OTHER_WORD,
} from './stagedWord.ts';
import { type Kind, packedCells } from './tables.ts';

/** The kinds of whole numbers and their limits: a kind holds numbers from -limit to limit. */
const LIMITS = [
  ['int8', 127n],
  ['int16', 32_767n],
  ['int32', 2_147_483_647n],
] as const;

interface Sealed {
  readonly kind: Kind;
  readonly decimals: number;
  readonly missing: number;
  readonly others: number;
  /** Missing cells with the column's first word for missing. */
  readonly words: number;
  /** Undefined: no cell is missing. */
  readonly firstMissing: number | undefined;
  readonly cells: readonly number[];
}

const isMissing = (word: bigint) => word === MISSING_WORD || word === FIRST_MISSING_WORD;
const isValue = (word: bigint) => !isMissing(word) && word !== OTHER_WORD;
const wholeOf = (word: bigint) => BigInt.asIntN(32, word);

/** Returns what `seal` must make of staged words: whole numbers with equal decimals if 32 bits hold them, else doubles. */
function plainSeal(words: readonly bigint[]): Sealed {
  const firstMissing = words.findIndex(isMissing);
  const counts = {
    missing: words.filter(isMissing).length,
    words: words.filter((word) => word === FIRST_MISSING_WORD).length,
    others: words.filter((word) => word === OTHER_WORD).length,
    firstMissing: firstMissing < 0 ? undefined : firstMissing,
  };
  const values = words.filter(isValue);
  const doubles = { ...counts, kind: 'float64', decimals: 0, cells: words.map(doubleOfWord) } as const;
  if (!values.every(isNumber)) return doubles;
  const decimals = Math.max(0, ...values.map(decimalsOf));
  const wholes = words.map((word) =>
    isValue(word) ? wholeOf(word) * 10n ** BigInt(decimals - decimalsOf(word)) : undefined,
  );
  const fits = (limit: bigint) =>
    wholes.every((whole) => whole === undefined || (whole >= -limit && whole <= limit));
  const [kind] = LIMITS.find(([, limit]) => fits(limit)) ?? [];
  if (kind === undefined) return doubles;
  return { ...counts, kind, decimals, cells: wholes.map((whole) => Number(whole ?? Number.NaN)) };
}

function doubleOfWord(word: bigint): number {
  if (!isValue(word)) return Number.NaN;
  return isNumber(word) ? Number(wholeOf(word)) / Number(`1e${decimalsOf(word)}`) : doubleOf(word);
}

/**
 * Fails if `seal` has not made the expected segment of the staged words.
 * @param result the result of `seal`, as u32
 * @param segment the bytes of the segment
 */
export function expectSealed(words: readonly bigint[], result: Uint32Array, segment: Uint8Array): void {
  const expected = plainSeal(words);
  const input = `seal of ${words.length} words`;
  const all = `${input} (${words.slice(0, 20).map(describeWord).join(', ')})`;
  expectNumber(`${all}: kind`, result[0]!, KINDS[expected.kind]);
  expectNumber(`${all}: decimals`, result[1]!, expected.decimals);
  expectNumber(`${all}: missing cells`, result[2]!, expected.missing);
  expectNumber(`${all}: other cells`, result[3]!, expected.others);
  if (expected.firstMissing !== undefined) {
    expectNumber(`${all}: the first missing cell`, result[4]!, expected.firstMissing);
  }
  expectNumber(`${all}: cells with a word for missing`, result[SEALED.words]!, expected.words);
  const bytes = packedCells(expected);
  const width = bytes.length / words.length;
  // Doubles are compared as numbers, because a missing cell may be any NaN.
  const [got, right] =
    expected.kind === 'float64'
      ? [new Float64Array(segment.slice(0, bytes.length).buffer), new Float64Array(bytes.buffer)]
      : [segment.subarray(0, bytes.length), bytes];
  const inRow = (i: number) => (expected.kind === 'float64' ? i : Math.floor(i / width));
  expectNumbers((i) => `${input}: row ${inRow(i)}, ${describeWord(words[inRow(i)])}`, got, right);
}

/** Returns the bytes of the expected segment. */
export function segmentBytes(words: readonly bigint[]): number {
  return packedCells(plainSeal(words)).length;
}
