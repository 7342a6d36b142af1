import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCAN_ENDS } from '../../src/kernels/scanLayout.ts';
import { expectNumber, expectText } from './compare.ts';
import { Room } from './room.ts';
import { type HandedOut, type ScanOptions, scanText } from './scanning.ts';
import { expectWord, MISSING_WORD, numberWord, stagedWord } from './stagedWord.ts';

const room = new Room();

/** Does the work of `scan` by a plain loop over the lines of a text and their cells. */
function plainScan(text: string, options: ScanOptions) {
  const { columns, delimiter = ';', row = 0, rowsMax = 1_000_000, lineBytesMax = 1_000_000 } = options;
  const words: (bigint | undefined)[][] = Array.from({ length: columns }, () => []);
  const handedOut: HandedOut[] = [];
  const lines = text.split('\n').slice(0, -1);
  let [reason, rows, taken]: [number, number, number] = [SCAN_ENDS.allTaken, row, 0];
  for (const line of lines) {
    const cells = line.split(delimiter);
    // A full block counts before an odd row.
    const isOdd = cells.length !== columns || Buffer.byteLength(line) > lineBytesMax;
    if (rows === rowsMax) reason = SCAN_ENDS.blockFull;
    else if (isOdd) reason = SCAN_ENDS.oddRow;
    if (reason !== SCAN_ENDS.allTaken) break;
    cells[columns - 1] = cells[columns - 1]!.replace(/\r$/, '');
    for (const [column, cell] of cells.entries()) {
      const word = stagedCell(cell, column, options);
      words[column]!.push(word);
      if (word === undefined) handedOut.push({ text: cell, row: rows, column });
    }
    rows += 1;
    taken += line.length + 1;
  }
  return { reason, rows, words, handedOut, rest: text.slice(taken) };
}

function stagedCell(cell: string, column: number, { textColumns = [], point }: ScanOptions) {
  if (textColumns.includes(column)) return cell === '' ? MISSING_WORD : undefined;
  return stagedWord(cell, point);
}

const inOrder = (cells: readonly HandedOut[]) =>
  JSON.stringify([...cells].sort((a, b) => a.row - b.row || a.column - b.column));

function expectScanned(text: string, options: ScanOptions): void {
  const input = `scan of ${JSON.stringify(text)} with ${JSON.stringify(options)}`;
  const got = scanText(room, text, options);
  const expected = plainScan(text, options);
  expectNumber(`${input}: rows`, got.rows, expected.rows);
  expectNumber(`${input}: reason`, got.reason, expected.reason);
  expectText(`${input}: what is left`, got.rest, expected.rest);
  expectText(`${input}: cells handed out`, inOrder(got.handedOut), inOrder(expected.handedOut));
  for (const [column, words] of expected.words.entries()) {
    for (const [row, word] of words.entries()) {
      const isOut = word === undefined;
      expectWord(`${input}: row ${row}, column ${column}`, isOut ? undefined : got.words[column]![row], word);
    }
  }
}

const CASES: readonly (readonly [name: string, text: string, options: ScanOptions])[] = [
  ['no rows', '', { columns: 2 }],
  ['rows of numbers', '1;2.5\n-3;4e2\n', { columns: 2 }],
  ['empty cells', ';\n1;\n;2\n', { columns: 2 }],
  ['one column', '1\n\n2\n', { columns: 1 }],
  ['CRLF', '1;2\r\n;\r\n3;\r\n', { columns: 2 }],
  ['CRLF and LF mixed', '1;2\r\n3;4\n5;6\r\n', { columns: 2 }],
  ['another delimiter', '1\t2\n3\t4\n', { columns: 2, delimiter: '\t' }],
  ['decimal commas', '1,5;2\n3;4,25\n', { columns: 2, point: ',' }],
  ['cells for the caller', 'a;1\n2;nan\n', { columns: 2 }],
  ['a column of texts', '1;2\n;3\n', { columns: 2, textColumns: [0] }],
  ['a text last, before CRLF', '1;x\r\n2;\r\n', { columns: 2, textColumns: [1] }],
  ['a cell too few', '1;2\n3\n4;5\n', { columns: 2 }],
  ['a cell too many', '1;2\n3;4;5\n6;7\n', { columns: 2 }],
  ['more cells than there is room for', `${'1;'.repeat(500)}1\n2;3\n`, { columns: 2 }],
  ['a CR within a row', '1\r;2\n', { columns: 2 }],
  ['an odd row first', '1\n2;3\n', { columns: 2 }],
  ['a blank line', '1;2\n\n3;4\n', { columns: 2 }],
  ['as many rows as the block may have', '1;2\n3;4\n', { columns: 2, rowsMax: 2 }],
  ['more rows than the block may have', '1;2\n3;4\n5;6\n', { columns: 2, rowsMax: 2 }],
  ['a full block', '1;2\n', { columns: 2, row: 3, rowsMax: 3 }],
  ['a block that has rows', '1;2\n3;4\n5;6\n', { columns: 2, row: 3, rowsMax: 5 }],
  ['an odd row behind a full block', '1;2\n3\n', { columns: 2, rowsMax: 1 }],
  ['a line of the greatest length', '1;234\n', { columns: 2, lineBytesMax: 5 }],
  ['short lines that are long together', '1;2\n3;4\n5;6\n', { columns: 2, lineBytesMax: 5 }],
  ['a line that is too long', '1;2\n1;2345\n', { columns: 2, lineBytesMax: 5 }],
  ['a long line', `1;${'2'.repeat(500)}\n3;4\n`, { columns: 2 }],
  ['a row that ends before a step of 64 bytes', `${'1'.repeat(62)}\n`, { columns: 1 }],
  ['a row that ends with a step of 64 bytes', `${'1'.repeat(61)};2\n3;4\n`, { columns: 2 }],
];

