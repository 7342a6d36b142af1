import { describe, expect, it } from 'vitest';
import { decode, type Encoding, PieceDecoder } from '../../src/data/encoding.ts';
import { encode } from './csvText.ts';
import { chunksOf } from './tableText.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('decode', () => {
  it('decodes the bytes 0x80 to 0x9F of Windows-1252 that have a character like Python', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index).filter(
      (byte) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte),
    );
    // bytes(...).decode('cp1252')
    const text = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
    expect(decode(bytes, 'windows-1252')).toEqual({ text, badAt: -1 });
  });

  it.each<[Encoding, string, number]>([
    ['utf-8', '61c3a4', -1],
    ['utf-8', '61c3a4ff62', 2],
    ['utf-8', '61ef41', 1],
    ['utf-8', '61efbf41', 1],
    ['utf-8', 'efbfbdff', 1],
    ['utf-8', 'f09f8c9ef09f8c', 2],
    ['utf-8', 'eda080', 0],
    ['windows-1252', '61e481', 2],
    ['utf-16le', '61003dd81edf', -1],
    ['utf-16le', '61003dd86100', 1],
    ['utf-16le', '61001edf', 1],
    ['utf-16le', '610062', 1],
    ['utf-16be', '0061d83d', 1],
    ['utf-16be', '006100', 1],
    ['utf-16be', 'd83d006100', 0],
  ])('finds in %s bytes %s the first bad character at %d', (encoding, bytes, badAt) => {
    expect(decode(hex(bytes), encoding).badAt).toBe(badAt);
  });
});

describe('PieceDecoder', () => {
  it.each<[Encoding, string]>([
    ['utf-8', 'aä€🌞🌞b'],
    ['utf-16le', 'aä€🌞🌞b'],
    ['utf-16be', 'aä€🌞🌞b'],
    ['windows-1252', 'aä€b'],
  ])('cuts no character of %s', (encoding, text) => {
    const bytes = encode(text, { encoding, bom: false });
    for (let size = 1; size <= bytes.length; size += 1) {
      const decoder = new PieceDecoder(encoding);
      const pieces = chunksOf(bytes.length, size).map((_, index) =>
        decoder.push(bytes.subarray(index * size, (index + 1) * size)),
      );
      pieces.push(decoder.end());
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      expect(pieces.every(({ badAt }) => badAt === -1)).toBe(true);
      if (size === 1) expect(pieces.filter((piece) => piece.text !== '')).toHaveLength([...text].length);
    }
  });

  it.each<[Encoding, string]>([
    ['utf-8', 'f09f8c'],
    ['utf-16le', '3dd81e'],
    ['utf-16be', 'd83d'],
  ])('ends with the incomplete character of %s', (encoding, cut) => {
    const decoder = new PieceDecoder(encoding);
    expect(decoder.push(hex(cut))).toEqual({ text: '', badAt: -1 });
    expect(decoder.end().badAt).toBe(0);
  });
});
