import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { SNIFF_BYTES } from '../../data/sniff.ts';
import type { Job } from '../../jobs/job.ts';
import { badBody } from './bodyError.ts';

type Watch = Job['watch'];

const GZIP = [0x1f, 0x8b] as const;
/** Bytes that a thread predicts at once, in 20 ms or less, so that uploads that it reads do not wait long. */
const PIECE_BYTES = 1 << 19;
/** Enough to detect the format, with the character and the line end behind it. */
const HEAD_BYTES = SNIFF_BYTES + 64;

/**
 * The file's bytes, unpacked if they are gzip; the first piece is long enough to detect the format. The bytes of the file are the
 * steps of the stage `reading`.
 * @throws BodyError if the file is a damaged gzip file, or unpacks to more than `bytesMax`
 * @throws CancelledError once the watch is cancelled
 */
export async function* filePieces(path: string, bytesMax: number, watch: Watch): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    watch.enter('reading', (await file.stat()).size);
    const slots = [newSlot(), newSlot()] as const;
    for (let at = 0, isFirst = true; ; at = 1 - at, isFirst = false) {
      const slot = slots[at as 0 | 1];
      const { bytesRead } = await file.read(slot, 0, slot.length);
      if (bytesRead === 0) return;
      if (isFirst && GZIP.every((byte, index) => slot[index] === byte)) break;
      watch.advance(bytesRead);
      yield slot.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
  yield* unpacked(createReadStream(path, { highWaterMark: PIECE_BYTES }), bytesMax, watch);
}

/** Memory that a thread reads while the other slot is filled. */
function newSlot(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(PIECE_BYTES));
}

/** @throws BodyError if the bytes are no gzip, or unpack to more than `bytesMax` */
async function* unpacked(file: ReadStream, bytesMax: number, watch: Watch): AsyncIterable<Buffer> {
  const gunzip = file.pipe(createGunzip({ chunkSize: PIECE_BYTES }));
  file.once('error', (error) => gunzip.destroy(error));
  let held = Buffer.alloc(0);
  let bytes = 0;
  let packedBytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      watch.advance(file.bytesRead - packedBytes);
      packedBytes = file.bytesRead;
      if (bytes > bytesMax)
        throw badBody(`The file unpacks to more than ${bytesMax} bytes: send a smaller file.`, {
          limit: bytesMax,
        });
      held = Buffer.concat([held, chunk]);
      if (held.length < HEAD_BYTES) continue;
      yield held;
      held = Buffer.alloc(0);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    throw badBody('The gzip file is damaged or cut: send it again.');
  } finally {
    file.destroy();
  }
  if (held.length > 0) yield held;
}
