import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseAnswers, type RawAnswer } from './rawHttp.ts';

/** A field of a form, or its file if there is a `fileName`. */
export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  readonly fileName?: string;
}

/** A response whose body is JSON. */
export interface JsonAnswer extends Pick<RawAnswer, 'status' | 'headers'> {
  readonly body: Record<string, unknown>;
}

export const BOUNDARY = 'boundary-of-a-form';

/** A form as curl sends it. */
export function multipart(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, value, fileName }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: text/csv`;
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(value as string), Buffer.from('\r\n')];
  });
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

/** The head of a `POST /train` with these headers. */
export function headOf(headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /train HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\n${lines.join('')}\r\n`;
}

/** A whole `POST /train`. */
export function requestOf(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(headOf({ 'Content-Length': body.length })), body]);
}

export async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // A reset by the server is not an error for the sender.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Reads a response, until it is complete or the connection has ended. */
export async function answerOf(socket: Socket): Promise<JsonAnswer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    const answer = parseAnswers(bytes, false).answers.find(({ status }) => status >= 200);
    if (answer === undefined) continue;
    const { status, headers, body } = answer;
    return { status, headers, body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>) };
  }
  throw new Error(`The connection ended without a response: ${JSON.stringify(bytes.toString())}`);
}
