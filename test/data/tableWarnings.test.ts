import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/data/readTable.ts';
import { tableWarnings } from '../../src/data/tableWarnings.ts';

const codes = (csv: string) => tableWarnings(readTable(Buffer.from(csv))).map(({ code }) => code);

describe('a header line', () => {
  it.each([
    ['a row of whole numbers', '6,148,72\n1,85,66\n', ['numbers_in_header']],
    ['a row of decimals', '0.5,-1e3,+.5\n1,2,3\n', ['numbers_in_header']],
    ['a row of decimal commas', '1,5;2,5\n0;3,5\n', ['numbers_in_header']],
    ['years before a name', '2023,2024,label\n1,2,0\n', []],
    ['names with digits', 'x1,2nd,0x10\n1,2,3\n', []],
  ])('%s', (_name, csv, expected) => {
    expect(codes(csv)).toEqual(expected);
  });

  it('is named in the warning, with advice', () => {
    const [warning] = tableWarnings(readTable(Buffer.from('6,148\n1,85\n')));
    expect(warning?.message).toMatch(/"6".*line of names before it/);
  });
});
