import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowWriter, type RowWriterOptions } from '../../../../src/engine/local/predict/rowWriter.ts';
import { ensureBytes, FIRST_ADDRESS, sharedMemory } from '../../../../src/kernels/module.ts';

const memory = sharedMemory();
const ROWS_MAX = 64;

/** Writes rows of numbers behind the empty line, and returns what stands there. */
function written(values: readonly number[], options: Partial<RowWriterOptions> = {}): string[] {
  const lines: string[] = [];
  for (let from = 0; from < values.length; from += ROWS_MAX) {
    const some = values.slice(from, from + ROWS_MAX);
    const writer = new RowWriter({
      memory,
      from: FIRST_ADDRESS,
      delimiter: ',',
      decimalComma: false,
      texts: ['', ''],
      nValues: 1,
      rowsMax: ROWS_MAX,
      ...options,
    });
    writer.open();
    writer.codes(some.length).fill(0);
    writer.values(some.length).set(some);
    for (const row of some.keys()) writer.writeRow(new Uint8Array(0), row);
    lines.push(
      ...Buffer.from(writer.take(new Uint8Array(0)))
        .toString()
        .split('\n')
        .slice(0, -1),
    );
  }
  return lines;
}

const expected = (values: readonly number[]) => values.map((value) => `,${value}`);

describe('numbers behind a row', () => {
  it.each<[string, readonly number[]]>([
    ['zero', [0, -0]],
    ['powers of ten', Array.from({ length: 617 }, (_, at) => Number(`1e${at - 308}`))],
    ['powers of two', Array.from({ length: 2_098 }, (_, at) => -(2 ** (at - 1_074)))],
    ['the least doubles', Array.from({ length: 300 }, (_, at) => at * Number.MIN_VALUE)],
    ['whole numbers', [1, 9, 10, 99, 123456789, 2 ** 53, 2 ** 53 + 2, 1e20, 123456789012345680000, 1e21]],
    ['fractions', [0.1, 0.5, 1.5, 0.000001, 0.0000001, 0.00000123, 123.456, 1 / 3, 2 / 3, 1e-5]],
    ['the largest double', [Number.MAX_VALUE, -Number.MAX_VALUE]],
    ['numbers at the edge of an interval', [5e-324, 1e23, 2 ** -1022, 9007199254740994]],
    ['probabilities', Array.from({ length: 2_000 }, (_, at) => 1 / (1 + Math.exp(at / 37 - 27)))],
  ])('are written as in JavaScript: %s', (_name, values) => {
    expect(written(values)).toEqual(expected(values));
  });

  it('are written as in JavaScript: any double', () => {
    const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 200 });
    fc.assert(
      fc.property(doubles, (values) => {
        expect(written(values)).toEqual(expected(values));
      }),
    );
  });

  it('have the delimiter and the decimal sign', () => {
    expect(written([1.5, 1e-9, 2.5e-9, 7], { delimiter: '§', decimalComma: true })).toEqual([
      '§1,5',
      '§1e-9',
      '§2,5e-9',
      '§7',
    ]);
  });
});

describe('RowWriter', () => {
  const TEXTS = [';no', ';a text that is longer than sixteen bytes', ';;;'];

  function open(): RowWriter {
    const writer = new RowWriter({
      memory,
      from: FIRST_ADDRESS,
      delimiter: ';',
      decimalComma: false,
      texts: TEXTS,
      nValues: 2,
      rowsMax: ROWS_MAX,
    });
    writer.open();
    return writer;
  }

  it('copies lines of any length, and adds the cells of each row', () => {
    const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 200, 1_000];
    const lines = lengths.map((length, at) => String(at % 10).repeat(length));
    const text = Buffer.from(lines.map((line, at) => line + (at % 3 === 0 ? '\r\n' : '\n')).join(''));
    const writer = open();
    const from = FIRST_ADDRESS + (1 << 20);
    ensureBytes(memory, from + (1 << 16));
    new Uint8Array(memory.buffer, from, text.length).set(text);
    const codes = lines.map((_, at) => at % 3);
    writer.codes(lines.length).set(codes);
    writer.values(lines.length).set(lines.flatMap((_, at) => [at, at / 8]));
    writer.writeText(Buffer.from('head\n'));
    writer.writeLines(from, from + text.length, 0, lines.length);
    const rows = lines.map(
      (line, at) => line + TEXTS[codes[at]!] + (codes[at] === 2 ? '' : `;${at};${at / 8}`),
    );
    expect(Buffer.from(writer.take(new Uint8Array(0))).toString()).toBe(`head\n${rows.join('\n')}\n`);
    expect(writer.take(new Uint8Array(0))).toHaveLength(0);
  });
});
