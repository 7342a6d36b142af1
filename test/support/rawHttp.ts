import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One response as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What happened after some bytes were sent. */
export interface RawOutcome {
  readonly answers: readonly RawAnswer[];
  /** Received bytes that are not a response. */
  readonly rest: string;
  /** How the connection ended: both sides closed it, it was cut, or the client gave up. */
  readonly end: 'closed' | 'cut' | 'hung';
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const POLL_MS = 2;
/** Far longer than any request takes here. */
const GIVE_UP_MS = 300_000;

/**
 * Sends bytes that need not be HTTP, each time over a new connection. The server runs in this process, so the client can
 * see when the server waits for more bytes, and then ends its side. That needs no guesses about time.
 */
export class RawClient {
  readonly #server: Server;
  readonly #connections = new Map<number, Socket>();
  readonly #exchanges = new Map<Socket, Set<Exchange>>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#exchanges.set(socket, new Set());
      const port = socket.remotePort as number;
      this.#connections.set(port, socket);
      socket.once('close', () => {
        this.#exchanges.delete(socket);
        // Another connection may use the port already.
        if (this.#connections.get(port) === socket) this.#connections.delete(port);
      });
    });
    for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) {
      server.prependListener(event, (request, response) => this.#begin({ request, response }));
    }
  }

  #begin(exchange: Exchange): void {
    const exchanges = this.#exchanges.get(exchange.request.socket);
    exchanges?.add(exchange);
    exchange.response.once('close', () => exchanges?.delete(exchange));
  }

  /** Sends bytes and waits for the end. If `ends` is false, the client does not end its side first. */
  async send(bytes: Buffer | string, { ends = true } = {}): Promise<RawOutcome> {
    const { port } = this.#server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const chunks: Buffer[] = [];
    let end: RawOutcome['end'] | undefined;
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => socket.end());
    socket.on('error', () => {
      end ??= 'cut';
    });
    socket.once('close', () => {
      end ??= 'closed';
    });
    const sent = Buffer.from(bytes as string, 'latin1');
    socket.write(sent);
    const deadlineMs = performance.now() + GIVE_UP_MS;
    while (end === undefined) {
      await sleep(POLL_MS);
      if (ends && !socket.writableEnded && this.#isWaiting(socket, sent.length)) socket.end();
      if (performance.now() > deadlineMs) end = 'hung';
    }
    socket.destroy();
    return { ...parseAnswers(Buffer.concat(chunks), sent.toString('latin1', 0, 5) === 'HEAD '), end };
  }

  /** Whether the server has read everything and has answered all complete requests. */
  #isWaiting(socket: Socket, bytesSent: number): boolean {
    const peer = this.#connections.get(socket.localPort as number);
    if (peer === undefined || peer.bytesRead < bytesSent) return false;
    return [...(this.#exchanges.get(peer) ?? [])].every(({ request }) => !request.complete);
  }
}

/** Splits bytes into responses. Responses to HEAD have lengths without bodies. */
export function parseAnswers(bytes: Buffer, isHead: boolean): Pick<RawOutcome, 'answers' | 'rest'> {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.toString('latin1', 0, Math.max(0, headEnd)).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    if (headEnd < 0 || Number.isNaN(status)) return { answers, rest: rest.toString('latin1') };
    const headers = Object.fromEntries(lines.map(headerOf));
    const bodyBytes = isHead || status < 200 ? 0 : Number(headers['content-length']);
    const bodyStart = headEnd + 4;
    if (!(rest.length - bodyStart >= bodyBytes)) return { answers, rest: rest.toString('latin1') };
    answers.push({ status, headers, body: rest.toString('utf8', bodyStart, bodyStart + bodyBytes) });
    rest = rest.subarray(bodyStart + bodyBytes);
  }
}

function headerOf(line: string): [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}