describe('scan', () => {
  it.each(CASES)('takes %s', (_name, text, options) => expectScanned(text, options));

  const cell = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map(String) },
    {
      weight: 4,
      arbitrary: fc.tuple(fc.nat(9_999), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`),
    },
    { weight: 2, arbitrary: fc.constantFrom('', '', '0.001', '1e-3', '12345678901234567.5') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('red', 'NA', '1.2.3', 'a text of more than 32 characters, in full'),
    },
  );
  const shape = fc.record({
    columns: fc.integer({ min: 1, max: 40 }),
    rows: fc.integer({ min: 1, max: 40 }),
    end: fc.constantFrom('\n', '\r\n'),
    row: fc.nat(5),
    rowsMax: fc.integer({ min: 6, max: 60 }),
    hasText: fc.boolean(),
  });
  const text = shape.chain(({ columns, rows, end, row, rowsMax, hasText }) => {
    const line = fc.array(cell, { minLength: columns, maxLength: columns }).map((cells) => cells.join(';'));
    const odd = fc.constantFrom('odd', '1;2;3;4', `${'1;'.repeat(90)}1`, '');
    const any = fc.oneof({ weight: 60, arbitrary: line }, { weight: 1, arbitrary: odd });
    const textColumns = hasText ? [columns - 1] : [];
    // There is little room, so rows are found in several steps, and the room for spans runs out.
    const endsMax = Math.max(128, 8 * columns);
    const options = { columns, row, rowsMax, textColumns, endsMax, spansMax: endsMax + 8 };
    return fc
      .array(any, { minLength: rows, maxLength: rows })
      .map((lines) => [lines.map((one) => one + end).join(''), options] as const);
  });

  it('stages what a plain loop over lines and cells does', () => {
    fc.assert(
      fc.property(text, ([lines, options]) => expectScanned(lines, options)),
      { numRuns: 400 },
    );
  });

  it('stages and hands out no cell of a skipped column', () => {
    const got = scanText(room, '1;a;2\n3;b;4\n', { columns: 3, skippedColumns: [1, 2] });
    expect(got).toMatchObject({ rows: 2, rest: '', handedOut: [] });
    expect(got.words[0]).toEqual([numberWord(1, 0), numberWord(3, 0)]);
    expect(got.words[2]).not.toContain(numberWord(2, 0));
  });

  it('ends before the room for spans is full, and continues from there', () => {
    const rows = 'x;1\n'.repeat(500);
    const options = { columns: 2, endsMax: 128, spansMax: 140 };
    expectScanned(rows, options);
    expect(scanText(room, rows, options).calls).toBeGreaterThan(5);
  });
});

describe('hasLoneCr', () => {
  const loneCr = (text: string) => /\r(?!\n)/.test(text);
  const expectFound = (text: string) =>
    room.scope(() => {
      // `hasLoneCr` must not read the CR before and behind the text.
      const at = room.put(Buffer.from(`\r${text}\r\r`)) + 1;
      const got = room.kernels.hasLoneCr(at, at + text.length);
      expectNumber(JSON.stringify(text), Number(got), Number(loneCr(text)));
    });

  it.each(['\n', '\r\n', '\r\r\n', 'a\rb\n', '\ra\n', `${'a'.repeat(15)}\r\n`, `${'a'.repeat(14)}\rb\n`])(
    'looks through %j',
    expectFound,
  );

  it('finds a CR at any place', () => {
    for (let length = 0; length < 70; length++) {
      for (let at = 0; at <= length; at++) {
        const [before, behind] = ['x'.repeat(at), 'x'.repeat(length - at)];
        expectFound(`${before}\r\n${behind}\n`);
        expectFound(`${before}\r${behind}\n`);
      }
    }
  });
});
