import { describe, expect, it } from 'vitest';
import { numberOf } from '../../src/data/column.ts';
import { readTable } from '../../src/data/readTable.ts';
import { readNumbers } from '../../src/data/segments.ts';
import { sharedMemory } from '../../src/kernels/module.ts';

/** Number of texts of each kind. An environment variable sets another number. */
const RUNS = Number(process.env['NUMBER_RUNS'] ?? 40_000);

/** Xorshift (Marsaglia, 2003), so every run has the same texts. */
let seed = 2_463_534_242;
function random(): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) / 2 ** 32;
}
const below = (end: number) => Math.floor(random() * end);
const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('');
const sign = () => ['', '', '', '-', '+'][below(5)] as string;

const bits = new DataView(new ArrayBuffer(8));
/** A positive double with any exponent between these. */
function anyDouble(exponentFrom: number, exponentTo: number): number {
  bits.setUint32(0, ((exponentFrom + below(exponentTo - exponentFrom)) << 20) | below(1 << 20));
  bits.setUint32(4, below(2 ** 32));
  return bits.getFloat64(0);
}

/** `numerator / 10^decimals`, written in decimals. */
function withPoint(numerator: bigint, decimals: number): string {
  const text = numerator.toString().padStart(decimals + 1, '0');
  return decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

/**
 * The middle between a double of 53 bits and the next double, or a number right beside it, times 2^power.
 * The text is exact.
 */
function halfWay(power: number, beside: bigint): string {
  const odd = ((1n << 53n) | (BigInt(below(2 ** 31)) << 21n) | BigInt(below(2 ** 21))) * 2n + 1n;
  if (power >= 0) return ((odd << BigInt(power)) + beside).toString();
  return withPoint(odd * 5n ** BigInt(-power) + beside, -power);
}

/** The first 19 digits of such a middle, which fit in 64 bits, or the next number above them. */
function nearHalfWay(power: number): string {
  const text = halfWay(power, 0n);
  const [whole = '', part = ''] = text.split('.');
  const kept = Math.max(0, 19 - whole.length);
  const first = BigInt(whole + part.slice(0, kept)) + BigInt(below(2));
  return withPoint(first, Math.min(kept, part.length));
}

const KINDS: readonly (readonly [name: string, text: () => string])[] = [
  ['whole numbers', () => sign() + digits(1 + below(22))],
  ['decimal numbers', () => `${sign()}${digits(below(12))}.${digits(1 + below(12))}`],
  ['decimal numbers with many digits', () => `${sign()}${digits(1 + below(4))}.${digits(13 + below(9))}`],
  ['small decimal numbers', () => `${sign()}0.${'0'.repeat(below(12))}${digits(1 + below(17))}`],
  ['numbers with zeros at both ends', () => `${sign()}00${digits(3)}.${digits(2)}000`],
  ['digits after many zeros', () => `${sign()}0.${'0'.repeat(below(26))}${digits(1 + below(26))}`],
  ['more digits than 64 bits hold', () => `${sign()}${digits(below(20))}.${digits(15 + below(20))}`],
  [
    'eight characters at most',
    () => `${below(6) === 0 ? '-' : ''}${digits(below(5))}.${digits(1 + below(3))}`,
  ],
  ['fractions of one', () => String(random() * random())],
  ['doubles of every size', () => sign() + String(anyDouble(0, 2_046))],
  ['doubles of 17 digits', () => sign() + anyDouble(960, 1_090).toPrecision(17)],
  ['doubles of 18 to 21 digits', () => sign() + anyDouble(1_000, 1_060).toPrecision(18 + below(4))],
  [
    'numbers with exponents',
    () => `${sign()}${digits(1 + below(3))}.${digits(below(17))}e${sign()}${below(80)}`,
  ],
  ['numbers as NumPy writes them', () => sign() + anyDouble(900, 1_150).toExponential(18)],
  ['subnormal numbers', () => sign() + anyDouble(0, 3).toExponential(1 + below(20))],
  ['huge exponents', () => `${sign()}${digits(1 + below(19))}e${sign()}${250 + below(100)}`],
  ['exponents without a limit', () => `${sign()}${digits(2)}e${sign()}${digits(1 + below(9))}`],
  ['middles of doubles', () => halfWay(below(12) - 1, BigInt(below(3) - 1))],
  ['middles of small doubles', () => halfWay(-1 - below(60), BigInt(below(3) - 1))],
  ['texts near the middle of doubles', () => nearHalfWay(8 - below(90))],
];

const memory = sharedMemory();

/** Reads any texts as a column of numbers: the window ends after a first row. */
function readColumn(texts: readonly string[], plain: boolean): Float64Array {
  const window = 'a,b\n0,0\n';
  const file = Buffer.from(window + texts.map((text) => `${text},0\n`).join(''));
  return readNumbers(readTable(file, { memory, plain, sniffBytes: window.length }), 0, 1);
}

describe('numbers', () => {
  it.each(KINDS)('are exact: %s', (_name, text) => {
    // Few enough for their differences to be stored as doubles, and some packed blocks.
    for (let left = RUNS; left > 0; left -= 20_000) {
      const texts = Array.from({ length: Math.min(left, 20_000) }, text);
      const values = readColumn(texts, true);
      const wrong = texts.filter((one, row) => !Object.is(values[row], Number(one)));
      expect(wrong.slice(0, 5)).toEqual([]);
    }
  });

  it('are exact in a packed block: up to nine digits', () => {
    for (let decimals = 0; decimals <= 9; decimals += 1) {
      const texts = Array.from({ length: 2_000 }, () =>
        withPoint(BigInt(below(2 ** 31 - 1)), below(decimals + 1)),
      );
      const values = readColumn(texts, true);
      expect(texts.filter((one, row) => !Object.is(values[row], Number(one)))).toEqual([]);
    }
  });

  it('and other texts are distinguished by the grammar', () => {
    const scraps = Array.from({ length: RUNS }, () =>
      Array.from({ length: 1 + below(8) }, () => '0123456789.-+eE '[below(16)]).join(''),
    );
    for (const plain of [true, false]) {
      const values = readColumn(scraps, plain);
      expect(scraps.filter((one, row) => !Object.is(values[row], numberOf(one, false)))).toEqual([]);
    }
  });
});
