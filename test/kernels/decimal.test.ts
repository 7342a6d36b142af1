import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCAN_ENDS } from '../../src/kernels/scanLayout.ts';
import { expectNumber, expectText } from './compare.ts';
import { doubleOf } from './exact.ts';
import { Room } from './room.ts';
import { type ScanOptions, scanText } from './scanning.ts';
import { describeWord, expectWord, isNotWhole, stagedWord } from './stagedWord.ts';

const room = new Room();
/** This cell has more than 8 characters, so the kernel does not read it together with its neighbour. */
const LONG = '123456.1234';
const SHORT = '4.25';

/** Reads texts as a column of numbers, and compares each word with exact arithmetic. */
function expectRead(texts: readonly string[], options: Partial<ScanOptions> = {}): void {
  const point = options.point ?? '.';
  const text = texts.map((one) => `${one}\n`).join('');
  const { reason, words, handedOut } = scanText(room, text, {
    columns: 1,
    endsMax: 2_048,
    spansMax: 2_048 + texts.length,
    ...options,
  });
  expectNumber('reason', reason, SCAN_ENDS.allTaken);
  const out = new Map(handedOut.map((cell) => [cell.row, cell.text]));
  for (const [row, one] of texts.entries()) {
    const expected = stagedWord(one, point);
    const got = out.has(row) ? undefined : words[0]![row];
    expectWord(`the cell "${one}" in row ${row}`, got, expected);
    if (expected === undefined) expectText(`the text of row ${row}`, out.get(row)!, one);
  }
}

/** Reads each text by itself, and together with a short cell before or behind. */
function expectReadEachWay(texts: readonly string[]): void {
  expectRead(texts);
  expectRead(texts.flatMap((text) => [LONG, text]));
  expectRead(texts.flatMap((text) => [text, SHORT]));
  expectRead(texts.flatMap((text) => [LONG, SHORT, text]));
}

const FORMS: readonly (readonly [text: string, word: string])[] = [
  ['', 'missing'],
  ['0', '0 / 10^0'],
  ['+0', '0 / 10^0'],
  ['-7', '-7 / 10^0'],
  ['+7', '7 / 10^0'],
  ['007', '7 / 10^0'],
  ['1.5', '15 / 10^1'],
  ['-.5', '-5 / 10^1'],
  ['.5', '5 / 10^1'],
  ['5.', '5 / 10^0'],
  ['1.50', '150 / 10^2'],
  ['0.00', '0 / 10^2'],
  ['12345678', '12345678 / 10^0'],
  ['1234567.', '1234567 / 10^0'],
  ['.1234567', '1234567 / 10^7'],
  ['2147483646', '2147483646 / 10^0'],
  ['2147483647', 'double 2147483647 (0x41dfffffffc00000)'],
  ['-2147483647', '-2147483647 / 10^0'],
  ['-2147483648', 'double -2147483648 (0xc1e0000000000000)'],
  ['2.147483646', '2147483646 / 10^9'],
  ['-0', 'double 0 (0x8000000000000000)'],
  ['-0.00', 'double 0 (0x8000000000000000)'],
  ['9007199254740993', 'double 9007199254740992 (0x4340000000000000)'],
  ['1e3', 'double 1000 (0x408f400000000000)'],
  ['-1.5E-3', 'double -0.0015 (0xbf589374bc6a7efa)'],
  ['0e5', 'double 0 (0x0)'],
  ['0.0000000000000000000001', '1 / 10^22'],
  ['0.00000000000000000000001', 'double 1e-23 (0x3b282db34012b251)'],
  ['.', 'handed out'],
  ['-', 'handed out'],
  ['+.', 'handed out'],
  ['e5', 'handed out'],
  ['1e', 'handed out'],
  ['1e+', 'handed out'],
  ['1e5.5', 'handed out'],
  ['1.2.3', 'handed out'],
  ['1-2', 'handed out'],
  ['--1', 'handed out'],
  ['1,5', 'handed out'],
  ['12 ', 'handed out'],
  ['/9', 'handed out'],
  ['9:', 'handed out'],
  ['x', 'handed out'],
  ['nan', 'handed out'],
  ['0x10', 'handed out'],
  ['1e99999', 'handed out'],
  ['1e4294967296', 'handed out'],
  ['1e-64', 'double 1e-64 (0x32a50ffd44f4a73d)'],
  ['1e63', 'double 1e+63 (0x4d03726987666191)'],
  ['1e-65', 'handed out'],
  ['1e64', 'handed out'],
  ['12345678901234567891', 'double 12345678901234567000 (0x43e56a95319d63e1)'],
  ['9007199254740993.0001', 'handed out'],
];

