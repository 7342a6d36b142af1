import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD_FILES, type BadFile } from '../../data/badFiles.ts';
import { drawn } from '../../support/draws.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const STATUS: Readonly<Record<BadFile['error']['kind'], number>> = {
  DataError: 422,
  NotATableError: 415,
  TooLargeError: 413,
};
const GOOD = `a,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}\n`).join('')}`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const post = (bytes: Buffer) => request(service.url).post('/train').attach('train_file', bytes, 'data.csv');
const codes = [...new Set(BAD_FILES.map(({ error }) => error.code))];

describe('POST /train with a bad file', () => {
  // `test/data/badFiles.test.ts` reads every bad file. Here one file of each code shows what HTTP makes of the error.
  it.each(codes)('answers %s with its status, row and column, and accepts the next file', async (code) => {
    // An empty file is left out: the form's own check rejects it before anything reads it.
    const files = BAD_FILES.filter(({ error, bytes }) => error.code === code && bytes.length > 0);
    expect(files.length).toBeGreaterThan(0);
    for (const { name, bytes, error } of drawn(files, 0)) {
      const { status, body } = await post(bytes);
      const { row, column } = body as { row?: number; column?: string };
      expect({ status, code: body.code, row, column }, name).toEqual({
        status: STATUS[error.kind],
        code,
        row: error.row,
        column: error.column,
      });
    }
    await post(Buffer.from(GOOD)).expect(200);
    await expect.poll(() => service.uploads()).toEqual([]);
  });
});
