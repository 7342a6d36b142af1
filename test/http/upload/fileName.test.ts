import { describe, expect, it } from 'vitest';
import { ownerOf, refuseName, shownName, uploadName } from '../../../src/http/upload/fileName.ts';

describe('refuseName', () => {
  it.each([
    ...['data.csv', 'DATA.TSV', 'a.txt', 'a.csv.gz', 'a.gz', 'a.xlsx.csv', 'adult.data', 'x.dat', 'x.log'],
    ...[
      'data',
      '',
      '-',
      '63',
      'blob',
      'upload',
      'stdin',
      'train_file',
      'data.csv.bak',
      'data.csv (1)',
      'a.csv.1',
    ],
    ...['v1.2', '.csv', '..csv', 'xlsx', 'png', 'constructor', 'x.constructor', 'x.__proto__', 'Größe 2.csv'],
  ])('has nothing against %j', (name) => {
    expect(refuseName(name, 'train_file')).toBeUndefined();
  });

  it.each([
    ['data.xlsx', 'an Excel workbook'],
    ['data.XLS', 'an Excel workbook'],
    ['data.csv.xlsx', 'an Excel workbook'],
    ['data.xlsx.gz', 'an Excel workbook'],
    ['data.xlsx. ', 'an Excel workbook'],
    ['plot.png', 'a picture'],
    ['report.pdf', 'a document'],
    ['data.csv.zip', 'an archive'],
    ['data.tar.gz', 'an archive'],
    ['data.parquet', 'a file of another data format'],
    ['data.json', 'JSON'],
    ['page.html', 'HTML or XML'],
    ['x.csv.exe', 'a program'],
  ])('rejects %s as %s', (name, kind) => {
    const error = refuseName(name, 'train_file');
    expect(error).toMatchObject({ code: 'not_a_csv_name', details: { field: 'train_file', value: name } });
    expect(error?.message).toContain(
      `${JSON.stringify(name)} is ${kind}, not a table: save the table as CSV`,
    );
  });
});

describe('shownName', () => {
  it.each([
    ...[
      '',
      '-',
      '--',
      '_',
      '3',
      '63',
      'blob',
      'Blob',
      'file',
      'filename',
      'stdin',
      '<stdin>',
      'upload',
      'train_file',
    ],
    ...['tmp2j32s61k', 'tmpab_cdefg', 'data', 'pipe:[4711]', '<fdopen>', 'null', 'unnamed'],
  ])('%j is a name that a program has made up', (name) => {
    expect(shownName(name)).toBe('data');
  });

  it.each(['data.csv', 'blob.csv', '63.csv', '20241', '日本', 'tmp.csv', 'tmpfiles', 'upload 2', 'x'])(
    '%j is a name that a person has given',
    (name) => {
      expect(shownName(name)).toBe(name);
    },
  );

  it('has no control characters', () => {
    expect(shownName('a\r\nb\u007f.csv')).toBe('a--b-.csv');
  });
});

describe('uploadName', () => {
  it.each([
    ['Größe 1.CSV.gz', /^Gr--e-1_.*\.csv\.gz$/],
    ['adult.data', /^adult\.data_.*\.csv$/],
    ['-', /^data_.*\.csv$/],
    [`${'x'.repeat(300)}.tsv`, /^x{80}_.*\.tsv$/],
  ])('of %s has its stem, and the process as its owner', (name, form) => {
    const stored = uploadName(name);
    expect(stored).toMatch(form);
    expect(stored.length).toBeLessThanOrEqual(255);
    expect(ownerOf(stored)).toBe(process.pid);
  });

  it('of another file has no owner', () => {
    expect(ownerOf('data.csv')).toBeUndefined();
  });
});
