import fc from 'fast-check';
import { describe, it } from 'vitest';
import { powersOfTen } from '../../src/kernels/powersOfTen.ts';
import { expectNumber, expectText } from './compare.ts';
import { Room } from './room.ts';
import { scanText } from './scanning.ts';
import { expectWord, stagedWord } from './stagedWord.ts';

const POWER_MIN = -64;
const POWER_MAX = 63;
const EXPONENTS = Array.from({ length: POWER_MAX - POWER_MIN + 1 }, (_, i) => POWER_MIN + i);
/** The kernels read mantissas below this number. */
const MANTISSA_END = 10n ** 19n;

const room = new Room();

/** Reads `mantissa * 10^exponent` for each pair, and compares the double with exact arithmetic. */
function expectProducts(numbers: readonly (readonly [mantissa: bigint, exponent: number])[]): void {
  const texts = numbers.map(([mantissa, exponent]) => `${mantissa}e${exponent}`);
  const { words, handedOut } = scanText(room, texts.map((text) => `${text}\n`).join(''), {
    columns: 1,
    endsMax: 2_048,
    spansMax: 2_048 + texts.length,
  });
  const out = new Set(handedOut.map(({ row }) => row));
  for (const [row, text] of texts.entries()) {
    expectWord(text, out.has(row) ? undefined : words[0]![row], stagedWord(text));
  }
}

/** Returns a mantissa whose product with 10^exponent has 54 significant bits: the product is half-way between doubles. */
function halfWay(exponent: number, any: bigint): bigint {
  const [low, high] = [2n ** 53n, 2n ** 54n - 1n];
  const five = 5n ** BigInt(Math.abs(exponent));
  if (exponent < 0) return ((low + any) | 1n) * five;
  const [from, to] = [low / five + 1n, high / five];
  return (from + (any % (to - from + 1n))) | 1n;
}

const mantissa = fc.bigInt(1n, MANTISSA_END - 1n);

describe('powersOfTen', () => {
  it('gives the first 128 bits of each power, rounded up from 10^-27 to 10^-1', () => {
    const table = powersOfTen();
    expectNumber('the length of the table', table.length, 2 * EXPONENTS.length);
    for (const [i, exponent] of EXPONENTS.entries()) {
      const bits = (table[2 * i + 1]! << 64n) | table[2 * i]!;
      // bits * 2^shift <= 10^exponent < (bits + 1) * 2^shift, in whole numbers.
      const [numerator, denominator] =
        exponent >= 0 ? [10n ** BigInt(exponent), 1n] : [1n, 10n ** BigInt(-exponent)];
      const length = numerator.toString(2).length - denominator.toString(2).length;
      const candidates = [length - 128, length - 127].map((shift) =>
        shift >= 0 ? numerator / (denominator << BigInt(shift)) : (numerator << BigInt(-shift)) / denominator,
      );
      const cutOff = candidates.find((one) => one >> 127n === 1n)!;
      const expected = exponent >= -27 && exponent < 0 ? cutOff + 1n : cutOff;
      expectText(`10^${exponent}`, bits.toString(16), expected.toString(16), String(bits - expected));
    }
  });
});

describe('roundedProduct', () => {
  it.each<[string, bigint]>([
    ['1', 1n],
    ['10^18, a power of ten itself', 10n ** 18n],
    ['2^53 - 1, the last safe number', 2n ** 53n - 1n],
    ['2^53', 2n ** 53n],
    ['2^53 + 1, half-way between two doubles', 2n ** 53n + 1n],
    ['2^53 + 3, half-way and rounded up', 2n ** 53n + 3n],
    ['2^63 - 1', 2n ** 63n - 1n],
    ['2^63', 2n ** 63n],
    ['19 nines', MANTISSA_END - 1n],
  ])('multiplies %s by every power of ten', (_name, one) => {
    expectProducts(EXPONENTS.map((exponent) => [one, exponent]));
  });

  it('gives the nearest double for any mantissa and every exponent', () => {
    fc.assert(
      fc.property(fc.array(mantissa, { minLength: 3, maxLength: 8 }), (mantissas) =>
        expectProducts(EXPONENTS.flatMap((exponent) => mantissas.map((one) => [one, exponent] as const))),
      ),
      { numRuns: 40 },
    );
  });

  it('takes the even double half-way between two doubles, and the nearest double right beside', () => {
    const number = fc
      .tuple(fc.integer({ min: -4, max: 23 }), fc.bigInt(0n, 2n ** 53n), fc.constantFrom(-1n, 0n, 1n))
      .map(([exponent, any, beside]) => [halfWay(exponent, any) + beside, exponent] as const)
      .filter(([one]) => one > 0n && one < MANTISSA_END);
    fc.assert(fc.property(fc.array(number, { minLength: 50, maxLength: 100 }), expectProducts), {
      numRuns: 100,
    });
  });

  it('decides by 128 bits how to round the 19 digits on both sides of such a middle', () => {
    const near = fc.tuple(fc.bigInt(2n ** 52n, 2n ** 53n - 1n), fc.integer({ min: -230, max: 190 }));
    const numbers = fc.array(near, { minLength: 1, maxLength: 50 }).map((all) =>
      all.flatMap(([double, power]) => {
        const middle = 2n * double + 1n;
        // The first 19 digits of middle * 2^power, and its exponent of ten.
        const scale = 10n ** 90n;
        const scaled = power >= 0 ? (middle * scale) << BigInt(power) : (middle * scale) >> BigInt(-power);
        const digits = scaled.toString();
        const exponent = digits.length - 90 - 19;
        const first = BigInt(digits.slice(0, 19));
        return exponent < POWER_MIN || exponent > POWER_MAX || first + 1n >= MANTISSA_END
          ? []
          : ([
              [first, exponent],
              [first + 1n, exponent],
            ] as [bigint, number][]);
      }),
    );
    fc.assert(fc.property(numbers, expectProducts), { numRuns: 150 });
  });
});
