import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ORIGINAL_PLAN } from '../../support/plans.ts';
import { answerOf, BOUNDARY, headOf, multipart, open, requestOf } from '../../support/rawUpload.ts';
import {
  PATIENCE_MS,
  startTestService,
  type TestService,
  type TestServiceOptions,
} from '../../support/service.ts';
import { passTime, stopTime } from '../../support/stoppedTime.ts';

const FAULTY = new URL('../../support/faultyThread.mjs', import.meta.url);
const ROWS = Array.from({ length: 40 }, (_, row) => `${row},${(row * 7) % 11},${row % 2}\n`).join('');
const CSV = `a,b,Outcome\n${ROWS}`;
const FORM = multipart([{ name: 'train_file', fileName: 'a.csv', value: CSV }]);
/** Bytes of the form before the file's content. */
const FILE_BEGINS = FORM.indexOf('\r\n\r\n') + 4;

let service: TestService;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await service.close();
});

async function start(options: TestServiceOptions): Promise<void> {
  service = await startTestService(options);
  await service.engine.warmUp(ORIGINAL_PLAN);
}

/** Begins an upload: sends the head of the request and the first bytes of the form. */
async function begin(bytes: number, form = FORM): Promise<Socket> {
  const socket = await open(service.url);
  sockets.push(socket);
  socket.write(headOf({ 'Content-Length': form.length }));
  socket.write(form.subarray(0, bytes));
  return socket;
}

async function finish(socket: Socket, from: number, form = FORM) {
  socket.write(form.subarray(from));
  return await answerOf(socket);
}

async function post(fields: Readonly<Record<string, string>> = {}, csv = CSV) {
  const socket = await open(service.url);
  sockets.push(socket);
  const parts = Object.entries(fields).map(([name, value]) => ({ name, value }));
  socket.write(requestOf(multipart([...parts, { name: 'train_file', fileName: 'a.csv', value: csv }])));
  return await answerOf(socket);
}

describe('uploads at the same time', () => {
  it('are as many as there are slots, and one more gets a Retry-After', async () => {
    await start({ upload: { atOnceMax: 3, bytesPerSMin: 0 } });
    // Uploads whose file has not begun have no slot.
    await Promise.all([1, 2, 3, 4, 5].map(() => begin(FILE_BEGINS)));
    const begun = await Promise.all([1, 2, 3].map(() => begin(FILE_BEGINS + 20)));
    await expect.poll(() => service.engine.memory().promisedBytes).toBe(3 * 65_536);
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.body).toMatchObject({ code: 'uploads_full', limit: 3, actual: 4 });
    // The rejected upload took neither memory nor disk space.
    expect(service.engine.memory().promisedBytes).toBe(3 * 65_536);
    await expect.poll(() => service.uploads().length).toBe(3);
    const answers = await Promise.all(begun.map((socket) => finish(socket, FILE_BEGINS + 20)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await post()).status).toBe(200);
  });

  it('lose their slot if they are too slow and another upload needs it, the slowest first', async () => {
    await start({ upload: { atOnceMax: 2, bytesPerSMin: 1_000_000 } });
    const large = multipart([{ name: 'train_file', fileName: 'a.csv', value: CSV + ROWS.repeat(40) }]);
    const slow = await begin(FILE_BEGINS + 10_000, large);
    const slower = await begin(FILE_BEGINS + 10, large);
    await expect.poll(() => service.engine.memory().promisedBytes).toBe(2 * 65_536);
    expect((await post()).status).toBe(200);
    const { status, headers, body } = await answerOf(slower);
    expect([status, headers['connection'], body['code']]).toEqual([408, 'close', 'upload_too_slow']);
    expect(body['limit']).toBe(1_000_000);
    expect(body['actual']).toBeLessThan(1_000_000);
    await expect.poll(() => service.uploads().length).toBe(1);
    expect((await finish(slow, FILE_BEGINS + 10_000, large)).status).toBe(200);
  });

  it('give back their slot, no matter how they end', async () => {
    await start({ upload: { atOnceMax: 1, bytesPerSMin: 0, fileBytesMax: 2_000 } });
    stopTime();
    const ends: [string, () => Promise<unknown>][] = [
      ['trained', () => post()],
      ['a wrong field', () => post({ tol: 'x' })],
      ['not a table', () => post({}, 'a,b\n1\n')],
      ['too large', () => post({}, CSV.repeat(10))],
      ['a name too long', () => post({ ['x'.repeat(100)]: '1' })],
      ['disconnected', async () => (await begin(FILE_BEGINS + 20)).destroy()],
      ['stalled', async () => await passTime(PATIENCE_MS, answerOf(await begin(FILE_BEGINS + 20)))],
      ['malformed', async () => (await begin(FILE_BEGINS + 20)).end()],
    ];
    for (const [name, end] of ends) {
      await end();
      await expect.poll(async () => (await post()).status, { message: name }).toBe(200);
    }
    expect(service.uploads()).toEqual([]);
  });
});

