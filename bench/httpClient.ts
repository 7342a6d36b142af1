import { connect, type Socket } from 'node:net';

/** How long each request took, and how many were answered in a second. */
export interface Played {
  readonly ms: number[];
  readonly perS: number;
}

const HEAD_END = '\r\n\r\n';

/**
 * Sends the same JSON again and again over some connections, on each of them one request after the other. A client of a few
 * lines leaves the processor to the servers: with undici, the client would be slower than the fastest of them.
 */
export async function play(url: string, body: string, connections: number, seconds: number): Promise<Played> {
  const { hostname, port, host } = new URL(url);
  const request = Buffer.from(
    `POST /invocations HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}${HEAD_END}${body}`,
  );
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(Number(port), hostname)));
  const ms: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          let sentAt = 0;
          let received = '';
          const next = () => {
            sentAt = performance.now();
            if (sentAt >= endsAt) {
              resolve();
              return;
            }
            socket.write(request);
          };
          socket.on('data', (text: string) => {
            received += text;
            if (!isWhole(received)) return;
            if (!received.startsWith('HTTP/1.1 200')) reject(new Error(received));
            received = '';
            ms.push(performance.now() - sentAt);
            next();
          });
          socket.once('error', reject);
          socket.once('close', () => reject(new Error('The server closed a connection.')));
          next();
        }),
    ),
  );
  const perS = (ms.length * 1000) / (performance.now() - startedAt);
  for (const socket of sockets) socket.destroy();
  return { ms, perS };
}

function open(port: number, hostname: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: hostname, noDelay: true }, () => resolve(socket));
    // A character is a byte.
    socket.setEncoding('latin1').once('error', reject);
  });
}

/** Whether the response has come to its end, which its length or its last chunk says. */
function isWhole(received: string): boolean {
  const head = received.indexOf(HEAD_END);
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1];
  if (length === undefined) return received.endsWith(`0${HEAD_END}`);
  return received.length >= head + HEAD_END.length + Number(length);
}
