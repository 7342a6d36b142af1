import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepareUploads } from '../../../src/http/upload/upload.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const FILE_BYTES_MAX = 100_000;
const rows = (line: (i: number) => string, end = '\n') =>
  Array.from({ length: 40 }, (_, i) => line(i) + end).join('');
const target = (i: number) => ((i * 7) % 11 > 4 ? 1 : 0);
/** The same table, written in two ways. */
const TABLE = `Größe,b,Outcome\n${rows((i) => `${i / 8},${(i * 5) % 7},${target(i)}`)}`;
const SEMICOLONS = `Größe;b;Outcome\r\n${rows((i) => `${String(i / 8).replace('.', ',')};${(i * 5) % 7};${target(i)}`, '\r\n')}`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ fileBytesMax: FILE_BYTES_MAX });
});
afterAll(() => service.close());
beforeEach(() => {
  service.desk.entries.length = 0;
});

const post = (content: Buffer | string, fileName: string) =>
  request(service.server).post('/train').attach('train_file', Buffer.from(content), fileName);

describe('a file', () => {
  it('without a header line is trained with a warning, which a dry run has, too', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${100 + row},${10 + (row % 7)},${row % 2}\n`).join(
      '',
    );
    const trained = await post(rows, 'data.csv').expect(200);
    const dry = await post(rows, 'data.csv').field('dry_run', 'true').expect(200);
    for (const { body } of [trained, dry])
      expect(body.warnings.map(({ code }: { code: string }) => code)).toContain('numbers_in_header');
  });

  it.each<[string, Buffer, string, string[]]>([
    ['gzip', gzipSync(TABLE), 'data.csv.gz', []],
    ['gzip under another name', gzipSync(TABLE), 'DATA.CSV', []],
    ['semicolons and decimal commas', Buffer.from(SEMICOLONS), 'data.csv', []],
    ['tabs', Buffer.from(TABLE.replaceAll(',', '\t')), 'data.tsv', []],
    ['bars, in gzip', gzipSync(TABLE.replaceAll(',', '|')), 'data.txt.gz', []],
    ['CR alone', Buffer.from(TABLE.replaceAll('\n', '\r')), 'data.txt', []],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TABLE}`), 'data.csv', []],
    ['UTF-16 LE', Buffer.from(`\uFEFF${TABLE}`, 'utf16le'), 'data.csv', []],
    ['UTF-16 BE', Buffer.from(`\uFEFF${SEMICOLONS}`, 'utf16le').swap16(), 'data.csv', []],
    ['Windows-1252', Buffer.from(SEMICOLONS, 'latin1'), 'data.csv', ['assumed_cp1252']],
  ])('gives the same numbers: %s', async (_name, content, fileName, warnings) => {
    const plain = await post(TABLE, 'data.csv').expect(200);
    const other = await post(content, fileName).expect(200);
    expect(other.body.metrics).toEqual(plain.body.metrics);
    expect(other.body.data).toMatchObject({ rows: 40, columns: 3 });
    expect(other.body.warnings.map(({ code }: { code: string }) => code)).toEqual(warnings);
    const [first, second] = service.desk.entries;
    expect(second?.pipeline).toEqual(first?.pipeline);
    expect(second?.run.dataset.features[0]).toEqual({ name: 'Größe', type: 'double' });
    expect(second?.run).toMatchObject({ fileName, modelName: `${fileName.split('.')[0]}-model` });
    await expect.poll(() => service.uploads()).toEqual([]);
  });

  it('of any extension is removed if an earlier process left it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trainpost-uploads-'));
    const names = ['csv', 'csv.gz', 'tsv', 'txt.gz', 'gz', 'json'].map(
      (kind) => `left_Mon-Nov-23-01.49.33-2026_${process.pid}-0123456789ab.${kind}`,
    );
    for (const name of [...names, 'ours.csv.gz']) writeFileSync(join(dir, name), TABLE);
    await prepareUploads(dir);
    expect(readdirSync(dir).toSorted()).toEqual([...names.slice(4), 'ours.csv.gz']);
    rmSync(dir, { recursive: true });
  });

  it.each<[string, Buffer, string, number, string, object]>([
    [
      'gzip with too much content',
      gzipSync(Buffer.alloc(FILE_BYTES_MAX + 1, '1')),
      'a.csv.gz',
      413,
      'unfolded_too_large',
      { limit: FILE_BYTES_MAX },
    ],
    ['incomplete gzip', gzipSync(TABLE).subarray(0, 100), 'a.csv.gz', 422, 'corrupt_gzip', {}],
    ['empty gzip', gzipSync(''), 'a.csv.gz', 422, 'empty_file', {}],
    ['a workbook named .csv', Buffer.from('PK\x03\x04\x14'), 'a.csv', 415, 'not_a_table', {}],
    ['a PDF named .txt', Buffer.from('%PDF-1.7\n'), 'a.txt', 415, 'not_a_table', {}],
    ['a web page', Buffer.from('<!doctype html><p>Moved'), 'a.csv', 415, 'not_a_table', {}],
    ['JSON', Buffer.from('[{"a": 1}]'), 'a.csv', 415, 'not_a_table', {}],
    [
      'the name of a workbook',
      Buffer.from(TABLE),
      'data.xlsx',
      415,
      'not_a_csv_name',
      { value: 'data.xlsx' },
    ],
    ['the name of an archive', gzipSync(TABLE), 'data.tar.gz', 415, 'not_a_csv_name', {}],
    [
      'bad bytes',
      Buffer.from('\xef\xbb\xbfa,Outcome\n1,0\n2,\xe4\n', 'latin1'),
      'a.csv',
      422,
      'bad_encoding',
      { row: 2, column: 'Outcome' },
    ],
    ['a NUL', Buffer.from('a,Outcome\n1,0\n2\0,1\n'), 'a.csv', 422, 'nul_character', { row: 2, column: 'a' }],
    [
      'a decimal point among commas',
      Buffer.from('a;Outcome\n1,5;0\n2,5;1\n2.5;1\n'),
      'a.csv',
      422,
      'not_a_number',
      { row: 3, column: 'a' },
    ],
  ])('is rejected: %s', async (_name, content, fileName, status, code, details) => {
    const response = await post(content, fileName);
    expect(response.body).toMatchObject({ status, code, ...details });
    expect(response.status).toBe(status);
    expect(service.desk.entries).toEqual([]);
    expect(service.uploads()).toEqual([]);
  });
});
