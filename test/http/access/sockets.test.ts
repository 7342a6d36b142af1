import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { serve } from '../../../src/http/access/sockets.ts';
import { RawClient, type RawOutcome } from '../../support/rawHttp.ts';

const HEAD = 'Host: localhost\r\n';
const GET = `GET / HTTP/1.1\r\n${HEAD}\r\n`;

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

/** A server with the code under test in front of a tiny app. */
async function start(app: RequestListener, options: ServerOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const server = createServer(options);
  servers.push(server);
  serve(server, app, pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line)) }));
  const client = new RawClient(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { client, lines };
}

const hello: RequestListener = (_request, response) => void response.end('{}');
/** Answers when the whole body has arrived. */
const echo: RequestListener = (request, response) => {
  request.resume().once('end', () => response.end('{}'));
};
const never: RequestListener = (request) => void request.resume();

const told = ({ answers, rest, end }: RawOutcome) => ({
  told: answers.map(({ status, body }) => [status, JSON.parse(body).code]),
  rest,
  end,
});
const closed = (...answers: [number, string | undefined][]) => ({ told: answers, rest: '', end: 'closed' });

describe('bytes that are not a request', () => {
  it.each<[string, string, number, string]>([
    ['noise', '\x00\x01\x02\r\n\r\n', 400, 'malformed_http'],
    ['an incomplete request', 'GET / HTTP/1.1\r\nHost: lo', 400, 'request_cut'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'tls_on_plain_port'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed_http'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(100_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['CONNECT', `CONNECT evil:443 HTTP/1.1\r\n${HEAD}\r\n`, 405, 'method_not_allowed'],
  ])('get an error and a line in the log: %s', async (_name, bytes, status, code) => {
    const { client, lines } = await start(hello);
    const outcome = await client.send(bytes);
    expect(told(outcome)).toEqual(closed([status, code]));
    expect(outcome.answers[0]?.headers).toMatchObject({
      'content-type': 'application/problem+json',
      connection: 'close',
      'cache-control': 'no-store',
    });
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, status, code, id: outcome.answers[0]?.headers['request-id'] }),
    ]);
  });

  it('get one error if there are many, and are all read', async () => {
    const { client, lines } = await start(hello);
    expect(told(await client.send('\x00'.repeat(10_000_000)))).toEqual(closed([400, 'malformed_http']));
    expect(lines).toHaveLength(1);
  });

  it('get their error after the responses to earlier requests', async () => {
    const slow: RequestListener = (_request, response) => {
      setTimeout(() => response.end('{}'), 50);
    };
    const { client } = await start(slow);
    expect(told(await client.send(`${GET}${GET}\x00`))).toEqual(
      closed([200, undefined], [200, undefined], [400, 'malformed_http']),
    );
    expect(told(await client.send(`${GET}CONNECT evil:1 HTTP/1.1\r\n${HEAD}\r\n`))).toEqual(
      closed([200, undefined], [405, 'method_not_allowed']),
    );
  });

  it('get no response if they are only line ends', async () => {
    const { client, lines } = await start(hello);
    expect(told(await client.send(''))).toEqual(closed());
    expect(told(await client.send('\r\n\r\n'))).toEqual(closed());
    expect(lines).toEqual([]);
  });
});

describe('a broken body', () => {
  const chunked = `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

  it.each([
    ['a malformed size', `${chunked}zz\r\n`, 'malformed_http'],
    ['a size too large', `${chunked}fffffffffffffffff\r\n`, 'malformed_http'],
    ['a chunk that is longer than it says', `${chunked}1\r\nabc\r\n`, 'malformed_http'],
    ['no last chunk', `${chunked}1\r\na\r\n`, 'request_cut'],
    [
      'fewer bytes than Content-Length',
      `POST / HTTP/1.1\r\n${HEAD}Content-Length: 10\r\n\r\nabc`,
      'request_cut',
    ],
  ])('%s', async (_name, bytes, code) => {
    const { client } = await start(echo);
    expect(told(await client.send(bytes))).toEqual(closed([400, code]));
  });

  it('ends the connection if the response has begun', async () => {
    const { client } = await start((request, response) => {
      request.resume();
      response.writeHead(200).write('beginning');
    });
    const { end, answers } = await client.send(`${chunked}zz\r\n`);
    expect({ end: end !== 'hung', answers }).toEqual({ end: true, answers: [] });
  });
});

describe('a timeout', () => {
  const soon = { connectionsCheckingInterval: 10, headersTimeout: 50, requestTimeout: 100 };
  /** Sends without ending the sending side, because its end would end the request. */
  const waiting = (client: RawClient, bytes: string) => client.send(bytes, { ends: false });

  it.each([
    ['headers that do not arrive', 'GET / HTTP/1.1\r\n'],
    ['a body that does not arrive', `POST / HTTP/1.1\r\n${HEAD}Content-Length: 10\r\n\r\n`],
    ['a second request that does not arrive', `${GET}GET`],
  ])('%s', async (_name, bytes) => {
    const { client } = await start((request, response) => {
      if (request.method === 'POST') never(request, response);
      else hello(request, response);
    }, soon);
    const { told: answers, end } = told(await waiting(client, bytes));
    expect({ last: answers.at(-1), end }).toEqual({ last: [408, 'request_timeout'], end: 'closed' });
  });
});
