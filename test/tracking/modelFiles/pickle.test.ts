import { describe, expect, it } from 'vitest';
import {
  built,
  call,
  dict,
  float,
  global,
  int,
  list,
  type PyValue,
  pickle,
  tuple,
} from '../../../src/tracking/modelFiles/pickle.ts';

/** Protocol 2, the value, STOP. */
const hex = (value: PyValue) => {
  const bytes = pickle(value).toString('hex');
  expect(bytes).toMatch(/^8002.*2e$/);
  return bytes.slice(4, -2);
};
const text = (value: string) => Buffer.from(value).toString('hex');

// The expected bytes are what CPython's pickle.dumps(value, protocol=2) writes, without its memo.
describe('pickle', () => {
  it.each<[string, PyValue, string]>([
    ['None', null, '4e'],
    ['True', true, '88'],
    ['False', false, '89'],
    ['0', int(0), '4a00000000'],
    ['-1', int(-1), '4affffffff'],
    ['the greatest of 32 bits', int(2 ** 31 - 1), '4affffff7f'],
    ['the least of 32 bits', int(-(2 ** 31)), '4a00000080'],
    ['one more than 32 bits', int(2 ** 31), '8a080000008000000000'],
    ['one less than 32 bits', int(-(2 ** 31) - 1), '8a08ffffff7fffffffff'],
    ['the greatest safe integer', int(Number.MAX_SAFE_INTEGER), '8a08ffffffffffff1f00'],
    ['1.0', float(1), '473ff0000000000000'],
    ['0.1, all 64 bits of it', float(0.1), '473fb999999999999a'],
    ['-0.0', float(-0), '478000000000000000'],
    ['the least positive float', float(5e-324), '470000000000000001'],
    ['NaN', float(Number.NaN), '477ff8000000000000'],
    ['minus infinity', float(-Infinity), '47fff0000000000000'],
    ['empty text', '', '5800000000'],
    ['text, its length in bytes', 'é🌞', `5806000000${text('é🌞')}`],
    ['()', tuple(), '2874'],
    ['(1, "a")', tuple(int(1), 'a'), '284a0100000058010000006174'],
    ['[]', list([]), '5d2865'],
    ['[None, [True]]', list([null, list([true])]), '5d284e5d28886565'],
    ['{}', dict({}), '7d2875'],
    ['{"a": None}', dict({ a: null }), '7d285801000000614e75'],
    ['a name', global('numpy', 'array'), `63${text('numpy\narray\n')}`],
    ['a call', call(global('builtins', 'dict')), `63${text('builtins\ndict\n')}287452`],
    [
      'an object with state',
      built(call(global('m', 'C')), dict({ x: true })),
      `63${text('m\nC\n')}2874527d28580100000078887562`,
    ],
  ])('writes %s', (_, value, expected) => {
    expect(hex(value)).toBe(expected);
  });

  it.each([1.5, Number.NaN, Infinity, 2 ** 63, -(2 ** 64)])('refuses %d as an int', (value) => {
    expect(() => pickle(int(value))).toThrow(RangeError);
  });
});