describe('decimalWord', () => {
  it.each(FORMS)('reads "%s" as %s', (text, word) => {
    expectText(`the cell "${text}", by exact arithmetic`, describeWord(stagedWord(text)), word);
    expectReadEachWay([text]);
  });

  it('reads 1 to 22 digits with the point anywhere, with and without a sign', () => {
    const texts: string[] = [];
    for (let length = 1; length <= 22; length++) {
      const digits = '9182736450182736455463'.slice(0, length);
      for (let at = 0; at <= length + 1; at++) {
        const number = at > length ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`;
        for (const sign of ['', '-', '+']) texts.push(sign + number);
      }
    }
    expectReadEachWay(texts);
  });

  it('reads the decimal sign that it is given, and no other', () => {
    expectRead(['1,5', '1.5', '12345678901,25', '123456789012345678,5', '1,5e3', '1,5,5'], { point: ',' });
  });

  it('reads any number of digits, with points, signs and zeros', () => {
    const digits = fc.stringMatching(/^[0-9]{0,24}$/);
    const zeros = fc.stringMatching(/^0{0,12}$/);
    const sign = fc.constantFrom('', '', '-', '+');
    const number = fc
      .tuple(sign, zeros, digits, fc.constantFrom('', '.'), zeros, digits)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (texts) => expectRead(texts)),
      { numRuns: 300 },
    );
  });

  it('reads numbers of 16 to 19 digits, as programs write doubles', () => {
    const number = fc
      .tuple(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), fc.integer({ min: 16, max: 19 }))
      .map(([x, digits]) => x.toPrecision(digits));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (texts) => expectRead(texts)),
      { numRuns: 150 },
    );
  });

  it('reads the characters of numbers in any order as numbers, or hands them out', () => {
    const scrap = fc
      .array(fc.constantFrom(...'0123456789..-+eE '), { maxLength: 24 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(scrap, { minLength: 1, maxLength: 60 }), (texts) => expectRead(texts)),
      { numRuns: 300 },
    );
  });

  it('agrees with JavaScript about the value', () => {
    const number = fc.tuple(fc.bigInt(0n, 10n ** 19n - 1n), fc.integer({ min: -60, max: 40 }));
    fc.assert(
      fc.property(number, ([mantissa, exponent]) => {
        const text = `${mantissa}e${exponent}`;
        const { words } = scanText(room, `${text}\n`, { columns: 1 });
        expectNumber(text, doubleOf(words[0]![0]!), Number(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '1',
    '-12345678',
    '1.0',
    '5.',
    '1234567.8',
    '123456789012.25',
    '9007199254740991',
    '9007199254740992',
    '-9007199254740992',
    '123456789012345678',
    '0000123456789012.5',
    '00000000000000000000000005',
    '99999999999999999999',
    '1e0',
    '0.0000000000000000000001',
    '0.0000000000000000000000001',
  ])('says whether "%s" makes a column of doubles', (text) => {
    for (const texts of [[text], [text, '7'], ['7', text], [LONG.slice(0, 5), LONG.replace('.', ''), text]]) {
      const { notWhole } = scanText(room, texts.map((one) => `${one}\n`).join(''), { columns: 1 });
      const expected = texts.some((one) => isNotWhole(one)) ? 1 : 0;
      expectNumber(`the column ${texts}, the mark of doubles`, notWhole[0]!, expected);
    }
  });

  it.each([
    ['9007199254740991', 0],
    ['9007199254740993', 1],
    ['-9007199254740993', 1],
    ['123456789012345678', 1],
    ['18446744073709551616', 1],
    ['99999999999999999999999999', 1],
    ['9007199254740993.0', 0],
    ['90071992547409930.25', 0],
    ['1e20', 0],
    ['123456789012345678901e2', 0],
  ])('says whether "%s" is a whole number beyond the exact doubles', (text, expected) => {
    for (const texts of [[text], [text, '7.5'], ['7.5', text]]) {
      const { large } = scanText(room, texts.map((one) => `${one}\n`).join(''), { columns: 1 });
      expectNumber(`the column ${texts}, the mark of large numbers`, large[0]!, expected);
    }
  });

  it('marks the column alone that has a number which is not whole', () => {
    expect(scanText(room, '1;1.5;2\n1;2;1e3\n', { columns: 3 }).notWhole).toEqual([0, 1, 1]);
  });
});
