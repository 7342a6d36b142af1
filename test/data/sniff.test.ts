import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sniff } from '../../src/data/sniff.ts';
import { encode } from './csvText.ts';

const text = (content: string) => sniff(Buffer.from(content));

describe('sniff', () => {
  it('describes an ordinary file as plain data', () => {
    const format = sniff(readFileSync(join(import.meta.dirname, '../../data/diabetes.csv')));
    expect(structuredClone(format)).toEqual({
      encoding: 'utf-8',
      bomBytes: 0,
      delimiter: ',',
      newline: 'lf',
      decimalComma: false,
      warnings: [],
    });
  });

  it.each([
    ['ASCII', Buffer.from('a,b\n1,2\n'), 'utf-8', 0, []],
    ['UTF-8', Buffer.from('ä,b\n1,🌞\n'), 'utf-8', 0, []],
    ['UTF-8 with a byte order mark', encode('ä,b\n1,2\n', { encoding: 'utf-8', bom: true }), 'utf-8', 3, []],
    ['UTF-16 LE', encode('ä,b\n1,2\n', { encoding: 'utf-16le', bom: true }), 'utf-16le', 2, []],
    ['UTF-16 BE', encode('ä,b\n1,2\n', { encoding: 'utf-16be', bom: true }), 'utf-16be', 2, []],
    [
      'Windows-1252',
      encode('ä,b\n1,€\n', { encoding: 'windows-1252', bom: false }),
      'windows-1252',
      0,
      ['assumed_cp1252'],
    ],
    [
      'bad bytes after the byte order mark of UTF-8',
      Buffer.from('\xef\xbb\xbfa,b\n1,\xe4\n', 'latin1'),
      'utf-8',
      3,
      [],
    ],
  ])('accepts %s', (_name, bytes, encoding, bomBytes, codes) => {
    const format = sniff(bytes);
    expect(format).toMatchObject({ encoding, bomBytes, delimiter: ',' });
    expect(format.warnings.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['the only candidate', 'a;b;c\n1;2;3\n', ';'],
    ['tabs', 'a\tb\n1,5\t2\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['semicolons between decimal commas', 'a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['commas, though cells have semicolons', 'a,b\nx;y,1\nx;y;z,2\n', ','],
    ['commas, though cells have as many semicolons', 'a,b\nx;y,1\nx;y,2\n', ','],
    ['semicolons, though a quoted name has a comma', '"a,b";c\n1,5;2\n', ';'],
    ['semicolons, though quoted cells have commas', 'a;b\n"1,2";3\n"1,2,3";4\n', ';'],
    ['the delimiter that makes most rows complete', 'a;b,c;d\n1;2;3\n4;5;6\n7;8\n', ';'],
    ['a delimiter with a ragged row', 'a;b\n1;2\n3\n4;5\n', ';'],
    ['a header alone with one candidate', 'a;b', ';'],
    ['a header alone with a tie: the comma', 'a;b,c', ','],
    ['one column: the comma', 'a\n1\n', ','],
    ['nothing: the comma', '', ','],
  ])('finds the delimiter: %s', (_name, content, delimiter) => {
    expect(text(content).delimiter).toBe(delimiter);
  });

  it.each([
    ['a,b\n1,2\n', 'lf'],
    ['a,b\r\n1,2\r\n', 'crlf'],
    ['a,b\r1,2\r', 'cr'],
    ['a,b\r\n1,2\n', 'mixed'],
    ['a,b\n1,2\r', 'mixed'],
    ['a,b\r\n"1\n\r",2\r\n', 'crlf'],
    ['a,b', 'lf'],
  ])('finds the line ends of %j: %s', (content, newline) => {
    expect(text(content).newline).toBe(newline);
  });

  it.each([
    ['a;b\n1,5;2\n', true],
    ['a;b\n,5;-2,5e3\n', true],
    ['a;b\n1,5;x\n2,5;1.234\n', true],
    ['a;b\n1.5;2\n', false],
    ['a;b\n1,5;2.5\n', false],
    ['a;b\nx,y;2\n', false],
    ['a;b\n1;2\n', false],
    ['a,b\n"1,5","2,5"\n', false],
    ['a\tb\n1,5\t2\n', true],
    ['a|b\n1.234,5|2\n', true],
    ['a;b\n1,234.5;2\n', false],
    ['a;b\n1,234;1,5\n', true],
    ['a;b\n1.234;2,5\n', true],
  ])('finds the decimal comma of %j: %s', (content, decimalComma) => {
    expect(text(content).decimalComma).toBe(decimalComma);
  });

  it('examines only its window', () => {
    const start = 'a;b\r\n1;2\r\n';
    const end = Buffer.from('3,5;4,5\nä;1\n', 'latin1');
    const bytes = Buffer.concat([Buffer.from(start), end]);
    expect(sniff(bytes, start.length)).toMatchObject({
      encoding: 'utf-8',
      newline: 'crlf',
      decimalComma: false,
    });
    expect(sniff(bytes, start.length - 1)).toMatchObject({ newline: 'crlf', delimiter: ';' });
    expect(sniff(bytes)).toMatchObject({ encoding: 'windows-1252', newline: 'mixed', decimalComma: true });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('accepts a character that its window of %d bytes cuts', (size) => {
    expect(sniff(Buffer.from('🌞🌞,b\n1,2\n'), size).encoding).toBe('utf-8');
  });
});
