import type { IncomingMessage } from 'node:http';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpError } from '../../../src/http/problem.ts';
import { UploadBody } from '../../../src/http/upload/uploadBody.ts';

const BOUNDS = { bytesMax: 1_000_000, stallMs: 30_000, timeoutMs: 900_000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request, its body, and the errors of the body. */
function setUp() {
  const request = new PassThrough();
  const tooLarge = (bytes: number) => new HttpError(413, 'too_large', `${bytes}`);
  const body = new UploadBody(request as unknown as IncomingMessage, { ...BOUNDS, tooLarge });
  const errors: unknown[] = [];
  body.on('error', (error) => errors.push(error));
  return { request, body, errors };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the body of an upload', () => {
  it('stalls when no byte has arrived for 30 s, and not 1 ms before', async () => {
    const { request, body, errors } = setUp();
    body.resume();
    vi.advanceTimersByTime(29_000);
    request.write('x');
    await settled();
    vi.advanceTimersByTime(29_999);
    await settled();
    expect(errors).toEqual([]);
    vi.advanceTimersByTime(1);
    await settled();
    expect(errors).toMatchObject([{ code: 'upload_stalled', details: { limit: 30_000, actual: 30_001 } }]);
  });

  it('does not stall while its bytes wait for the service', async () => {
    const { request, body, errors } = setUp();
    const waiting: (() => void)[] = [];
    body.pipe(new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => waiting.push(done) }));
    const piece = Buffer.alloc(300_000);
    for (let i = 0; i < 3; i++) request.write(piece);
    await settled();
    for (let minute = 0; minute < 10; minute++) {
      vi.advanceTimersByTime(60_000);
      await settled();
    }
    expect(errors).toEqual([]);
    // As soon as the service is ready for more, the upload waits for the client again.
    for (let i = 0; i < 3; i++) {
      waiting[i]?.();
      await settled();
    }
    vi.advanceTimersByTime(30_001);
    await settled();
    vi.advanceTimersByTime(30_001);
    await settled();
    expect(errors).toMatchObject([{ code: 'upload_stalled' }]);
  });

  it('times out after 900 s, even if bytes keep arriving', async () => {
    const { request, body, errors } = setUp();
    body.resume();
    for (let s = 0; s < 899; s++) {
      vi.advanceTimersByTime(1_000);
      request.write('x');
      await settled();
    }
    expect(errors).toEqual([]);
    vi.advanceTimersByTime(1_000);
    await settled();
    expect(errors).toMatchObject([{ code: 'upload_timeout', details: { limit: 900_000 } }]);
  });

  it('has no time limit once it has arrived', async () => {
    const { request, body, errors } = setUp();
    body.resume();
    request.end('x');
    await settled();
    vi.advanceTimersByTime(10_000_000);
    await settled();
    expect(errors).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may have as many bytes as the limit, and fails at one more', async () => {
    const { request, body, errors } = setUp();
    body.resume();
    request.write(Buffer.alloc(1_000_000));
    await settled();
    expect(errors).toEqual([]);
    request.write('x');
    await settled();
    expect(errors).toMatchObject([{ status: 413, message: '1000001' }]);
    // The body no longer listens to the request.
    expect(request.listenerCount('data')).toBe(0);
  });

  it('fails when its request is closed', async () => {
    const { request, body, errors } = setUp();
    body.resume();
    request.write('x');
    request.destroy();
    await settled();
    expect(errors).toMatchObject([{ message: 'Request closed' }]);
  });
});
