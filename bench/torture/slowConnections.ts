import type { Socket } from 'node:net';
import type { TrainForm } from '../../test/support/trainForm.ts';
import { connectTo, rawUpload } from './rawUpload.ts';

/**
 * The place in which a connection becomes slow: its head, a field of the form, or the file. A `deaf` connection sends
 * everything at once, and reads no answer.
 */
const SLOW_KINDS = ['head', 'field', 'file', 'deaf'] as const;
export type SlowKind = (typeof SLOW_KINDS)[number];

/** Each drip sends one byte. This is often enough that no timeout for silence ends the connection. */
const DRIP_MS = 1_000;
/** Chance at each drip that a closed connection comes again. It is low, because these clients must be slow and not many. */
const BACK_CHANCE = 0.2;
/** Requests of a `deaf` connection. Their answers fill the system's buffers, because nobody reads them. */
const GETS = 20;

/** Connections that stay open as long as the service allows, and come again when the service closes them. */
export class SlowConnections {
  readonly #url: string;
  readonly #form: TrainForm;
  readonly #random: () => number;
  readonly #slots: { readonly kind: SlowKind; socket: Socket | undefined }[];
  readonly #timer: NodeJS.Timeout;
  #opened = 0;

  constructor(url: string, form: TrainForm, count: number, random: () => number) {
    this.#random = random;
    this.#url = url;
    this.#form = form;
    this.#slots = Array.from({ length: count }, (_, k) => ({
      kind: SLOW_KINDS[k % SLOW_KINDS.length]!,
      socket: undefined,
    }));
    this.#timer = setInterval(() => this.#drip(), DRIP_MS);
    this.#drip();
  }

  /** Number of connections so far. It grows if the service closes connections. */
  get opened(): number {
    return this.#opened;
  }

  end(): void {
    clearInterval(this.#timer);
    for (const { socket } of this.#slots) socket?.destroy();
  }

  #drip(): void {
    for (const slot of this.#slots) {
      const { kind, socket } = slot;
      if (socket === undefined) slot.socket = this.#open(kind);
      else if (socket.destroyed) slot.socket = this.#random() < BACK_CHANCE ? this.#open(kind) : socket;
      else if (kind !== 'deaf' && socket.writable) socket.write('1');
    }
  }

  #open(kind: SlowKind): Socket {
    this.#opened += 1;
    const socket = connectTo(this.#url);
    if (kind === 'deaf') socket.pause();
    else socket.resume();
    socket.write(this.#beginning(kind));
    return socket;
  }

  /** The bytes that a connection sends at once, before it becomes slow. */
  #beginning(kind: SlowKind): Buffer {
    const { host } = new URL(this.#url);
    const { bytes, bodyStart } = rawUpload(this.#url, this.#form, 'length');
    if (kind === 'head') return Buffer.from(`POST /train HTTP/1.1\r\nhost: ${host}\r\nx-slow: `);
    if (kind === 'field') return bytes.subarray(0, bytes.indexOf('\r\n\r\n', bodyStart) + 4);
    if (kind === 'file') return bytes.subarray(0, bodyStart + this.#form.file.start + 1_000);
    const get = Buffer.from(`GET /test HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    return Buffer.concat([bytes, ...Array<Buffer>(GETS).fill(get)]);
  }
}
