import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionBounds } from '../../src/http/connections.ts';
import { answerOf, open } from '../support/rawUpload.ts';
import { startTestService, type TestService } from '../support/service.ts';

const MAX = 5;
/** Connections above the limit that still get a response. */
const TOLD = 64;

let service: TestService;
const sockets: Socket[] = [];
async function start(connections: Partial<ConnectionBounds> = {}): Promise<void> {
  service = await startTestService({ connections: { max: MAX, ...connections } });
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await service.close();
});

async function connect(count: number): Promise<Socket[]> {
  const opened = await Promise.all(Array.from({ length: count }, () => open(service.url)));
  sockets.push(...opened);
  return opened;
}

async function ask(socket: Socket) {
  socket.write('GET /test HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  return await answerOf(socket);
}

describe('connections', () => {
  it('are limited: one more gets a Retry-After and is closed', async () => {
    await start();
    const held = await connect(MAX);
    const answers = await Promise.all(held.map(ask));
    expect(answers.map(({ status }) => status)).toEqual(held.map(() => 200));
    const [beyond] = (await connect(1)) as [Socket];
    const { status, headers, body } = await ask(beyond);
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
    expect(body).toMatchObject({ code: 'connections_full', limit: MAX, actual: MAX + 1 });
    await expect.poll(() => beyond.readableEnded || beyond.destroyed).toBe(true);
    held[0]?.destroy();
    await expect
      .poll(async () => {
        const [next] = (await connect(1)) as [Socket];
        return (await ask(next)).status;
      })
      .toBe(200);
  });

  it('far above the limit are closed without a response', async () => {
    await start();
    await connect(MAX + TOLD);
    const [dropped] = (await connect(1)) as [Socket];
    if (!dropped.destroyed) await once(dropped, 'close');
    expect(dropped.bytesRead).toBe(0);
  });

  it('that do not send a head in time are closed', async () => {
    await start({ headersTimeoutMs: 1_000 });
    const [slow] = (await connect(1)) as [Socket];
    slow.write('GET /test HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    const drip = setInterval(() => slow.write('x'), 100);
    try {
      let received = '';
      slow.on('data', (chunk) => {
        received += String(chunk);
      });
      await once(slow, 'close');
      expect(received).toMatch(/^HTTP\/1.1 408 /);
    } finally {
      clearInterval(drip);
    }
  });
});
