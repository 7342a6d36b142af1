import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ReadOptions, readTable } from '../../src/data/readTable.ts';
import { readCodes, readNumbers, segmentsOf } from '../../src/data/segments.ts';
import { type Table, TEXTS_MAX } from '../../src/data/table.ts';
import { TABLE_LIMITS } from '../../src/data/tableLimits.ts';
import { TrainpostError } from '../../src/errors.ts';
import { FIRST_ADDRESS, sharedMemory } from '../../src/kernels/module.ts';
import type { ErrorDetails } from '../../src/values/errorData.ts';
import { BAD_FILES, type BadFile } from './badFiles.ts';
import { FACTS } from './facts.ts';
import { PAPA_CASES, PAPA_TABLES } from './papaCases.ts';
import { contentOf, outcomeOf, readChunks } from './tableText.ts';

const bytesOf = (text: string) => Buffer.from(text);
const read = (text: string, options?: ReadOptions) => readTable(bytesOf(text), options);
const numbersOf = (table: Table, column = 0) => [...readNumbers(table, column)];

/** Every chunk size, with and without the kernels for plain rows. */
const waysOf = (bytes: Uint8Array) =>
  [true, false].flatMap((plain) =>
    Array.from({ length: bytes.length }, (_, index) => ({
      plain,
      chunks: Array.from({ length: Math.ceil(bytes.length / (index + 1)) }, () => index + 1),
    })),
  );

/** All names in a table's text, so that each of its columns is read as text. */
const ALL: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

/** The table by rows, header first. A missing cell is empty. */
function rowsOf(table: Table): string[] {
  const cells = table.columns.map((column, index) => {
    if (column.kind !== 'text') throw new Error('a column was not read as text');
    return [...readCodes(table, index)].map((code) => column.texts[code] ?? '');
  });
  const rows = Array.from({ length: table.rows }, (_, row) => cells.map((column) => column[row] as string));
  return [table.columns.map(({ name }) => name), ...rows].map((row) => row.join('¦'));
}

describe('readTable', () => {
  it.each(FACTS)('reads %s', (_name, text, rows) => {
    expect(rowsOf(read(text, { textColumns: ALL }))).toEqual(rows);
  });

  it.each(FACTS)('reads %s the same at every chunk size, on both paths', (_name, text) => {
    const bytes = bytesOf(text);
    const expected = contentOf(readTable(bytes));
    for (const { plain, chunks } of waysOf(bytes)) {
      expect(contentOf(readChunks(bytes, chunks, { plain }))).toEqual(expected);
    }
  });

  it("reads the tables among Papa Parse's own cases like Papa Parse", () => {
    expect(PAPA_TABLES.length).toBeGreaterThan(30);
    for (const { description, input, expected } of PAPA_TABLES) {
      const rows = expected.data.map((row) => row.join('¦'));
      expect(rowsOf(read(input, { textColumns: ALL })), description).toEqual(rows);
    }
  });

  it("gives the same for each of Papa Parse's own cases on both paths, at any cut", () => {
    expect(PAPA_CASES.length).toBeGreaterThan(100);
    for (const { description, input } of PAPA_CASES) {
      if (input.length > 200) continue;
      const bytes = bytesOf(input);
      const expected = outcomeOf(() => readTable(bytes));
      for (const { plain, chunks } of waysOf(bytes)) {
        expect(
          outcomeOf(() => readChunks(bytes, chunks, { plain })),
          description,
        ).toEqual(expected);
      }
    }
  });

  it('reads the numbers of the example exactly', () => {
    const bytes = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
    const table = readTable(bytes);
    const [, ...lines] = bytes.toString().trim().split('\n');
    expect(table).toMatchObject({
      rows: 768,
      digest: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
    });
    for (const [index, { name }] of table.columns.entries()) {
      expect(numbersOf(table, index), name).toEqual(lines.map((line) => Number(line.split(',')[index])));
    }
    expect(table.columns.map((column) => column.kind === 'number' && column.type)).toEqual(
      table.columns.map(({ name }) => (name === 'BMI' || name.startsWith('Diabetes') ? 'double' : 'long')),
    );
  });
});

