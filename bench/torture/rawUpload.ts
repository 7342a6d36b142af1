import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainForm } from '../../test/support/trainForm.ts';

/** A `POST /train` as bytes, which can be sent in part or slowly. */
export interface RawUpload {
  readonly bytes: Buffer;
  /** The place behind the head. */
  readonly bodyStart: number;
}

export type Framing = 'length' | 'chunked';

/** Size of the chunks of a chunked body. The small file has two of them, and the large file many. */
const CHUNK_BYTES = 16_384;
/** Time that the server has to end a connection. */
const CLOSE_MS_MAX = 2_000;

export function rawUpload(url: string, { contentType, body }: TrainForm, framing: Framing): RawUpload {
  const length = framing === 'length' ? `content-length: ${body.length}` : 'transfer-encoding: chunked';
  const lines = [
    'POST /train HTTP/1.1',
    `host: ${new URL(url).host}`,
    `content-type: ${contentType}`,
    length,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return {
    bytes: Buffer.concat([head, framing === 'length' ? body : chunked(body)]),
    bodyStart: head.length,
  };
}

/** Opens a connection that ignores errors. */
export function connectTo(url: string): Socket {
  const { hostname: host, port } = new URL(url);
  const socket = createConnection({ host, port: Number(port) });
  socket.on('error', () => undefined);
  return socket;
}

/** Resolves when the connection is closed. If the server does not close it in time, this function does. */
export async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return;
  socket.resume();
  const ended = new Promise<void>((done) => socket.once('close', () => done()));
  const timer = setTimeout(() => socket.destroy(), CLOSE_MS_MAX);
  await ended;
  clearTimeout(timer);
}

/** Writes bytes, and waits until the system has taken them or the connection is closed. */
async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (!socket.writable) return;
  const over = new Promise<void>((done) => socket.once('close', () => done()));
  const written = new Promise<void>((done) => socket.write(bytes, () => done()));
  await Promise.race([over, written]);
}

/** Writes in a number of pieces of random lengths, with pauses in which the server reads. */
export async function writeInPieces(
  socket: Socket,
  bytes: Buffer,
  pieces: number,
  random: () => number,
): Promise<void> {
  const cuts = Array.from({ length: pieces - 1 }, () => Math.floor(random() * bytes.length));
  let start = 0;
  for (const end of [...cuts.sort((a, b) => a - b), bytes.length]) {
    await write(socket, bytes.subarray(start, end));
    await sleep(random() * 4);
    start = end;
  }
}

function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < body.length; start += CHUNK_BYTES) {
    const chunk = body.subarray(start, start + CHUNK_BYTES);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
