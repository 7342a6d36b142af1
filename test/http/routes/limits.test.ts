import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGINAL_PLAN } from '../../support/plans.ts';
import {
  answerOf,
  headOf,
  type JsonAnswer,
  multipart,
  open,
  type Part,
  requestOf,
} from '../../support/rawUpload.ts';
import { startTestService, type TestService } from '../../support/service.ts';

/** Limits that can each be reached without reaching the others. The limit of parts has a service of its own. */
const LIMITS = {
  fileBytesMax: 4_000,
  fieldsMax: 5,
  partsMax: 7,
  fieldNameCharsMax: 16,
  fieldValueBytesMax: 40,
} as const;
const TABLE = { rows: 40, columns: 5, cells: 120, cellChars: 20, lineChars: 60 };

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ upload: LIMITS, table: TABLE });
  await service.engine.warmUp(ORIGINAL_PLAN);
});
afterAll(() => service.close());

async function send(request: Buffer): Promise<JsonAnswer> {
  const socket = await open(service.url);
  try {
    socket.write(request);
    return await answerOf(socket);
  } finally {
    socket.destroy();
  }
}

const post = (parts: readonly Part[]) => send(requestOf(multipart(parts)));
const fileOf = (value: string | Buffer, fileName = 'a.csv'): Part => ({
  name: 'train_file',
  fileName,
  value,
});

/** A table of this many rows and columns; the last column is the class. */
function tableOf(rows: number, columns: number): string {
  const line = (row: number) =>
    Array.from({ length: columns }, (_, j) => (j === columns - 1 ? row % 2 : (row * (j + 3)) % 17)).join(',');
  const names = Array.from({ length: columns }, (_, j) => `c${j}`).join(',');
  return `${[names, ...Array.from({ length: rows }, (_, row) => line(row))].join('\n')}\n`;
}

/** A table of text with the given lengths, in characters, of its first row's first cell and of the whole first row. */
function textTable(cellChars: number, lineChars: number): string {
  const others = 'y'.repeat(Math.min(20, lineChars - cellChars - 4));
  const rest = 'z'.repeat(lineChars - cellChars - others.length - 4);
  // One text a column: each text more would be one more column of the encoded table.
  const row = `${'x'.repeat(cellChars)},${others},${rest}`;
  const rows = Array.from({ length: 20 }, (_, index) => `${row},${index % 2}`);
  return `a,b,c,d\n${rows.join('\n')}\n`;
}

const SMALL = tableOf(20, 3);
const testFile = { ...fileOf(SMALL), name: 'test_file' };
const padded = (bytes: number) => SMALL + '\n'.repeat(bytes - SMALL.length);
const FIELDS: readonly Part[] = [
  { name: 'tol', value: '1.0' },
  { name: 'iterations', value: '100' },
  { name: 'exp_name', value: 'e' },
  { name: 'random_state', value: '1' },
  { name: 'stratify', value: 'true' },
];
const named = (name: string, value: string): Part => ({ name, value });

/** What a limit bounds, a form at the limit, a form beyond the limit, and the response to the latter. */
const CASES: readonly [string, readonly Part[], readonly Part[], number, string, number, number][] = [
  ['the file', [fileOf(padded(4_000))], [fileOf(padded(4_001))], 413, 'file_too_large', 4_000, 4_001],
  [
    'the content of a gzip file',
    [fileOf(gzipSync(padded(4_000)), 'a.csv.gz')],
    [fileOf(gzipSync(padded(4_001)), 'a.csv.gz')],
    413,
    'unfolded_too_large',
    4_000,
    4_001,
  ],
  [
    'files',
    [fileOf(SMALL), testFile],
    [fileOf(SMALL), testFile, fileOf(SMALL)],
    422,
    'unexpected_file',
    2,
    3,
  ],
  [
    'fields',
    [...FIELDS, fileOf(SMALL)],
    [...FIELDS, named('alias', ''), fileOf(SMALL)],
    400,
    'too_many_fields',
    5,
    6,
  ],
  [
    "a field's name",
    [named('registered_model', 'm'), fileOf(SMALL)],
    [named('registered_models', 'm'), fileOf(SMALL)],
    400,
    'field_name_too_long',
    16,
    17,
  ],
  [
    "a field's value",
    [named('exp_name', 'é'.repeat(20)), fileOf(SMALL)],
    [named('exp_name', `${'é'.repeat(20)}e`), fileOf(SMALL)],
    400,
    'field_value_too_long',
    40,
    41,
  ],
  ['rows', [fileOf(tableOf(40, 3))], [fileOf(tableOf(41, 2))], 422, 'too_many_rows', 40, 41],
  ['columns', [fileOf(tableOf(20, 5))], [fileOf(tableOf(20, 6))], 422, 'too_many_columns', 5, 6],
  ['cells', [fileOf(tableOf(24, 5))], [fileOf(tableOf(31, 4))], 422, 'too_many_cells', 120, 124],
  ['a cell', [fileOf(textTable(20, 50))], [fileOf(textTable(21, 50))], 422, 'cell_too_long', 20, 21],
  ['a line', [fileOf(textTable(20, 60))], [fileOf(textTable(20, 61))], 422, 'line_too_long', 60, 61],
];

