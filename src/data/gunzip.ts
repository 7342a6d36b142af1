import { gunzipSync } from 'node:zlib';
import { DataError, TooLargeError } from '../errors.ts';

/** RFC 1952, 2.3.1: the first two bytes of every member. */
const MAGIC = [0x1f, 0x8b] as const;
/** What a file may unfold to where the caller gives no bound: as large as an upload may be by default. */
export const UNFOLDED_BYTES_MAX = 200_000_000;
/** zlib's own 16 kB would make ten thousand buffers of a large file. */
const CHUNK_BYTES = 1 << 20;

/**
 * Unfolds a gzip file, known by its first bytes whatever its name is, of one member or several; any other file is
 * given back as it is.
 * @throws TooLargeError `unfolded_too_large` as soon as it is known to be larger than `bytesMax`
 * @throws DataError `corrupt_gzip` where it breaks off, is damaged, or has other bytes behind it
 */
export function gunzip(file: Uint8Array, bytesMax: number): Uint8Array {
  if (!isGzip(file)) return file;
  try {
    return gunzipSync(file, { maxOutputLength: bytesMax, chunkSize: CHUNK_BYTES });
  } catch (cause) {
    throw explain(cause as NodeJS.ErrnoException, bytesMax);
  }
}

export function isGzip(file: Uint8Array): boolean {
  return MAGIC.every((byte, index) => file[index] === byte);
}

/** What zlib throws, in terms of the file; anything else is a fault of ours and stays as it is. */
function explain(cause: NodeJS.ErrnoException, bytesMax: number): Error {
  if (cause.code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `The file unfolds to more than the ${bytesMax} bytes that are taken: send fewer rows or columns.`;
    return new TooLargeError('unfolded_too_large', message, { limit: bytesMax });
  }
  if (cause.code?.startsWith('Z_')) {
    const message = `The gzip file is damaged or breaks off (${cause.message}): fold it again.`;
    return new DataError('corrupt_gzip', message, {}, { cause });
  }
  return cause;
}
