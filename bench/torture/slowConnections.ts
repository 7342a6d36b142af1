import type { Socket } from 'node:net';
import type { TrainForm } from '../../test/support/trainForm.ts';
import { connectTo, rawUpload } from './rawUpload.ts';

/**
 * Where a connection gets slow: in its head, in a field of the form, in the file; `deaf` sends everything at once and
 * reads no answer.
 */
const SLOW_KINDS = ['head', 'field', 'file', 'deaf'] as const;
export type SlowKind = (typeof SLOW_KINDS)[number];

/** A byte each: often enough that no time-out for silence ends it. */
const DRIP_MS = 1_000;
/** One that was ended comes again at one drip in so many: these are slow connections, not many in a row. */
const BACK_CHANCE = 0.2;
/** Answers that are not read fill the system's buffers. */
const GETS = 20;

/** Connections that hold what they hold as long as they are let, and come again when they are not. */
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

  /** Connections so far: more than there are at once where the service ends them. */
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

  /** What comes at once, before it gets slow. */
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