describe('a form at the limit of', () => {
  it.each(CASES)('%s is accepted', async (_name, at) => {
    const { status, body } = await post(at);
    expect([status, body['code']]).toEqual([200, undefined]);
  });
});

describe('a form one beyond the limit of', () => {
  it.each(CASES)('%s is rejected', async (_name, _at, beyond, status, code, limit, actual) => {
    const answer = await post(beyond);
    expect(answer.body).toMatchObject({ status, code, limit, actual });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(service.uploads()).toEqual([]);
    await expect.poll(() => service.engine.memory().promisedBytes).toBe(0);
  });
});

describe('a body that is too large', () => {
  it('is rejected by its Content-Length, before any byte is read', async () => {
    const socket = await open(service.url);
    socket.write(headOf({ 'Content-Length': 200_000_000 }));
    const { status, headers, body } = await answerOf(socket);
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: 'file_too_large', limit: 4_000, actual: 200_000_000 });
    expect(headers['connection']).toBe('close');
  });

  it('is rejected before it is sent if the client asks (Expect: 100-continue)', async () => {
    const socket = await open(service.url);
    let received = '';
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
    socket.write(headOf({ 'Content-Length': 200_000_000, Expect: '100-continue' }));
    await expect.poll(() => received).toContain('file_too_large');
    expect(received).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('is counted if it has no Content-Length, and rejected as soon as it is too long', async () => {
    const socket = await open(service.url);
    const [head = ''] = multipart([fileOf('')])
      .toString()
      .split('\r\n--boundary');
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    socket.write(headOf({ 'Transfer-Encoding': 'chunked' }) + chunk(head));
    let isOver = false;
    const answered = answerOf(socket).finally(() => {
      isOver = true;
    });
    // This body never ends by itself.
    while (!isOver) {
      socket.write(chunk('1,2,3\n'.repeat(500)));
      await new Promise((resolve) => setTimeout(resolve));
    }
    const { status, body } = await answered;
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: 'file_too_large', limit: 4_000 });
    expect(body['actual']).toBeGreaterThan(4_000);
    socket.destroy();
    await expect.poll(() => service.uploads()).toEqual([]);
  });
});

describe('GET /limits', () => {
  it('lists every limit as it is set, and the error of a request beyond it', async () => {
    const response = await fetch(`${service.url}/limits`);
    const { limits } = (await response.json()) as { limits: Record<string, unknown>[] };
    expect(limits).toContainEqual({
      setting: 'UPLOAD_BYTES_MAX',
      bounds: expect.any(String),
      limit: 4_000,
      default: 200_000_000,
      unit: 'bytes',
      status: 413,
      codes: ['file_too_large', 'unfolded_too_large'],
    });
    for (const [, , , status, code, limit] of CASES) {
      const row = limits.find(({ codes }) => (codes as string[]).includes(code));
      expect(row, code).toMatchObject({ status, limit });
    }
  });

  it('is read-only', async () => {
    expect((await fetch(`${service.url}/limits`, { method: 'POST' })).status).toBe(405);
  });
});

describe('a form with as many fields and files as it may have parts', () => {
  it('is accepted, and rejected with one part more', async () => {
    const small = await startTestService({ upload: { ...LIMITS, partsMax: 5 } });
    try {
      const postTo = async (parts: readonly Part[]) => {
        const form = request(small.server).post('/train');
        for (const { name, value, fileName } of parts) {
          if (fileName === undefined) form.field(name, value);
          else form.attach(name, Buffer.from(value as string), fileName);
        }
        return form;
      };
      const [first, ...others] = FIELDS;
      expect((await postTo([...others, fileOf(SMALL)])).status).toBe(200);
      const { status, body } = await postTo([...others, fileOf(SMALL), first as Part]);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'too_many_parts', limit: 5, actual: 6 });
    } finally {
      await small.close();
    }
  });
});