describe('an upload that', () => {
  it.each([
    ['after the file began', FILE_BEGINS + 20],
    ['before the file began', 10],
    ['before the first byte', 0],
  ])('stalls %s gets 408, and its connection is closed', async (_name, bytes) => {
    await start({ upload: { stallMs: 300 } });
    const socket = await begin(bytes);
    const { status, headers, body } = await answerOf(socket);
    expect(status).toBe(408);
    expect(headers).toMatchObject({
      connection: 'close',
      'content-type': expect.stringContaining('application/problem+json'),
    });
    expect(body).toMatchObject({ code: 'upload_stalled', limit: 300, actual: 301 });
    await expect.poll(() => socket.destroyed || socket.readableEnded).toBe(true);
    await expect.poll(() => service.uploads()).toEqual([]);
    await expect.poll(() => service.engine.memory().promisedBytes).toBe(0);
  });

  it('is slow but does not stall is accepted', async () => {
    await start({ upload: { stallMs: 1_500 } });
    stopTime();
    const accepted = once(service.server, 'connection') as Promise<[Socket]>;
    const socket = await begin(FILE_BEGINS);
    const [peer] = await accepted;
    for (let at = FILE_BEGINS; at < FORM.length - 10; at += 10) {
      socket.write(FORM.subarray(at, at + 10));
      const isRead = () => peer.destroyed || peer.bytesRead === socket.bytesWritten;
      await expect.poll(isRead, { interval: 1 }).toBe(true);
      // The bytes that the connection has read go through the request to its body.
      await new Promise((resolve) => setImmediate(resolve));
      vi.advanceTimersByTime(1_000);
    }
    const sent = FILE_BEGINS + Math.floor((FORM.length - 10 - FILE_BEGINS + 9) / 10) * 10;
    expect((await finish(socket, sent)).status).toBe(200);
  });

  it('takes too long gets 408, although it never stalls', async () => {
    await start({ upload: { timeoutMs: 1_000 } });
    const socket = await begin(FILE_BEGINS);
    const drip = setInterval(() => socket.write('1,2,3\n'), 50);
    try {
      const { status, body } = await answerOf(socket);
      expect(status).toBe(408);
      expect(body).toMatchObject({ code: 'upload_timeout', limit: 1_000, actual: 1_001 });
    } finally {
      clearInterval(drip);
    }
    await expect.poll(() => service.uploads()).toEqual([]);
  });

  it('is rejected while it still arrives is read for only a few seconds more', async () => {
    await start({});
    stopTime();
    const socket = await open(service.url);
    sockets.push(socket);
    const part = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="train_file"; filename="a.png"\r\n\r\n`;
    socket.write(headOf({ 'Content-Length': 5_000_000 }) + part);
    const drip = setInterval(() => socket.write('1,2,3\n'), 50);
    try {
      const { status, headers, body } = await passTime(5_000, answerOf(socket));
      expect([status, headers['connection'], body['code']]).toEqual([415, 'close', 'not_a_csv_name']);
    } finally {
      clearInterval(drip);
    }
  });
});

describe('too little memory', () => {
  it('because of other uploads is 429, and the memory is free again when they have ended', async () => {
    // Three tables of three columns that have only begun fit, and a fourth does not.
    await start({ engine: { memoryBytesMax: 10_900_000 } });
    // Enough bytes that a thread has begun to read.
    const large = multipart([{ name: 'train_file', fileName: 'a.csv', value: CSV + ROWS.repeat(1_500) }]);
    const sent = 400_000;
    const begun = await Promise.all([1, 2, 3].map(() => begin(sent, large)));
    await expect.poll(() => service.engine.memory().promisedBytes).toBeGreaterThan(7_000_000);
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.body).toMatchObject({ code: 'memory_promised', limit: 10_878_976 });
    expect(refused.body['actual']).toBeGreaterThan(10_878_976);
    const [one, ...others] = begun as [Socket, ...Socket[]];
    for (const other of others) other.destroy();
    await expect.poll(() => service.engine.memory().promisedBytes).toBeLessThan(4_000_000);
    expect((await finish(one, sent, large)).status).toBe(200);
    expect((await post()).status).toBe(200);
    expect(service.engine.memory().promisedBytes).toBe(0);
  });

  it('for a single table is 422', async () => {
    await start({ engine: { memoryBytesMax: 6_500_000 } });
    expect((await post()).status).toBe(200);
    const wide = `${Array.from({ length: 900 }, (_, j) => `c${j}`).join()}\n${`${'1,'.repeat(899)}0\n`.repeat(5_000)}`;
    const { status, body } = await post({}, wide);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'too_large_for_memory', limit: 6_488_064 });
    expect(body['actual']).toBeGreaterThan(6_488_064);
    expect((await post()).status).toBe(200);
  });
});

describe('threads', () => {
  it('that are all busy, with a full queue, are 429; a training that takes too long is 422', async () => {
    await start({ engine: { thread: FAULTY, threads: 1, waitingMax: 1, timeoutMs: 4_000 } });
    stopTime();
    const posted = [1, 2, 3].map(() => post({ positive: '!loop' }));
    // One training is refused at once. The others compute and wait while no time passes.
    await Promise.race(posted);
    const answers = await passTime(4_000, Promise.all(posted));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map(({ body }) => body)).toMatchObject([{ code: 'queue_full', limit: 1, actual: 2 }]);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    const ended = answers.filter(({ status }) => status === 422).map(({ body }) => body);
    const timedOut = { code: 'training_timeout', limit: 4_000, actual: 4_001 };
    expect(ended).toMatchObject([timedOut, timedOut]);
    expect((await post()).status).toBe(200);
  });

  it('that take too long to read a file give up with 422', async () => {
    await start({ engine: { thread: FAULTY, parseTimeoutMs: PATIENCE_MS } });
    stopTime();
    const looping = post({}, `!loop,Outcome\n${'1,0\n2,1\n'.repeat(20)}`);
    const { status, body } = await passTime(PATIENCE_MS, looping);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'parse_timeout', limit: PATIENCE_MS });
    expect((await post()).status).toBe(200);
  });

  it('that are lost give 503 with Retry-After to their own training only', async () => {
    await start({ engine: { thread: FAULTY, threads: 2 } });
    const [lost, ...others] = await Promise.all([post({ positive: '!exit' }), post(), post(), post()]);
    expect(lost).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'thread_lost' },
    });
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await post()).status).toBe(200);
  });
});
