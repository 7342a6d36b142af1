import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request; `seen` is it, `count` how many came so far, this one included. */
export type Handler = (response: ServerResponse, seen: SeenRequest, count: number) => void;

export interface CountingServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
}

/** A real HTTP server that remembers what it was asked. `await using` ends it. */
export async function countingServer(handler: Handler): Promise<CountingServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(one);
      handler(response, one, seen.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export function answer(
  status: number,
  body: string | object = {},
  headers: Record<string, string> = {},
): Handler {
  return (response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** Takes the request and breaks the connection. */
export const hangUp: Handler = (response) => {
  response.socket?.destroy();
};

/** Takes the request and never answers. */
export const silence: Handler = () => {};

/** The first requests by the first handlers, all others by the last. */
export function inTurn(...handlers: readonly Handler[]): Handler {
  return (response, seen, count) => {
    handlers[Math.min(count, handlers.length) - 1]!(response, seen, count);
  };
}
