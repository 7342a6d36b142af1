import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/data/csv.ts';
import { NotATableError, type TrainpostError } from '../../src/errors.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const errorOf = (text: string | Uint8Array): TrainpostError => {
  try {
    parseCsv(typeof text === 'string' ? bytes(text) : text);
  } catch (error) {
    return error as TrainpostError;
  }
  throw new Error('nothing was thrown');
};

describe('parseCsv', () => {
  it.each([
    [
      'LF',
      'a,b\n1,2\n3,4\n',
      [
        ['1', '3'],
        ['2', '4'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\n1,2\r\n3,4\r\n',
      [
        ['1', '3'],
        ['2', '4'],
      ],
    ],
    [
      'mixed line ends',
      'a,b\n1,2\r\n3,4\n5,6',
      [
        ['1', '3', '5'],
        ['2', '4', '6'],
      ],
    ],
    ['no line end at the end', 'a,b\n1,2', [['1'], ['2']]],
    [
      'blank lines',
      '\na,b\n\n1,2\r\n\r\n3,4\n\n',
      [
        ['1', '3'],
        ['2', '4'],
      ],
    ],
    ['a byte order mark', '\uFEFFa,b\n1,2', [['1'], ['2']]],
    ['quotes', 'a,b\n"1,5","say ""x"""\n', [['1,5'], ['say "x"']]],
    [
      'quotes before CRLF',
      'a,b\n"1","2"\r\n3,4',
      [
        ['1', '3'],
        ['2', '4'],
      ],
    ],
    ['a line end inside quotes', 'a,b\n"1\n2",3', [['1\n2'], ['3']]],
    [
      'empty cells',
      'a,b\n,\n1,',
      [
        ['', '1'],
        ['', ''],
      ],
    ],
  ])('reads %s', (_name, text, cells) => {
    const table = parseCsv(bytes(text));
    expect(table).toEqual({ names: ['a', 'b'], cells, rows: cells[0]?.length });
  });

  it('keeps columns that are named as what every object has', () => {
    expect(parseCsv(bytes('__proto__,constructor,y\n1,2,0\n')).names).toEqual([
      '__proto__',
      'constructor',
      'y',
    ]);
  });

  it.each([
    ['nothing', '', 'empty_file', {}],
    ['blank lines alone', '\n\r\n\n', 'empty_file', {}],
    ['a header alone', 'a,b\n', 'no_rows', { actual: 0 }],
    ['a short row', 'a,b\n1,2\n3\n', 'ragged_row', { row: 2, limit: 2, actual: 1 }],
    ['a long row', 'a,b\n1,2,3\n', 'ragged_row', { row: 1, limit: 2, actual: 3 }],
    ['a doubled name', 'a,b,a\n1,2,3', 'duplicate_column', { column: 'a' }],
    ['an empty name', 'a,,c\n1,2,3', 'empty_column_name', { column: '2' }],
    ['a quote that is never closed', 'a,b\n1,2\n"3,4\n5,6', 'malformed_quote', { row: 2 }],
    ['text after a closing quote', 'a,b\n"1"x,2\n', 'malformed_quote', { row: 1 }],
  ])('refuses %s', (_name, text, code, details) => {
    expect(errorOf(text)).toMatchObject({ name: 'DataError', code, details });
  });

  it.each([
    ['a PNG', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    ['a zip', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0])],
    ['bytes that are no UTF-8', new Uint8Array([0x61, 0x2c, 0x62, 0x0a, 0xff, 0xfe, 0x0a])],
  ])('calls %s no table', (_name, content) => {
    expect(errorOf(content)).toBeInstanceOf(NotATableError);
  });

  it('reads whatever Papa Parse writes, cell by cell', () => {
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => !/[\0\r\uFEFF]/.test(text));
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 20 }),
      );
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, newline) => {
        const names = rows[0]!.map((_, index) => `c${index}`);
        const text = Papa.unparse([names, ...rows], { newline, quotes: true });
        const read = parseCsv(bytes(text));
        expect(read.rows).toBe(rows.length);
        expect(read.cells).toEqual(names.map((_, index) => rows.map((row) => row[index])));
      }),
      { numRuns: 500 },
    );
  });
});