describe('a column', () => {
  const columnOf = (cells: readonly string[], options?: ReadOptions) =>
    read(`a,b\n${cells.map((cell) => `${cell},0\n`).join('')}`, options);

  it.each([
    [['1', '2'], 'long', [1, 2]],
    [['-0', '+3'], 'long', [-0, 3]],
    [['1', '2.0'], 'double', [1, 2]],
    [['1.', '.5'], 'double', [1, 0.5]],
    [['1', ''], 'double', [1, Number.NaN]],
    [['9007199254740991', '1'], 'long', [9007199254740991, 1]],
    [['9007199254740993', '1'], 'double', [9007199254740992, 1]],
    [['1e3', '1'], 'double', [1000, 1]],
    [[' 7', '8\t'], 'long', [7, 8]],
    [['', 'NA'], 'double', [Number.NaN, Number.NaN]],
    [['inf', '-Infinity'], 'double', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    [['True', 'FALSE', 'true'], 'boolean', [1, 0, 1]],
  ])('of %j has type %s', (cells, type, values) => {
    const table = columnOf(cells);
    expect(table.columns[0]).toMatchObject({ kind: 'number', type });
    expect(numbersOf(table)).toEqual(values);
  });

  it('counts its cells and keeps the first of each kind', () => {
    const cells = ['1', ' NA ', '', 'inf', '1e999', '2'];
    expect(columnOf(cells).columns[0]).toEqual({
      kind: 'number',
      type: 'double',
      name: 'a',
      numbers: 4,
      missing: 2,
      others: 0,
      firstMissing: { row: 1, text: ' NA ' },
      firstInfinite: { row: 3, text: 'inf' },
      firstOther: undefined,
      notes: expect.objectContaining({
        isWhole: false,
        isLarge: false,
        shapes: 0,
        padded: 0,
        missingText: { text: ' NA ', rows: 1 },
      }),
    });
  });

  it('of texts lists them in order of first appearance', () => {
    const table = columnOf(['b', '', 'a', '7', 'b', 'null', 'a much longer text than thirty-two bytes', '7']);
    expect(table.columns[0]).toEqual({
      kind: 'text',
      name: 'a',
      texts: ['b', 'a', '7', 'a much longer text than thirty-two bytes'],
      overflowed: false,
      numbers: 2,
      missing: 2,
      others: 4,
      firstMissing: { row: 1, text: '' },
      firstInfinite: undefined,
      firstOther: { row: 0, text: 'b' },
      notes: expect.objectContaining({
        padded: 0,
        onlyOther: undefined,
        missingText: { text: 'null', rows: 1 },
      }),
    });
    expect([...readCodes(table, 0)]).toEqual([0, -1, 1, 2, 0, -1, 3, 2]);
  });

  it('of truth values keeps missing cells', () => {
    const table = columnOf(['True', '', 'false', 'NA', 'TRUE']);
    expect(table.columns[0]).toMatchObject({
      kind: 'number',
      type: 'boolean',
      numbers: 3,
      missing: 2,
      others: 0,
    });
    expect([...readNumbers(table, 0)]).toEqual([1, Number.NaN, 0, Number.NaN, 1]);
  });

  it('that is named is always text', () => {
    const table = columnOf(['1', 'True', '', '1'], { textColumns: new Set(['a', 'no such']) });
    expect(table.columns).toMatchObject([
      { kind: 'text', texts: ['1', 'True'], numbers: 2, missing: 1, others: 1 },
      { kind: 'number', type: 'long' },
    ]);
  });

  it('keeps its kind from the window, and counts other cells after it', () => {
    const window = 'a,b\n1,x\n'.length;
    const table = read('a,b\n1,x\n2,1\ny,2\n,3\n', { sniffBytes: window });
    expect(table.columns).toMatchObject([
      { kind: 'number', numbers: 2, missing: 1, others: 1, firstOther: { row: 2, text: 'y' } },
      { kind: 'text', texts: ['x', '1', '2', '3'], numbers: 3, others: 1 },
    ]);
    expect(numbersOf(table)).toEqual([1, 2, Number.NaN, Number.NaN]);
  });

  it('is classified by a row although the window ends within the header', () => {
    const table = read('a,b\nTrue,x\n1,y\n', { sniffBytes: 2 });
    expect(table.columns).toMatchObject([
      { kind: 'text', texts: ['True', '1'] },
      { kind: 'text', texts: ['x', 'y'] },
    ]);
  });

  it.each([true, false])('keeps a limited number of texts (plain %s)', (plain) => {
    const cells = Array.from({ length: TEXTS_MAX + 2 }, (_, index) => `t${index}`);
    const most = columnOf([...cells.slice(0, TEXTS_MAX), 't1'], { plain });
    expect(most.columns[0]).toMatchObject({ overflowed: false, others: TEXTS_MAX + 1 });
    const table = columnOf([...cells, '7', 'NA', 't1'], { plain });
    expect(table.columns[0]).toMatchObject({
      overflowed: true,
      texts: cells.slice(0, TEXTS_MAX),
      numbers: 1,
      missing: 1,
      others: TEXTS_MAX + 3,
      firstMissing: { row: TEXTS_MAX + 3, text: 'NA' },
    });
    expect([...readCodes(table, 0).slice(TEXTS_MAX - 1)]).toEqual([TEXTS_MAX - 1, -1, -1, -1, -1, 1]);
  });

  it('does not use a text of another column', () => {
    const texts = Array.from({ length: 900 }, (_, index) => `t${index}`);
    const columns = [0, 100, 200, 300, 400, 500, 600, 700];
    // Each column has the texts in another order, and so at other indices.
    const row = (index: number) => columns.map((shift) => texts[(index + shift) % texts.length]).join();
    const rows = [...texts, ...texts].map((_, index) => `${row(index)}\n`).join('');
    const table = read(`${columns.map((shift) => `c${shift}`).join()}\n${rows}`);
    const codes = Array.from({ length: 2 * texts.length }, (_, index) => index % texts.length);
    for (const [index] of columns.entries()) expect([...readCodes(table, index)]).toEqual(codes);
  });

  it('reads decimal commas', () => {
    const table = read('a;b\n1,5;x\n-2,25;y\n1.5;z\n');
    expect(numbersOf(read('a;b\n1,5;2\n-,25;4e1\n'))).toEqual([1.5, -0.25]);
    expect(table.columns[0]).toMatchObject({ kind: 'text', texts: ['1,5', '-2,25', '1.5'], numbers: 2 });
  });
});

describe('blocks', () => {
  const kinds = (table: Table, column = 0) =>
    [...segmentsOf(table, column)].map(({ cells, decimals }) => [cells.constructor.name, decimals]);

  it.each([
    [['1', '-127', ''], 'Int8Array', 0],
    [['128', '-1'], 'Int16Array', 0],
    [['-128', '1'], 'Int16Array', 0],
    [['32768', '-1', 'NA'], 'Int32Array', 0],
    [['2147483646', '-2147483647'], 'Int32Array', 0],
    [['2147483648', '0'], 'Float64Array', 0],
    [['1.5', '12', '-0.25', ''], 'Int16Array', 2],
    [['0.000000001', '2'], 'Int32Array', 9],
    [['0.000000001', '3'], 'Float64Array', 0],
    [['0.0000000000000001', '0'], 'Int8Array', 16],
    [['1', '-0'], 'Float64Array', 0],
    [['0.1', '1e999'], 'Float64Array', 0],
    [['1.2345678901234567', ''], 'Float64Array', 0],
  ])('of %j are packed as %s with %i decimals', (cells, kind, decimals) => {
    for (const plain of [true, false]) {
      const table = read(`a,b\n${cells.map((cell) => `${cell},0\n`).join('')}`, { plain });
      expect(kinds(table)).toEqual([[kind, decimals]]);
      const values = cells.map((cell) => (cell === '' || cell === 'NA' ? Number.NaN : Number(cell)));
      expect(numbersOf(table)).toEqual(values);
    }
  });

  it('have rows by the number of columns alone, and segments that can be read as a whole', () => {
    const wide = (columns: number) =>
      read(
        `${Array.from({ length: columns }, (_, index) => `c${index}`).join()}\n${'1,'.repeat(columns - 1)}1\n`,
      );
    expect([2, 9, 16, 17, 32, 33, 1_000].map((columns) => wide(columns).blockRows)).toEqual([
      8_192, 8_192, 8_192, 4_096, 4_096, 2_048, 512,
    ]);
  });

  it('of a long table are packed separately', () => {
    const rows = 20_001;
    const cellsOf = (row: number) => [
      row < 8_192 ? row % 100 : row,
      row / 8,
      row % 3 === 0 ? '' : `t${row % 7}`,
    ];
    const text = `a,b,c\n${Array.from({ length: rows }, (_, row) => `${cellsOf(row).join()}\n`).join('')}`;
    for (const plain of [true, false]) {
      const table = read(text, { plain, sniffBytes: 1_000 });
      expect(table).toMatchObject({ rows, blockRows: 8_192 });
      expect(kinds(table)).toEqual([
        ['Int8Array', 0],
        ['Int16Array', 0],
        ['Int16Array', 0],
      ]);
      expect(numbersOf(table, 0)).toEqual(Array.from({ length: rows }, (_, row) => cellsOf(row)[0]));
      expect(numbersOf(table, 1)).toEqual(Array.from({ length: rows }, (_, row) => row / 8));
      expect([...readNumbers(table, 1, 8_190, 16_390)]).toEqual(
        Array.from({ length: 8_200 }, (_, index) => (index + 8_190) / 8),
      );
      expect(table.columns[2]).toMatchObject({ kind: 'text', missing: 6_667, others: 13_334 });
    }
  });

  it('begin at multiples of 16 in the given memory, with any previous content', () => {
    const memory = sharedMemory();
    memory.grow(100);
    new Uint8Array(memory.buffer, FIRST_ADDRESS).fill(0xa5);
    const text = 'a,b\nx,1\ny,2\nx,3\n';
    const table = read(text, { memory });
    expect(table.memory).toBe(memory);
    expect(contentOf(table)).toEqual(contentOf(read(text)));
    expect(table.freeAddress % 16).toBe(0);
    for (const column of [0, 1]) {
      for (const { cells } of segmentsOf(table, column)) expect(cells.byteOffset % 16).toBe(0);
    }
  });
});

describe('a reading', () => {
  const outcome = (bytes: Uint8Array, options: ReadOptions, chunkBytes = bytes.length) =>
    outcomeOf(() =>
      readChunks(
        bytes,
        Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, () => chunkBytes),
        options,
      ),
    );
  /** Codes that the table reader does not know, because they concern training. */
  const OF_TRAINING = [
    'missing_value',
    'infinite_value',
    'missing_label',
    'one_class',
    'continuous_target',
    'not_a_number',
  ];
  const refused = BAD_FILES.filter(({ error }) => !OF_TRAINING.includes(error.code));
  const codes = [...new Set(refused.map(({ error }) => error.code))];
  const withCode = (code: string) => refused.filter(({ error }) => error.code === code);
  const expected = ({ error }: BadFile) => ({ row: undefined, column: undefined, ...error });

  it.each(codes)('rejects bad files with %s', (code) => {
    for (const file of withCode(code)) expect(outcome(file.bytes, {}), file.name).toEqual(expected(file));
  });

  it.each(codes)('rejects bad files with %s at any cut', (code) => {
    for (const [index, file] of withCode(code).entries()) {
      if (file.bytes.length > 10_000) continue;
      const options = { plain: index % 2 === 0 };
      expect(outcome(file.bytes, options, 1 + ((index * 7) % 40)), file.name).toEqual(expected(file));
    }
  });

  it('returns to the kernels after rows that are not plain', () => {
    const plain = '1,2\n'.repeat(100_000);
    const odd = ['"3",4\n', '5,6\r7,8\n', '\n', '  \n', '9,é\n', '"x\ny",1\n'];
    const text = `a,b\n${odd.map((rows) => plain + rows).join('')}${plain}`;
    const bytes = bytesOf(text);
    expect(outcome(bytes, {}, 65_536)).toEqual(outcome(bytes, { plain: false }));
  });

  const errorOf = (text: string, limits: Partial<typeof TABLE_LIMITS>): TrainpostError => {
    try {
      read(text, { limits: { ...TABLE_LIMITS, ...limits } });
    } catch (error) {
      if (error instanceof TrainpostError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };

  it.each<[string, string, Partial<typeof TABLE_LIMITS>, string, ErrorDetails]>([
    [
      'a cell',
      `a,b\n1,2\n3,${'x'.repeat(65_537)}\n`,
      {},
      'cell_too_long',
      { row: 2, column: 'b', actual: 65_537 },
    ],
    ['a line', `a,b\n1,2\n${'x'.repeat(2 ** 20 - 1)},2\n`, {}, 'line_too_long', { row: 2, limit: 2 ** 20 }],
    ['a line that never ends', `a,b\n1,2\n${'3'.repeat(2 ** 21)}`, {}, 'line_too_long', { row: 2 }],
    ['rows', 'a,b\n1,2\n3,4\n5,6\n', { rows: 2 }, 'too_many_rows', { row: 3, limit: 2, actual: 3 }],
    ['cells', 'a,b\n1,2\n3,4\n5,6\n', { cells: 5 }, 'too_many_cells', { row: 3, limit: 5, actual: 6 }],
  ])('rejects more than the limits allow: %s', (_name, text, limits, code, details) => {
    expect(errorOf(text, limits)).toMatchObject({ name: 'DataError', code, details });
  });

  it('accepts a table at the limits', () => {
    const limits = { ...TABLE_LIMITS, rows: 2, cells: 4 };
    expect(read('a,b\n1,2\n3,4\n', { limits }).rows).toBe(2);
    expect(read('a,b\n1,2\n3,4\n\n \n', { limits }).rows).toBe(2);
    const cell = 'x'.repeat(65_536);
    expect(read(`a,b\n1,${cell}\n`).columns[1]).toMatchObject({ kind: 'text', texts: [cell] });
  });

  const folded = gzipSync('a,b\n1,2\n');
  it.each([
    ['one member', folded],
    ['several members', Buffer.concat([gzipSync('a,b\n'), gzipSync('1,'), gzipSync('2\n')])],
    ['zeros after it, as on tapes', Buffer.concat([folded, Buffer.alloc(512)])],
  ])('decompresses gzip of %s at any cut', (_name, file) => {
    const digest = createHash('sha256').update(file).digest('hex').slice(0, 32);
    for (let size = 1; size < 60; size += 1) {
      expect(outcome(file, {}, size)).toMatchObject({ rows: 1, digest, cells: [[1], [2]] });
    }
  });

  it('reads rows after more blank lines than the window holds', () => {
    const blank = '\n'.repeat(9_000_000);
    expect(outcome(Buffer.from(`a,b${blank}1,2\n3,x\n`), {}, 1 << 20)).toMatchObject({ rows: 2 });
    expect(outcome(Buffer.from(`a,b${blank}`), {}, 1 << 20)).toMatchObject({ code: 'no_rows' });
  });

  it('computes no digest if it is not requested', () => {
    expect(outcome(folded, { digest: false })).toMatchObject({ rows: 1, digest: '' });
  });

  it('decompresses gzip up to the limit and no byte more', () => {
    expect(outcome(folded, { unfoldedBytesMax: 8 })).toMatchObject({ rows: 1 });
    expect(outcome(folded, { unfoldedBytesMax: 7 })).toMatchObject({
      kind: 'TooLargeError',
      code: 'unfolded_too_large',
    });
    const bomb = gzipSync(Buffer.alloc(50_000_000, '1,2\n'));
    expect(outcome(bomb, { unfoldedBytesMax: 1_000_000 }, 1_000)).toMatchObject({
      code: 'unfolded_too_large',
    });
  });
});
