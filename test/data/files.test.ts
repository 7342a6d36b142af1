import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOptionsOf } from '../../src/data/csvOptions.ts';
import { type Dataset, toDataset } from '../../src/data/dataset.ts';
import type { FileReading } from '../../src/data/fileReading.ts';
import { type ReadOptions, TableReading } from '../../src/data/readTable.ts';
import { readingFor } from '../../src/data/rereading.ts';
import type { Roles } from '../../src/data/roles.ts';
import type { Table } from '../../src/data/table.ts';
import { TrainpostError } from '../../src/errors.ts';
import type { CsvSpec } from '../../src/values/plan.ts';

type Fields = CsvSpec & Partial<Roles>;

const ROWS = 40;
const row = (i: number) => ({ age: 20 + (i % 9), bmi: `${18 + ((i * 7) % 20)}.${i % 10}`, label: i % 2 });
const lines = (line: (i: number) => string, rows = ROWS) =>
  Array.from({ length: rows }, (_, i) => `${line(i)}\n`).join('');
const plain = lines((i) => `${row(i).age},${row(i).bmi},${row(i).label}`);
const HEADER = 'age,bmi,Outcome\n';

/** Reads a file as a training does, chunk by chunk and as often as its columns need. */
function read(
  text: string | Buffer,
  fields: Fields = {},
  options: ReadOptions = {},
  chunk = 1 << 20,
): Dataset {
  const bytes = Buffer.from(text as string);
  const roles: Roles = { ignore: [], missing: 'error', ...fields };
  const csv = csvOptionsOf(fields);
  const once = (reading: FileReading): Table => {
    const table = new TableReading({ ...options, ...(csv && { csv }), ...reading });
    for (let from = 0; from < bytes.length; from += chunk) table.push(bytes.subarray(from, from + chunk));
    return table.end();
  };
  let reading: FileReading = {};
  let table = once(reading);
  for (let next = readingFor(table, roles); next !== undefined; next = readingFor(table, roles, reading)) {
    reading = next;
    table = once(reading);
  }
  return toDataset(table, roles);
}

