import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';

/** The content of a file that no client sent. */
const CANARY = 'canary,Outcome\n1,0\n2,1\n3,0\n4,1\n';
const CSV = Buffer.from(`a,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}\n`).join('')}`);
const FIELDS = [
  'exp_name',
  'run_name',
  'model_name',
  'registered_model',
  'alias',
  'tags',
  'target',
  'ignore',
];
/** The name that every upload gets, independent of its own name. */
const OURS = /^[\w.-]{0,80}_[A-Z][a-z]{2}-[A-Z][a-z]{2}-[-\d]\d-\d\d:\d\d:\d\d-\d{4}_\d+-[0-9a-f]{12}\.csv$/;

let service: TestService;
let dir: string;
let tempting: Server;
let connections = 0;
let places: string[];
beforeAll(async () => {
  service = await startTestService();
  dir = mkdtempSync(join(tmpdir(), 'trainpost-canary-'));
  const file = join(dir, 'canary.csv');
  writeFileSync(file, CANARY);
  tempting = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  tempting.listen(0, '127.0.0.1');
  await once(tempting, 'listening');
  const url = `http://127.0.0.1:${(tempting.address() as AddressInfo).port}/canary.csv`;
  places = [
    file,
    `../../../../../../../..${file}`,
    `file://${file}`,
    url,
    `\\\\127.0.0.1\\canary.csv`,
    `@${file}`,
  ];
});
afterAll(async () => {
  await service.close();
  tempting.close();
  rmSync(dir, { recursive: true });
});

const post = (fileName = 'a.csv') =>
  request(service.server).post('/train').attach('train_file', CSV, fileName);

/** Checks that nothing was read, written or requested at any of the places. */
async function nothingHappened(answer: request.Response): Promise<void> {
  expect(answer.status).toBeLessThan(500);
  expect(JSON.stringify(answer.body.columns ?? answer.body.data ?? '')).not.toContain('canary');
  expect(readdirSync(dir)).toEqual(['canary.csv']);
  expect(readFileSync(join(dir, 'canary.csv'), 'utf8')).toBe(CANARY);
  expect(connections).toBe(0);
  await expect.poll(() => service.uploads()).toEqual([]);
}

describe('a client that names a path or a URL', () => {
  it.each(FIELDS)('in the field %s reaches nothing there', async (field) => {
    for (const place of places) {
      await nothingHappened(await post().field(field, field === 'tags' ? `a=${place}` : place));
    }
  });

  it('instead of a file has sent no file', async () => {
    for (const place of places) {
      const answer = await request(service.server).post('/train').field('train_file', place);
      expect({ status: answer.status, code: answer.body.code }).toEqual({
        status: 422,
        code: 'missing_file',
      });
      await nothingHappened(answer);
    }
  });

  it('as the name of a file gets a model without the path in its name', async () => {
    for (const place of places) {
      service.desk.entries.length = 0;
      const answer = await post(place).expect(200);
      const { run } = service.desk.entries[0]!;
      expect(run.modelName).toBe('canary-model');
      expect(run.fileName.replace(/^@/, '')).toMatch(/^canary\.csv$/);
      await nothingHappened(answer);
    }
  });

  it.each([
    'Content-Location',
    'Location',
    'Referer',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Accel-Redirect',
    'X-Sendfile',
    'Slug',
    'Content-Disposition',
    'Destination',
    'Link',
  ])('in the header %s reaches nothing there', async (header) => {
    for (const place of places) await nothingHappened(await post().set(header, place).expect(200));
  });

  it('in the query or the path reaches nothing there', async () => {
    for (const place of places) {
      const inQuery = `/train?train_file=${encodeURIComponent(place)}`;
      await nothingHappened(await request(service.server).post(inQuery).attach('train_file', CSV, 'a.csv'));
      for (const path of [`/${place}`, `/temp/${place}`, `/${encodeURIComponent(place)}`]) {
        await nothingHappened(await request(service.server).get(encodeURI(path)));
      }
    }
  });
});

describe('the folder for uploads', () => {
  it.each([
    '../../x.csv',
    '/etc/passwd.csv',
    '..\\..\\x.csv',
    '-rf.csv',
    '.csv',
    '..csv',
    'a b$(id)`id`;&|<>*?.csv',
    `${'x'.repeat(300)}.csv`,
    '\u202ex.csv',
  ])('has only names of our own while %j arrives', async (fileName) => {
    // The form does not end before the file is on disk.
    const form = `--x\r\nContent-Disposition: form-data; name="train_file"; filename="${fileName}"\r\n\r\na,Outcome\n1,0\n`;
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /train HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n${form}`,
    );
    await expect.poll(() => service.uploads()).toHaveLength(1);
    expect(service.uploads()[0]).toMatch(OURS);
    expect(Buffer.byteLength(service.uploads()[0]!)).toBeLessThan(255);
    socket.destroy();
    await expect.poll(() => service.uploads()).toEqual([]);
  });
});
