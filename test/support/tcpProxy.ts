import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageEnd, saysClose } from './httpFrame.ts';

/**
 * What may become of a request:
 * - `late`: it waits before it is sent on, and is sent on even if its sender has gone;
 * - `cut`: the connection ends in the middle of it, and its first bytes have come to the target;
 * - `lost`: it is carried out, and the connection ends instead of an answer;
 * - `swallowed`: it is carried out, and 504 is answered;
 * - `twice`: its bytes are sent to the target twice, and one of the two answers comes back;
 * - `refused`: the target does not hear of it, and 503 is answered.
 */
export const HARMS = ['late', 'cut', 'lost', 'swallowed', 'twice', 'refused'] as const;
export type Harm = (typeof HARMS)[number];

export interface TcpProxyOptions {
  /** `http://host:port` */
  readonly target: string;
  /** Uniform in [0, 1): a generator with a seed, so that the draws can be had again. */
  readonly random: () => number;
  /** Share of the requests that come to harm, each kind as often as the others. */
  readonly harmShare: number;
  /** Longest wait of one that is late, drawn anew for each. */
  readonly lateMsMax: number;
}

type Counts = Record<Harm | 'unharmed', number>;

/** Before a request is drawn for; the longest one of a delivery is a model's file of some kilobytes. */
const REQUEST_BYTES_MAX = 16 * 2 ** 20;
const CUT = Symbol('cut');

/**
 * A proxy that passes on bytes between connections, and knows of HTTP only where a message ends: a request is sent to
 * the target as it came, on a connection of its own. `await using` ends it.
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

  /** Requests so far, by what became of them. */
  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** From now on this share comes to harm; 0 makes it a proxy like any other. */
  set harmShare(share: number) {
    this.#harmShare = share;
  }

  /** Waits until nothing that was taken in is still to be sent on. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  /** One request of a connection at a time: HTTP/1.1 answers in the order of the requests. */
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
      // A connection that its client or the target has ended is no matter for the proxy.
    } finally {
      client.destroy();
    }
  }

  /** Whether the connection goes on after this request. */
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
    this.#counts[harm ?? 'unharmed'] += 1;
    // Drawn whether it is used or not: what comes next does not depend on it.
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

  /** Sends a request and gives the whole answer. */
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
      throw new Error('the target ended the connection before its answer was whole');
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
    // Whoever reads or writes learns of a broken connection; without a listener it would end the process.
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
