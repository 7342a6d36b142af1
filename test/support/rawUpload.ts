import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A field of a form, or its file where there is a `fileName`. */
export interface Part {
  readonly name?: string;
  readonly value: string | Buffer;
  readonly fileName?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export const BOUNDARY = 'boundary-of-a-form';

/** The form as curl sends it. A part without a name is no field, and counts all the same. */
export function multipart(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, value, fileName }) => {
    const disposition = name === undefined ? 'attachment' : `form-data; name="${name}"`;
    const file = fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: text/csv`;
    const head = `--${BOUNDARY}\r\nContent-Disposition: ${disposition}${file}\r\n\r\n`;
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
  // A connection that the server resets is no matter for who sends.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** The answer that comes over the connection, once it is there whole or the connection has ended. */
export async function answerOf(socket: Socket): Promise<RawAnswer> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk as string;
    const answer = parse(text.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', ''));
    if (answer !== undefined) return answer;
  }
  throw new Error(`The connection ended without an answer: ${JSON.stringify(text)}`);
}

function parse(text: string): RawAnswer | undefined {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  if (rest.length === 0) return undefined;
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')];
    }),
  );
  const body = rest.join('\r\n\r\n');
  if (Buffer.byteLength(body) < Number(headers['content-length'] ?? 0)) return undefined;
  return { status: Number(first.split(' ')[1]), headers, body: body === '' ? {} : JSON.parse(body) };
}
