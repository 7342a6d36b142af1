import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
const FORM = Buffer.concat([
  Buffer.from('--x\r\nContent-Disposition: form-data; name="train_file"; filename="diabetes.csv"\r\n\r\n'),
  DIABETES,
  Buffer.from('\r\n--x--\r\n'),
]);
const HEAD = `POST /train HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${FORM.length}\r\n\r\n`;

let service: TestService;
beforeEach(async () => {
  service = await startTestService();
});
afterEach(() => service.close());

describe('a service that shuts down', () => {
  it('tells clients to retry on another connection', async () => {
    service.underWay.close();
    const form = new FormData();
    form.set('train_file', new Blob([new Uint8Array(DIABETES)]), 'a.csv');
    for (const [path, options] of [
      ['/test', {}],
      ['/train', { method: 'POST', body: form }],
      ['/deliveries', {}],
    ] as const) {
      const response = await fetch(`${service.url}${path}`, options);
      expect(response.status).toBe(503);
      expect(response.headers.get('Retry-After')).toBe('5');
      expect(response.headers.get('Connection')).toBe('close');
      expect(await response.json()).toMatchObject({ code: 'shutting_down' });
    }
    await service.underWay.settled(60_000);
  });

  it('trains an upload that has begun, and waits for its response', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write(HEAD);
    socket.write(FORM.subarray(0, 1000));
    await expect.poll(() => service.uploads().length).toBe(1);
    service.underWay.close();
    let isSettled = false;
    const settled = service.underWay.settled(60_000).then(() => {
      isSettled = true;
    });
    // Other requests are rejected meanwhile, and the shutdown does not wait for them.
    expect((await fetch(`${service.url}/test`)).status).toBe(503);
    expect(isSettled).toBe(false);
    socket.write(FORM.subarray(1000));
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"accuracy":0\.79/s);
    await settled;
  });

  it('does not wait for an upload whose client has disconnected', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write(HEAD);
    socket.write(FORM.subarray(0, 1000));
    await expect.poll(() => service.uploads().length).toBe(1);
    const settled = service.underWay.settled(60_000);
    socket.destroy();
    await settled;
  });
});
