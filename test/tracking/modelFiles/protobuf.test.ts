import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, intField, varint } from '../../../src/tracking/modelFiles/protobuf.ts';

describe('protobuf', () => {
  it.each<[number | bigint, string]>([
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '8001'],
    [150, '9601'],
    [300, 'ac02'],
    [2 ** 32, '8080808010'],
    [-1, 'ffffffffffffffffff01'],
    [2n ** 63n - 1n, 'ffffffffffffffff7f'],
  ])('varint %d', (value, expected) => {
    expect(varint(value).toString('hex')).toBe(expected);
  });

  it('any varint reads back', () => {
    const read = (bytes: Buffer) =>
      bytes.reduce((sum, byte, index) => sum | (BigInt(byte & 0x7f) << BigInt(7 * index)), 0n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const bytes = varint(value);
        expect(read(bytes)).toBe(value);
        expect(bytes.every((byte, index) => byte >= 0x80 === index < bytes.length - 1)).toBe(true);
      }),
    );
  });

  // The two examples of the format's own description.
  it('an int field', () => expect(intField(1, 150).toString('hex')).toBe('089601'));
  it('a text field', () => expect(bytesField(2, 'testing').toString('hex')).toBe('120774657374696e67'));
  it('a field whose number needs two bytes', () => expect(intField(20, 2).toString('hex')).toBe('a00102'));
  it('text counts in bytes', () => expect(bytesField(1, 'é').toString('hex')).toBe('0a02c3a9'));
});
