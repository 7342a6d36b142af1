import { gunzipSync } from 'node:zlib';
import { explain, isGzip, tooLarge } from './unfold.ts';

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
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytesMax);
    throw explain(cause as NodeJS.ErrnoException);
  }
}
