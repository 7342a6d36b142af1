import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Pool, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageEnd } from './httpFrame.ts';
import { HARMS, type Harm, TcpProxy } from './tcpProxy.ts';

/** Numbers from 0 to 1 in a given order, then 0.99. */
const listed = (numbers: readonly number[]) => {
  const left = [...numbers];
  return () => left.shift() ?? 0.99;
};

/** The number to draw for this harm if half of the requests are harmed. */
const drawFor = (harm: Harm) => (0.5 * (HARMS.indexOf(harm) + 0.5)) / HARMS.length;

describe('a TCP proxy that does harm', () => {
  let target: Server;
  const seen: string[] = [];
  let begun = 0;

  beforeAll(async () => {
    target = createServer(async (incoming, response) => {
      begun++;
      const body = await buffer(incoming).catch(() => undefined);
      if (body === undefined) return;
      seen.push(body.toString());
      if (incoming.url === '/chunked') response.write('in ');
      response.end(`answer ${seen.length}`);
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
  });
  afterAll(() => {
    target.close();
    target.closeAllConnections();
  });

  async function through(numbers: readonly number[], path = '/', lateMsMax = 1) {
    seen.length = 0;
    begun = 0;
    const { port } = target.address() as AddressInfo;
    await using proxy = await TcpProxy.start({
      target: `http://127.0.0.1:${port}`,
      random: listed(numbers),
      harmShare: 0.5,
      lateMsMax,
    });
    const outcome = await request(`${proxy.url}${path}`, {
      method: 'POST',
      body: 'x'.repeat(1000),
      reset: true,
    })
      .then(async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }))
      .catch((error: NodeJS.ErrnoException) => ({ status: 0, text: error.code ?? '' }));
    await proxy.settled();
    return { ...outcome, counts: proxy.counts };
  }

  it.each<[Harm, { status: number; carriedOut: number }]>([
    ['late', { status: 200, carriedOut: 1 }],
    ['cut', { status: 0, carriedOut: 0 }],
    ['lost', { status: 0, carriedOut: 1 }],
    ['swallowed', { status: 504, carriedOut: 1 }],
    ['twice', { status: 200, carriedOut: 2 }],
    ['refused', { status: 503, carriedOut: 0 }],
  ])('%s', async (harm, { status, carriedOut }) => {
    const outcome = await through([drawFor(harm), 0.7]);
    expect(outcome.status).toBe(status);
    expect(seen).toEqual(Array(carriedOut).fill('x'.repeat(1000)));
    expect(outcome.counts[harm]).toBe(1);
  });

  it('forwards the first part of a cut request', async () => {
    await through([drawFor('cut'), 0.999]);
    await expect.poll(() => begun).toBe(1);
  });

  it.each([
    ['the first', 0.1, 'answer 1'],
    ['the second', 0.9, 'answer 2'],
  ])('returns %s of two responses', async (_name, place, text) => {
    expect((await through([drawFor('twice'), place])).text).toBe(text);
  });

  it('forwards every other response, with a length or in chunks', async () => {
    expect(await through([0.5, 0.5])).toMatchObject({
      status: 200,
      text: 'answer 1',
      counts: { unharmed: 1 },
    });
    expect(await through([0.5, 0.5], '/chunked')).toMatchObject({ status: 200, text: 'in answer 1' });
  });

  it('keeps a connection for the next request', async () => {
    const { port } = target.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    await using proxy = await TcpProxy.start({
      target: url,
      random: () => 0.99,
      harmShare: 0.5,
      lateMsMax: 0,
    });
    const pool = new Pool(proxy.url, { connections: 1 });
    let connections = 0;
    pool.on('connect', () => connections++);
    for (let index = 0; index < 3; index++) {
      const { body } = await pool.request({ method: 'GET', path: '/' });
      await body.dump();
    }
    await pool.close();
    expect(connections).toBe(1);
  });

  it('forwards a late request although its client has disconnected', async () => {
    const { port } = target.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const random = listed([drawFor('late'), 0.9]);
    await using proxy = await TcpProxy.start({ target: url, random, harmShare: 0.5, lateMsMax: 1000 });
    seen.length = 0;
    const sender = new AbortController();
    const sending = request(proxy.url, { method: 'POST', body: 'late', signal: sender.signal });
    const refused = expect(sending).rejects.toThrow();
    await expect.poll(() => proxy.counts.late, { interval: 5 }).toBe(1);
    sender.abort();
    await refused;
    expect(seen).toEqual([]);
    await proxy.settled();
    expect(seen).toEqual(['late']);
  });
});

describe('where a message ends', () => {
  it.each<[string, string, boolean, ReturnType<typeof messageEnd>]>([
    ['a request without a body', 'GET / HTTP/1.1\r\nhost: a\r\n\r\nGET', false, 27],
    ['half a head', 'GET / HTTP/1.1\r\nhost: a\r\n', false, undefined],
    ['a length', 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabc', false, 40],
    ['an incomplete body', 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na', false, undefined],
    ['chunks', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nX', false, 58],
    [
      'incomplete chunks',
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n',
      false,
      undefined,
    ],
    ['a response without a body', 'HTTP/1.1 204 No Content\r\n\r\nX', true, 27],
    ['a response without a length', 'HTTP/1.1 200 OK\r\n\r\nX', true, 'atClose'],
  ])('%s', (_name, text, isAnswer, end) => {
    expect(messageEnd(Buffer.from(text), isAnswer)).toBe(end);
  });
});
