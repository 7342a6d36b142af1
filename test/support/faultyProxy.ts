import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * What happens to a request: `cut` breaks the connection before MLflow gets the request, `lost` after MLflow has answered.
 * `silent` never answers. A number is the status of the response, instead of MLflow's.
 */
export type Fault = 'cut' | 'lost' | 'silent' | number;

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
}

/** An HTTP proxy in front of `target`, with the faults of `faultOf`. `await using` ends it. */
export async function faultyProxy(
  target: string,
  faultOf: (request: ProxiedRequest) => Fault | undefined,
): Promise<FaultyProxy> {
  const server = createServer((incoming, response) => {
    // The proxy does not care if the client or a fault ends a connection.
    pass(incoming, response).catch(() => response.destroy());
  });

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { method = '', url: path = '' } = incoming;
    const fault = faultOf({ method, path, body: body.toString('utf8') });
    if (fault === 'silent') return;
    if (fault === 'cut') {
      incoming.socket.destroy();
    } else if (typeof fault === 'number') {
      response
        .writeHead(fault)
        .end(JSON.stringify({ error_code: 'FAULT', message: `${fault} by the proxy` }));
    } else {
      const { host: _, ...headers } = incoming.headers;
      const outgoing = request(new URL(path, target), { method, headers, agent: false });
      const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
      outgoing.end(body);
      const [answer] = await answered;
      const text = await buffer(answer);
      if (fault === 'lost') incoming.socket.destroy();
      else response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