function problemOf(read: () => unknown): TrainpostError {
  try {
    read();
  } catch (error) {
    if (error instanceof TrainpostError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const typesOf = ({ columns }: Dataset) => columns.map(({ name, type }) => `${name}:${type}`).join(' ');
const codesOf = ({ warnings }: Dataset) => warnings.map(({ code }) => code);

describe('a file that people send', () => {
  it.each<[string, string, Fields, string, string[]]>([
    ['as it should be', HEADER + plain, {}, 'age:long bmi:double Outcome:long', []],
    [
      'with the index of pandas',
      `,x,Outcome\n${lines((i) => `${i},${i % 7},${i % 2}`)}`,
      {},
      'Unnamed: 0:long x:long Outcome:long',
      ['row_number_column'],
    ],
    [
      'with a doubled name and a column without a name',
      `a,a,a.1,,Outcome\n${lines((i) => `${i % 5},${i % 6},${i % 7},${i % 3},${i % 2}`)}`,
      {},
      'a:long a.2:long a.1:long Unnamed: 3:long Outcome:long',
      ['renamed_column', 'unnamed_column'],
    ],
    [
      'with a delimiter at the end of every line',
      `x;y;\n${lines((i) => `${i % 7};${i % 2};`)}`,
      {},
      'x:long y:long',
      ['empty_column_left_out'],
    ],
    [
      'with a line for Excel',
      `"sep=;"\n${(HEADER + plain).replaceAll(',', ';')}`,
      {},
      'age:long bmi:double Outcome:long',
      [],
    ],
    ['with Ctrl-Z at the end', `${HEADER}${plain}\u001a`, {}, 'age:long bmi:double Outcome:long', []],
    [
      'with two byte order marks',
      `\ufeff\ufeff${HEADER}${plain}`,
      {},
      'age:long bmi:double Outcome:long',
      [],
    ],
    [
      'with decimal commas between bars',
      (HEADER + plain).replaceAll(',', '|').replaceAll('.', ','),
      {},
      'age:long bmi:double Outcome:long',
      [],
    ],
    [
      'with decimal commas in quotes',
      `a,b,Outcome\n${lines((i) => `${i % 7},"${i % 5},5",${i % 2}`)}`,
      {},
      'a:long b:double Outcome:long',
      [],
    ],
    [
      'with signs, units and groups of digits',
      `a,b,c,d,Outcome\n${lines((i) => `${i % 5}.5%,"$${10 + (i % 5)},000", ${i % 3}6 months,1\u202f20${i % 9},${i % 2}`)}`,
      {},
      'a:string b:string c:string d:string Outcome:long',
      Array(4).fill('looks_like_numbers'),
    ],
    [
      'with groups that the client names',
      `a;Outcome\n${lines((i) => `${1 + (i % 5)},234;${i % 2}`)}`,
      { thousands: ',' },
      'a:long Outcome:long',
      [],
    ],
    [
      'with texts that the client names as missing',
      `a,Outcome\n${lines((i) => `${i % 9 === 0 ? '?' : i % 5},${i % 2}`)}`,
      { naValues: ['?'], missing: 'mean' },
      'a:double Outcome:long',
      [],
    ],
    [
      "with a database's NULL",
      `a,Outcome\n${lines((i) => `${i % 9 === 0 ? '\\N' : i % 5},${i % 2}`)}`,
      { missing: 'drop' },
      'a:double Outcome:long',
      ['dropped_rows'],
    ],
    [
      'with a delimiter that the client names',
      (HEADER + plain).replaceAll(',', '^'),
      { sep: '^' },
      'age:long bmi:double Outcome:long',
      [],
    ],
    [
      'with a blank behind each comma',
      `x, id, kind\n${lines((i) => `${i % 7}, ${i}, ${'ab'[i % 2]}`)}`,
      { target: 'kind', ignore: ['id'] },
      'x:long  id:string  kind:string',
      [],
    ],
    [
      'without a header line',
      lines((i) => `${'ab'[i % 2]},${i % 7},${['no', 'yes'][i % 2]}`),
      {},
      'a:string 0:long no:string',
      ['no_header'],
    ],
    [
      'with labels that differ by case',
      `x,y\n${lines((i) => `${i % 7},${['Yes', 'yes', 'No'][i % 3]}`)}`,
      {},
      'x:long y:string',
      ['similar_texts'],
    ],
    [
      'with rows without a value',
      `${HEADER}${plain},,\n,,\n`,
      {},
      'age:double bmi:double Outcome:double',
      ['empty_rows'],
    ],
    [
      'with whole numbers above 2^53',
      `x,y\n${lines((i) => `${2n ** 60n + BigInt(i % 7)},${i % 2}`)}`,
      {},
      'x:double y:long',
      ['id_like_column'],
    ],
    [
      'with an ID',
      `x,y\n${lines((i) => `${(i * 7) % ROWS},${i % 2}`)}`,
      {},
      'x:long y:long',
      ['id_like_column'],
    ],
    ['with few rows that all differ', `x,y\n${lines((i) => `${i},${i % 2}`, 19)}`, {}, 'x:long y:long', []],
    [
      'with names',
      `x,y\n${lines((i) => `n${(i * 7) % ROWS},${i % 2}`)}`,
      {},
      'x:string y:long',
      ['id_like_column'],
    ],
    [
      'with many missing values',
      `x,z,y\n${lines((i) => `${i % 3 === 0 ? '' : i % 5},${i % 7},${i % 2}`)}`,
      { missing: 'mean' },
      'x:double z:long y:long',
      ['many_missing'],
    ],
    [
      'with few missing values',
      `x,z,y\n${lines((i) => `${i % 4 === 0 ? '' : i % 5},${i % 7},${i % 2}`)}`,
      { missing: 'mean' },
      'x:double z:long y:long',
      [],
    ],
    [
      'with an infinite value in a row that is left out',
      `x,z,y\ninf,,1\n${lines((i) => `${i % 5},${i % 7},${i % 2}`)}`,
      { missing: 'drop' },
      'x:double z:double y:long',
      ['dropped_rows'],
    ],
    ['of 16 classes in 30 rows', `x,y\n${lines((i) => `${i % 7},${i % 16}`, 30)}`, {}, 'x:long y:long', []],
    [
      'with a boolean column that begins late',
      `x,b,y\n${lines((i) => `${i % 7},${i < 12_000 ? '' : ['True', 'False'][i % 2]},${i % 2}`, 20_000)}`,
      { missing: 'most_frequent' },
      'x:long b:boolean y:long',
      ['many_missing'],
    ],
  ])('%s', (_name, text, fields, types, codes) => {
    const dataset = read(text, fields);
    expect(typesOf(dataset)).toBe(types);
    expect(codesOf(dataset)).toEqual(codes);
  });

  it.each<[string, string, string, RegExp]>([
    ['with a title', `Loans of 2024\n${HEADER}${plain}`, 'ragged_row', /begin with a title line/],
    ['with a comment', `# by R\n${HEADER}${plain}`, 'ragged_row', /begin with a comment line/],
    ['with a footer', `${HEADER}${plain}(40 rows)\n`, 'ragged_row', /end with a footer/],
    ['with a total', `${HEADER}${plain}Total,,12\n`, 'not_a_number', /footer/],
    ['with two header lines', `${HEADER}years,kg,0/1\n${plain}`, 'not_a_number', /two header lines/],
    ['with row names', `a\tb\n${lines((i) => `${i}\t${i % 7}\t${i % 2}`)}`, 'ragged_row', /row\.names=FALSE/],
    [
      'with numbers in doubt',
      `a;y\n${lines((i) => `1,23${i % 9};${i % 2}`)}`,
      'ambiguous_number',
      /decimal=, .*thousands=,/,
    ],
    [
      'with points in doubt',
      `a;y\n${lines((i) => `1.23${i % 9};${i % 2}`)}`,
      'ambiguous_number',
      /decimal=\. .*thousands=\./,
    ],
    [
      'with question marks',
      `a,y\n${lines((i) => `${i % 9 === 0 ? '?' : i},${i % 2}`)}`,
      'not_a_number',
      /na_values=\?/,
    ],
    [
      'with the label None',
      `a,y\n${lines((i) => `${i},${['None', 'b', 'c'][i % 3]}`)}`,
      'missing_label',
      /text "None".*14 of 40/,
    ],
    ['with escaped quotes', `t,y\n${lines((i) => `"a \\"b\\"",${i % 2}`)}`, 'malformed_quote', /backslash/],
  ])('%s is rejected, with the reason', (_name, text, code, says) => {
    const { code: found, message } = problemOf(() => read(text));
    expect(found).toBe(code);
    expect(message).toMatch(says);
  });

  it('has the line of each row in errors', () => {
    const text = 'a,y\n1,0\n\n"2",1\nx,1\n4,0\n5,1\n';
    expect(problemOf(() => read(text)).details).toMatchObject({ row: 3, line: 5 });
  });
});

describe('the kind of a column', () => {
  const cells = {
    numbers: ['1', '2', '3', '4.5', '', ' 7 '],
    booleans: ['True', 'False', '', 'TRUE'],
    texts: ['a', 'b', 'c', '1', ''],
    mixed: ['1', 'a', 'NA', ' ', 'True'],
  };
  const column = fc
    .constantFrom(...Object.values(cells))
    .chain((texts) => fc.array(fc.constantFrom(...texts), { minLength: 12, maxLength: 12 }));

  it('does not depend on the order of the rows, on the first bytes, or on chunks', () => {
    const outcome = (rows: readonly string[], sniffBytes: number, chunk: number) => {
      const text = `x,c,y\n${rows.join('\n')}\n`;
      try {
        return typesOf(read(text, { missing: 'most_frequent' }, { sniffBytes }, chunk));
      } catch (error) {
        return error instanceof TrainpostError ? error.code : String(error);
      }
    };
    fc.assert(
      fc.property(
        column,
        fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (texts, keys, sniffBytes, chunk) => {
          const rows = texts.map((cell, i) => `${i % 5},${cell},${i % 2}`);
          const order = [...rows.keys()].sort((a, b) => keys[a]! - keys[b]!);
          const whole = outcome(rows, 1 << 16, 1 << 20);
          expect(
            outcome(
              order.map((i) => rows[i]!),
              sniffBytes,
              chunk,
            ),
          ).toBe(whole);
        },
      ),
      { numRuns: 500 },
    );
  });
});
