import { describe, expect, test } from 'vitest';
import { ValueError } from '../../src/ml/errors.ts';
import { encodeLabels } from '../../src/ml/labelEncoding.ts';
import type { Labels } from '../../src/ml/labels.ts';

describe('encodeLabels', () => {
  test.each<[string, Labels, readonly (number | string)[], string, number[]]>([
    ['whole numbers by value', [10, 9, 10, -1], [-1, 9, 10], 'int64', [2, 1, 2, 0]],
    ['a typed array', new Float64Array([1, 0, 1]), [0, 1], 'int64', [1, 0, 1]],
    ['both zeros as one', [0, -0, 1], [0, 1], 'int64', [0, 0, 1]],
    ['reals', [0.5, 2, 0.5], [0.5, 2], 'float64', [0, 1, 0]],
    ['text by code point', ['b', 'B', 'a', 'ä'], ['B', 'a', 'b', 'ä'], 'object', [2, 0, 1, 3]],
    ['text that looks like numbers', ['10', '9'], ['10', '9'], 'object', [0, 1]],
    ['a text before a longer one', ['ab', 'a', ''], ['', 'a', 'ab'], 'object', [2, 1, 0]],
    // In UTF-16 order the emoji, two surrogates, would come before the private character.
    ['characters beyond 16 bits', ['😀', '\ue000'], ['\ue000', '😀'], 'object', [1, 0]],
    ['names of an object', ['constructor', '__proto__'], ['__proto__', 'constructor'], 'object', [1, 0]],
  ])('sorts %s', (_, y, classes, dtype, codes) => {
    expect(encodeLabels(y)).toEqual({ classes, dtype, codes: Int32Array.from(codes) });
  });

  test.each<[string, unknown[]]>([
    ['numbers among text', ['1', 1]],
    ['NaN', [1, Number.NaN]],
    ['infinity', [1, Number.POSITIVE_INFINITY]],
    ['nothing', [1, undefined]],
    ['truth values', [true, false]],
  ])('rejects %s', (_, y) => {
    expect(() => encodeLabels(y as number[])).toThrow(ValueError);
  });
});
