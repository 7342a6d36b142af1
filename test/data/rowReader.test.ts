import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/data/readTable.ts';
import { TrainpostError } from '../../src/errors.ts';
import type { ErrorDetails } from '../../src/values/errorData.ts';
import { cellText, DELIMITERS, write } from './csvText.ts';
import { ALL_NAMES, outcomeOf, readChunks, textRowsOf } from './tableText.ts';

const bytes = (text: string) => Buffer.from(text);
const errorOf = (text: string): TrainpostError => {
  try {
    readTable(bytes(text));
  } catch (error) {
    if (error instanceof TrainpostError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
/** The table by rows, header first. */
const rowsOf = (text: string) => textRowsOf(readTable(bytes(text), { textColumns: ALL_NAMES }));

it('reports the format of the file', () => {
  expect(readTable(bytes('a;b\r\n1,5;2\r\n'))).toMatchObject({
    rows: 1,
    format: { encoding: 'utf-8', delimiter: ';', newline: 'crlf', decimalComma: true, warnings: [] },
  });
});

const table = fc.integer({ min: 2, max: 5 }).chain((columns) => {
  // A file with many control characters is not text, and cp1252 has few of Unicode's characters.
  const char = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...',;\t|"\'\r\n abc019.-éß') },
    { weight: 1, arbitrary: fc.constantFrom('€', '„', 'Š', 'Ÿ', 'ÿ') },
  );
  const cell = fc.string({ unit: char, maxLength: 12 });
  return fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
    minLength: 1,
    maxLength: 20,
  });
});
/** Sizes of the first chunks. One more chunk has the rest. */
const chunks = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 });
const writing = fc.record({
  encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
  delimiter: fc.constantFrom(...DELIMITERS),
  newlines: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 3 }),
  gzip: fc.boolean(),
  marked: fc.boolean(),
});

describe('round trips', () => {
  it('lose no column and merge no rows, for any format, window and chunks', () => {
    const options = [fc.boolean(), fc.boolean(), fc.nat(400), chunks] as const;
    fc.assert(
      fc.property(table, writing, ...options, (rows, { marked, ...style }, quoted, endsLast, more, cuts) => {
        // Without a byte order mark, only bytes that are not UTF-8 reveal cp1252. The header puts some into the
        // window.
        const names = rows[0]!.map((_, index) => `é${index}`);
        const bom = style.encoding.startsWith('utf-16') || (marked && style.encoding === 'utf-8');
        const text = [names, ...rows].map((row) =>
          row.map((cell) => cellText(cell, style.delimiter, quoted)),
        );
        const file = write(text, { ...style, bom }, endsLast);
        const header = write(text.slice(0, 1), { ...style, bom, gzip: false }).length;
        const read = readChunks(file, cuts, { sniffBytes: header + more, textColumns: ALL_NAMES });
        expect(textRowsOf(read)).toEqual([names, ...rows]);
        expect(read.format).toMatchObject({ encoding: style.encoding, delimiter: style.delimiter });
      }),
      { numRuns: 2_000 },
    );
  });

  const scrap = fc.string({ unit: fc.constantFrom(...'ab1",;\n\r\t '), maxLength: 80 });
  const limits = { lineChars: 20, cellChars: 12, rows: 6, columns: 4 };

  it('give the same table or error, at any cut', () => {
    fc.assert(
      fc.property(scrap, chunks, (text, cuts) => {
        const outcome = (sizes: readonly number[]) =>
          outcomeOf(() => readChunks(bytes(text), sizes, { limits, textColumns: ALL_NAMES }));
        expect(outcome(cuts)).toEqual(outcome([]));
      }),
      { numRuns: 3_000 },
    );
  });

  it('have a row for each line that is not blank, if there are no quotes', () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom(...'ab1,;\t '), maxLength: 8 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r', '\r\n'), (written, newline) => {
        const found = outcomeOf(() => readChunks(bytes(`a,b\n${written.join(newline)}`), []));
        const kept = written.filter((line) => line.trim() !== '').length;
        if ('rows' in found) expect(found.rows).toBe(kept);
        else expect(found.code).toBe(kept === 0 ? 'no_rows' : 'ragged_row');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('limits', () => {
  const wide = (columns: number) =>
    `${Array.from({ length: columns }, (_, i) => `c${i}`).join()}\n${'1,'.repeat(columns - 1)}1\n`;
  it.each<[string, string, string, ErrorDetails]>([
    ['columns', wide(1_001), 'too_many_columns', { row: 0, limit: 1_000, actual: 1_001 }],
    [
      'a cell',
      `a,b\n1,2\n3,${'x'.repeat(65_537)}\n`,
      'cell_too_long',
      { row: 2, column: 'b', limit: 65_536, actual: 65_537 },
    ],
    ['a name', `a,${'x'.repeat(65_537)}\n1,2\n`, 'cell_too_long', { row: 0, column: '2', limit: 65_536 }],
    [
      'a line',
      `a,b\n1,2\n${'x'.repeat(2 ** 20 - 1)},2\n`,
      'line_too_long',
      { row: 2, limit: 2 ** 20, actual: 2 ** 20 + 1 },
    ],
    [
      'a line made long by a quote',
      `a,b\n1,2\n1,"${'x,1\n'.repeat(300_000)}`,
      'line_too_long',
      { row: 2, limit: 2 ** 20 },
    ],
    ['the header line', 'x'.repeat(2 ** 20 + 1), 'line_too_long', { row: 0, limit: 2 ** 20 }],
  ])('reject %s above them', (_name, text, code, details) => {
    expect(errorOf(text)).toMatchObject({ name: 'DataError', code, details });
  });

  it('accept a table at the limits', () => {
    expect(rowsOf(wide(1_000))[1]).toHaveLength(1_000);
    expect(rowsOf(`a,b\n1,"${'x'.repeat(65_536)}"\n`)[1]?.[1]).toHaveLength(65_536);
    // A line of 2^20 characters: 16 cells and 15 commas, and its line end.
    const cells = ['x'.repeat(65_536), ...Array.from({ length: 15 }, () => 'x'.repeat(65_535))].join();
    expect(cells).toHaveLength(2 ** 20);
    expect(rowsOf(`${wide(16)}${cells}\n`)[2]?.join()).toBe(cells);
  });

  it('are reached quickly by quotes alone, within the time limit of a test', () => {
    expect(errorOf(`a,b\n1,2\n${'"'.repeat(8_000_001)}`)).toMatchObject({
      code: 'line_too_long',
      details: { row: 2 },
    });
    expect(errorOf(`a,b\n1,2\n${'"x'.repeat(4_000_000)}`)).toMatchObject({
      code: 'line_too_long',
      details: { row: 2 },
    });
  });
});
