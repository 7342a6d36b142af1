import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageEnd, saysClose } from './httpFrame.ts';

/**
 * What may happen to a request:
 * - `late`: the proxy delays the request, and forwards it even if its client has disconnected;
 * - `cut`: the connection ends in the middle of the request, after its first bytes have reached the target;
 * - `lost`: the target carries out the request, and the connection ends instead of a response;
 * - `swallowed`: the target carries out the request, and the client gets 504;
 * - `twice`: the target gets the request twice, and the client gets one of the two responses;
 * - `refused`: the target does not get the request, and the client gets 503.
 */
export const HARMS = ['late', 'cut', 'lost', 'swallowed', 'twice', 'refused'] as const;
export type Harm = (typeof HARMS)[number];

export interface TcpProxyOptions {
  /** `http://host:port` */
  readonly target: string;
  /** Uniform in [0, 1): a generator with a seed, so that the draws can be repeated. */
  readonly random: () => number;
  /** Share of the requests that are harmed; all kinds of harm are equally frequent. */
  readonly harmShare: number;
  /** Longest delay of a late request; each request draws its own. */
  readonly lateMsMax: number;
}

type Counts = Record<Harm | 'unharmed', number>;

/** Most bytes of a request. The longest request of a delivery has a model's file of some kilobytes. */
const REQUEST_BYTES_MAX = 16 * 2 ** 20;
const CUT = Symbol('cut');

/**
 * A proxy that forwards bytes between connections. It knows no more of HTTP than where a message ends. Each request goes to the
 * target unchanged, on its own connection. `await using` ends the proxy.
 */
export class TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #counts: Counts = { unharmed: 0, late: 0, cut: 0, lost: 0, swallowed: 0, twice: 0, refused: 0 };
  #harmShare: number;

  private constructor(options: TcpProxyOptions) {
    const { hostname: host, port } = new URL(options.target);
    this.#options = options;
    this.#target = { host, port: Number(port) };
    this.#harmShare = options.harmShare;
    this.#server = createServer((socket) => this.#serve(this.#watched(socket)));
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests so far, by what happened to them. */
  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** Sets the share of harmed requests from now on; with 0 no request is harmed. */
  set harmShare(share: number) {
    this.#harmShare = share;
  }

  /** Waits until all received requests are forwarded. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  /** Handles one request of a connection at a time, because HTTP/1.1 answers in the order of the requests. */
  async #serve(client: Socket): Promise<void> {
    let held = Buffer.alloc(0);
    try {
      for await (const chunk of client) {
        held = Buffer.concat([held, chunk as Buffer]);
        if (held.length > REQUEST_BYTES_MAX) break;
        for (let end = messageEnd(held, false); typeof end === 'number'; end = messageEnd(held, false)) {
          const request = held.subarray(0, end);
          held = held.subarray(end);
          if (!(await this.#answer(client, request))) return;
        }
      }
    } catch {
      // The proxy does not care if the client or the target ends a connection.
    } finally {
      client.destroy();
    }
  }

  /** Answers a request. @returns whether the connection stays open */
  async #answer(client: Socket, request: Buffer): Promise<boolean> {
    const answering = this.#harmed(request);
    this.#underWay.add(answering);
    const answer = await answering.finally(() => this.#underWay.delete(answering));
    if (answer === CUT) {
      client.resetAndDestroy();
      return false;
    }
    if (client.writable) client.write(answer);
    return !(saysClose(request) || saysClose(answer));
  }

  async #harmed(request: Buffer): Promise<Buffer | typeof CUT> {
    const harm = this.#draw();
    this.#counts[harm ?? 'unharmed']++;
    // Drawn even if it is not used, so that later draws do not depend on the kind of harm.
    const place = this.#options.random();
    if (harm === 'refused') return ownAnswer('503 Service Unavailable');
    if (harm === 'cut') {
      await this.#sendPart(request.subarray(0, 1 + Math.floor(place * (request.length - 1))));
      return CUT;
    }
    if (harm === 'late') await sleep(place * this.#options.lateMsMax);
    const answer = await this.#exchange(request);
    if (harm === 'lost') return CUT;
    if (harm === 'swallowed') return ownAnswer('504 Gateway Time-out');
    if (harm !== 'twice') return answer;
    const second = await this.#exchange(request);
    return place < 0.5 ? answer : second;
  }

  #draw(): Harm | undefined {
    const drawn = this.#options.random();
    if (drawn >= this.#harmShare) return undefined;
    return HARMS[Math.floor((drawn / this.#harmShare) * HARMS.length)];
  }

  /** Sends a request and returns the whole response. */
  async #exchange(request: Buffer): Promise<Buffer> {
    const socket = this.#watched(createConnection(this.#target));
    let held = Buffer.alloc(0);
    try {
      socket.write(request);
      for await (const chunk of socket) {
        held = Buffer.concat([held, chunk as Buffer]);
        const end = messageEnd(held, true);
        if (typeof end === 'number') return held.subarray(0, end);
      }
      if (messageEnd(held, true) === 'atClose') return held;
      throw new Error('the target ended the connection before its response was complete');
    } finally {
      socket.destroy();
    }
  }

  async #sendPart(part: Buffer): Promise<void> {
    const socket = this.#watched(createConnection(this.#target));
    await new Promise<void>((done) => {
      socket.once('close', () => done());
      socket.write(part, () => socket.destroy());
    });
  }

  #watched(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // Reads and writes fail on a broken connection. Without a listener, the error would also end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

function ownAnswer(status: string): Buffer {
  const body = JSON.stringify({ error_code: 'TEMPORARILY_UNAVAILABLE', message: `${status} by the proxy` });
  const head = [`HTTP/1.1 ${status}`, 'content-type: application/json', `content-length: ${body.length}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
