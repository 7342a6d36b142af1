import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../src/data/readTable.ts';
import { TABLE_LIMITS } from '../../src/data/tableLimits.ts';
import { SEED, TRIES_ALL } from '../support/draws.ts';
import { encode } from './csvText.ts';
import { outcomeOf, readChunks } from './tableText.ts';

/** Number of files in the run. */
const RUNS = TRIES_ALL ? 200_000 : 20_000;
const share = (part: number) => ({ numRuns: RUNS * part, seed: SEED });

const chunks = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 });
const limits = { ...TABLE_LIMITS, lineChars: 60, cellChars: 24, rows: 12, columns: 5, cells: 40 };
const withLimits = fc.boolean();

/** Both paths must give the same table or error. The general path gets the file uncut. */
function expectSame(bytes: Uint8Array, cuts: readonly number[], options: ReadOptions = {}) {
  const found = outcomeOf(() => readChunks(bytes, cuts, options));
  const general = outcomeOf(() => readChunks(bytes, [], { ...options, plain: false }));
  // Many times as fast as `toEqual`, which then shows the difference.
  if (!isDeepStrictEqual(found, general)) expect(found).toEqual(general);
}

const number = fc.oneof(
  fc.integer({ min: -9, max: 300 }).map(String),
  fc.float({ noNaN: true }).map(String),
  fc.double({ noNaN: true }).map(String),
  fc.tuple(fc.nat(999), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  fc.string({ unit: fc.constantFrom(...'0123456789.-+e'), minLength: 1, maxLength: 23 }),
);
const word = fc.oneof(
  fc.constantFrom(
    '',
    '',
    'NA',
    ' ',
    'nan',
    'True',
    'FALSE',
    'inf',
    '-Infinity',
    '1,5',
    '1,234',
    '1.234',
    '2.5',
    '?',
    '\\N',
    '9007199254740993',
    'a',
    'b',
    ' 7',
    '-0',
    '+.5',
  ),
  fc.string({ unit: fc.constantFrom(...'ab 1é🌞'), maxLength: 34 }),
);
/** Columns with mostly one kind of cells, as in real tables, and a few of other kinds. */
const tableText = fc
  .array(fc.constantFrom(number, word, fc.constantFrom('True', 'false'), fc.constantFrom('x', 'y', '3')), {
    minLength: 2,
    maxLength: 4,
  })
  .chain((sorts) =>
    fc.record({
      rows: fc.array(
        fc.tuple(
          ...sorts.map((sort) => fc.oneof({ weight: 20, arbitrary: sort }, { weight: 1, arbitrary: word })),
        ) as fc.Arbitrary<string[]>,
        { minLength: 1, maxLength: 14 },
      ),
      names: fc.tuple(
        ...sorts.map((_, index) => fc.constantFrom(...Array(9).fill(`c${index}`), '', 'c0', 'Outcome')),
      ),
    }),
  )
  .chain(({ rows, names }) =>
    fc
      .record({
        delimiter: fc.constantFrom(',', ',', ';', '\t', '|'),
        newline: fc.constantFrom('\n', '\n', '\r\n'),
        endsLast: fc.boolean(),
        slip: fc.option(
          fc.tuple(
            fc.nat(400),
            fc.constantFrom(
              '"',
              '\n',
              '\r',
              '\0',
              ',',
              '"x"',
              '\n\n',
              ' \n',
              '\x1a',
              ',\n',
              '"1,5"',
              '#',
              '\ufeff',
            ),
          ),
          {
            freq: 6,
          },
        ),
      })
      .map(({ delimiter, newline, endsLast, slip }) => {
        const lines = [names, ...rows].map((row) =>
          row.map((cell) => cell.replaceAll(delimiter, '_')).join(delimiter),
        );
        const text = lines.join(newline) + (endsLast ? newline : '');
        if (slip === null || slip[0] === undefined) return text;
        const at = slip[0] % (text.length + 1);
        return text.slice(0, at) + slip[1] + text.slice(at);
      }),
  );

describe('the kernels and Papa Parse', () => {
  it('give the same table or error for tables, at any cuts', () => {
    fc.assert(
      fc.property(
        tableText,
        chunks,
        withLimits,
        fc.integer({ min: 1, max: 400 }),
        (text, cuts, isSmall, sniffBytes) => {
          expectSame(encode(text, { encoding: 'utf-8', bom: false }), cuts, {
            sniffBytes,
            ...(isSmall && { limits }),
          });
        },
      ),
      share(0.4),
    );
  });

  it('give the same result for scraps of text', () => {
    const scrap = fc.string({ unit: fc.constantFrom(...'ab1",;\n\r\t .-é'), maxLength: 60 });
    fc.assert(
      fc.property(scrap, chunks, withLimits, (text, cuts, isSmall) => {
        expectSame(Buffer.from(`a,b\n1,2\n${text}`), cuts, isSmall ? { limits } : {});
      }),
      share(0.4),
    );
  });

  it('give the same result for invalid bytes', () => {
    const scrap = fc.array(
      fc.constantFrom(0x31, 0x2c, 0x0a, 0x0d, 0x22, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0xff),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(scrap, chunks, fc.integer({ min: 4, max: 40 }), (bytes, cuts, sniffBytes) => {
        expectSame(Buffer.concat([Buffer.from('a,b\n1,2\n'), Uint8Array.from(bytes)]), cuts, { sniffBytes });
      }),
      share(0.2),
    );
  });
});
