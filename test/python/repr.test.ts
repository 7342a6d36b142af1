import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pyBoolRepr, pyFloatRepr, pyStringPieces, pyStringRepr } from '../../src/python/repr.ts';

/** CPython printed each right side. */
describe('pyFloatRepr', () => {
  test.each([
    [1, '1.0'],
    [0, '0.0'],
    [-0, '-0.0'],
    [0.5, '0.5'],
    [-0.1, '-0.1'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1e-05'],
    [0.0000123, '1.23e-05'],
    [1e-10, '1e-10'],
    [5e-324, '5e-324'],
    [123456789.12345678, '123456789.12345678'],
    [1e15, '1000000000000000.0'],
    [1234567890123456, '1234567890123456.0'],
    [1e16, '1e+16'],
    [-1.5e16, '-1.5e+16'],
    [1e21, '1e+21'],
    [1e100, '1e+100'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d is %s', (value, text) => {
    expect(pyFloatRepr(value)).toBe(text);
  });

  test('every double reads back as the same value, and looks like a float to Python', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = pyFloatRepr(value);
        expect(Number(text)).toBe(value);
        expect(text).toMatch(/^-?\d+(\.\d+|(\.\d+)?e[+-]\d{2,3})$/);
      }),
    );
  });
});

describe('pyStringRepr', () => {
  test.each([
    ['\u007f', "'\\x7f'"],
    ['\u00a0', "'\\xa0'"],
    ['\u0007 \u2028', "'\\x07 \\u2028'"],
    ['\u{e0001}', "'\\U000e0001'"],
    ['é 🌞', "'é 🌞'"],
  ])('writes unprintable characters as code points: %j', (text, repr) => {
    expect(pyStringRepr(text)).toBe(repr);
  });

  test.each([
    ['scaler', "'scaler'"],
    ["it's", '"it\'s"'],
    [`both ' and "`, `'both \\' and "'`],
    ['a\\b', "'a\\\\b'"],
    ['line\nend\r\t', "'line\\nend\\r\\t'"],
  ])('%j', (text, repr) => {
    expect(pyStringRepr(text)).toBe(repr);
  });
});

test.each([
  ['a text that fits', 'ab cd', 20, 0, ["'ab cd'"]],
  ['after blanks', 'ab cd  ef', 6, 0, ["'ab '", "'cd  '", "'ef'"]],
  ['with room for following characters', 'ab cd', 7, 1, ["'ab '", "'cd'"]],
  ['not within a word', 'abcdefghij', 5, 0, ["'abcdefghij'"]],
  ['after line ends', 'a\nb', 5, 0, ["'a\\n'", "'b'"]],
])('pyStringPieces: %s', (_, text, width, allowance, expected) => {
  expect(pyStringPieces(text, width, allowance)).toEqual(expected);
});

test('pyBoolRepr', () => {
  expect([pyBoolRepr(true), pyBoolRepr(false)]).toEqual(['True', 'False']);
});
