import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { multipart, open, requestOf } from './rawUpload.ts';

export interface CutOptions {
  readonly count: number;
  /** Uploads at the same time. */
  readonly atOnce: number;
  /** Bytes of the largest file. */
  readonly fileBytesMax: number;
}

/** How a connection ends: with a FIN, with a RST, or with its sending half only. */
const ENDS: readonly ((socket: Socket) => unknown)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
];

/** Sends uploads to a service and cuts each at a random byte. @returns how many were cut within their file */
export async function cutUploads(url: string, { count, atOnce, fileBytesMax }: CutOptions): Promise<number> {
  let left = count;
  let inFile = 0;
  const cutOneAfterTheOther = async () => {
    while (left > 0) {
      left--;
      if (await cutOne(url, fileBytesMax)) inFile++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, cutOneAfterTheOther));
  return inFile;
}

async function cutOne(url: string, fileBytesMax: number): Promise<boolean> {
  const rows = 'a,b,Outcome\n1,2,0\n3,4,1\n'.repeat(Math.ceil(randomInt(1, fileBytesMax) / 24));
  const request = requestOf(
    multipart([
      { name: 'tol', value: '1.0' },
      { name: 'train_file', fileName: 'cut.csv', value: rows },
      { name: 'iterations', value: '100' },
    ]),
  );
  const cut = randomInt(1, request.length);
  const socket = await open(url);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.write(request.subarray(0, cut), () => resolve()));
  // Some uploads are cut before the service has seen them, and some while it reads them.
  await new Promise((resolve) => setTimeout(resolve, randomInt(0, 5)));
  ENDS[randomInt(ENDS.length)]?.(socket);
  socket.resume();
  await closed;
  const fileBegins = request.indexOf('a,b,Outcome');
  return cut > fileBegins && cut <= fileBegins + rows.length;
}

/** Number of open descriptors of this process; 0 if the system does not tell. */
export function openDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}
