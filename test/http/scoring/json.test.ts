import { describe, expect, it } from 'vitest';
import { BodyError } from '../../../src/errors.ts';
import { readJson } from '../../../src/http/scoring/json.ts';

const utf8 = (text: string) => Buffer.from(text);
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const utf32 = (text: string, isLittle: boolean) => {
  const points = [...text].map((char) => char.codePointAt(0) as number);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach(
    (point, at) => void (isLittle ? bytes.writeUInt32LE(point, at * 4) : bytes.writeUInt32BE(point, at * 4)),
  );
  return bytes;
};
const TEXT = '{"a":["é😀",1]}';
const VALUE = { a: ['é😀', 1] };

describe('readJson', () => {
  it.each([
    ['UTF-8', utf8(TEXT)],
    ['UTF-8 with a mark', utf8(`\ufeff${TEXT}`)],
    ['UTF-16 LE', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16 BE', utf16be(TEXT)],
    ['UTF-16 BE with a mark', utf16be(`\ufeff${TEXT}`)],
    ['UTF-32 LE', utf32(TEXT, true)],
    ['UTF-32 LE with a mark', utf32(`\ufeff${TEXT}`, true)],
    ['UTF-32 BE', utf32(TEXT, false)],
    ['UTF-32 BE with a mark', utf32(`\ufeff${TEXT}`, false)],
  ])('reads %s', (_name, bytes) => {
    expect(readJson(bytes)).toEqual(VALUE);
  });

  it.each<[string, unknown]>([
    ['[NaN, 1]', [null, 1]],
    ['[Infinity,-Infinity]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['{"NaN":NaN,"b":"Infinity \\" NaN"}', { NaN: null, b: 'Infinity " NaN' }],
    ['["\\\\",NaN]', ['\\', null]],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":NaN,"a":2}', { a: 2 }],
    ['  [1]\n', [1]],
    ['[1e400]', [Number.POSITIVE_INFINITY]],
  ])('reads %s', (text, value) => {
    expect(readJson(utf8(text))).toEqual(value);
  });

  it.each([
    '',
    '{',
    '[nan]',
    '[-NaN]',
    '[NaNN]',
    '[1Infinity]',
    '[Infinity1]',
    '[+Infinity]',
    "['a']",
    '[1,]',
    '"a\nb"',
    '[NaN',
    '["NaN]',
    '['.repeat(101) + ']'.repeat(101),
  ])('rejects %s', (text) => {
    expect(() => readJson(utf8(text))).toThrow(BodyError);
  });

  it('rejects bytes that are no text', () => {
    expect(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/not valid UTF-8/);
    expect(() => readJson(Buffer.from([0x22, 0, 0, 0, 0, 0, 0x11, 0]))).toThrow(/not valid UTF-32LE/);
  });

  it('says where the fault is, and nothing of the data', () => {
    const error = (() => {
      try {
        return readJson(utf8('{"secret": 5 6}'));
      } catch (cause) {
        return cause as BodyError;
      }
    })() as BodyError;
    expect(error.details.position).toBe(14);
    expect(error.message).not.toMatch(/secret|5/);
  });

  it('takes brackets in texts for text', () => {
    expect(readJson(utf8(JSON.stringify(['['.repeat(500)])))).toEqual(['['.repeat(500)]);
  });
});
