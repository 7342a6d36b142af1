import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobAnswer } from '../../../src/http/jobs/jobAnswer.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { MODEL_URI, readyModel, storeOf } from './model.ts';

const HEADER = 'id,plan,age,city,net income,note';
const ROWS = Array.from({ length: 200_000 }, (_, id) => `${id},pro,${id % 9},oslo,${id / 7},`);
/** Its answer with explanations is larger than the buffers between a server and a client that does not read. */
const LARGE = [HEADER, ...ROWS, ''].join('\n');
const SMALL = [HEADER, ...ROWS.slice(0, 20), ''].join('\n');

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ models: storeOf(readyModel()), modelUri: MODEL_URI });
});
afterAll(() => service.close());

const get = async (path: string) => (await request(service.server).get(path).expect(200)).body;
const newest = async () => (await get('/jobs')).jobs[0] as JobAnswer | undefined;

/** A client that reads nothing until the test does. */
function stalled(): Socket {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1').pause();
  const length = Buffer.byteLength(LARGE);
  socket.write(
    `POST /predict?explain=1 HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n${LARGE}`,
  );
  return socket;
}

/** The job of a file that is being predicted. */
async function underWay(): Promise<JobAnswer> {
  await expect
    .poll(async () => {
      const job = await newest();
      return job?.state === 'reading' && job.progress.rows > 0;
    })
    .toBe(true);
  return (await newest()) as JobAnswer;
}

describe('a file of predictions', () => {
  it.each<[string, string | Uint8Array]>([
    ['text', SMALL],
    ['gzip', gzipSync(SMALL)],
  ])('is a job with its bytes and rows: %s', async (_name, body) => {
    const headers = { 'Content-Type': 'text/csv' };
    const response = await fetch(`${service.url}/predict`, { method: 'POST', headers, body: body as string });
    await response.text();
    const id = response.headers.get('Job-Id');
    const bytes = Buffer.byteLength(body);
    const progress = { stage: 'reading', done: bytes, total: bytes, rows: 20, share: 1 };
    expect(await get(`/jobs/${id}`)).toMatchObject({ id, kind: 'predict', state: 'done', progress });
  });

  it('shows how far it is, and is cancelled', async () => {
    const socket = stalled();
    const { id, kind, progress } = await underWay();
    expect([kind, progress.total]).toEqual(['predict', Buffer.byteLength(LARGE)]);
    expect(progress.share).toBeCloseTo(progress.done / progress.total, 12);
    const { body } = await request(service.server).delete(`/jobs/${id}`).expect(200);
    expect(body).toMatchObject({ id, state: 'cancelled' });
    await expect.poll(() => service.uploads()).toEqual([]);
    const answer = await text(socket);
    expect(answer).toContain(`Job-Id: ${id}`);
    expect(answer).toMatch(/\r\n0\r\nTrainpost-Error: \{[^\r\n]*"code":"cancelled"[^\r\n]*\}\r\n$/);
  });

  it('is cancelled if its client leaves', async () => {
    const socket = stalled();
    const { id } = await underWay();
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(async () => (await get(`/jobs/${id}`)).state).toBe('cancelled');
    await expect.poll(() => service.uploads()).toEqual([]);
  });

  it('keeps its problem', async () => {
    const headers = { 'Content-Type': 'text/csv' };
    const body = `${HEADER}\n7,pro,3,oslo,x,\n`;
    const response = await fetch(`${service.url}/predict`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await newest()).toMatchObject({
      kind: 'predict',
      state: 'failed',
      problem: { code: 'wrong_value' },
    });
  });
});
