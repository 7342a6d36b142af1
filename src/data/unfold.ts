import { Gunzip } from 'minizlib';
import { DataError, TooLargeError } from '../errors.ts';

/** RFC 1952, 2.3.1: the first two bytes of every member. */
const MAGIC = [0x1f, 0x8b] as const;
/** Default limit for the decompressed size: the default limit for an upload. */
export const UNFOLDED_BYTES_MAX = 200_000_000;
/**
 * Compressed bytes in one step. One byte becomes at most 1,032 bytes, so at most 17 MB exist before they are counted.
 */
const FOLDED_BYTES = 1 << 14;

/**
 * Passes on the content of a file chunk by chunk, decompressed if it is gzip with one or more members.
 * The first bytes decide whether it is gzip. The name does not matter.
 */
export class Unfolding {
  readonly #bytesMax: number;
  readonly #take: (bytes: Uint8Array) => void;
  /** The first byte, until the second arrives. */
  #start: Uint8Array = new Uint8Array(0);
  #gunzip: Gunzip | undefined;
  #hasBegun = false;
  #bytes = 0;
  #error: Error | undefined;

  /** @param take may use the bytes until it returns */
  constructor(bytesMax: number, take: (bytes: Uint8Array) => void) {
    this.#bytesMax = bytesMax;
    this.#take = take;
  }

  /**
   * @throws TooLargeError `unfolded_too_large` as soon as the content exceeds the limit
   * @throws DataError `corrupt_gzip` if the file is damaged or has other bytes after its end
   */
  push(chunk: Uint8Array): void {
    if (this.#hasBegun) {
      this.#pushOn(chunk);
      return;
    }
    const start = this.#start.length === 0 ? chunk : Buffer.concat([this.#start, chunk]);
    if (start.length < MAGIC.length) {
      this.#start = Uint8Array.from(start);
      return;
    }
    this.#begin(start);
  }

  /** @throws DataError `corrupt_gzip` if the file is incomplete, and as `push` */
  end(): void {
    if (!this.#hasBegun) this.#begin(this.#start);
    this.#gunzip?.end();
    this.#throwError();
  }

  #begin(start: Uint8Array): void {
    this.#hasBegun = true;
    if (isGzip(start)) {
      this.#gunzip = new Gunzip({});
      this.#gunzip.on('data', (bytes) => this.#count(bytes));
      this.#gunzip.on('error', (error) => {
        this.#error ??= explain(error as NodeJS.ErrnoException);
      });
    }
    this.#pushOn(start);
  }

  #pushOn(chunk: Uint8Array): void {
    if (this.#gunzip === undefined) {
      this.#take(chunk);
      return;
    }
    for (let from = 0; from < chunk.length; from += FOLDED_BYTES) {
      this.#gunzip.write(Buffer.from(chunk.subarray(from, from + FOLDED_BYTES)));
      this.#throwError();
    }
  }

  #count(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#error !== undefined) return;
    if (this.#bytes > this.#bytesMax) {
      this.#error = tooLarge(this.#bytesMax, this.#bytes);
      return;
    }
    try {
      this.#take(bytes);
    } catch (error) {
      // Thrown later by `#throwError`: an error thrown here would break the stream.
      this.#error = error as Error;
    }
  }

  #throwError(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

function isGzip(file: Uint8Array): boolean {
  return MAGIC.every((byte, index) => file[index] === byte);
}

/** @param actual number of bytes decompressed so far */
function tooLarge(bytesMax: number, actual: number): TooLargeError {
  const message = `The file decompresses to more than ${bytesMax} bytes, the limit: send fewer rows or columns.`;
  return new TooLargeError('unfolded_too_large', message, { limit: bytesMax, actual });
}

/** Translates an error of zlib into an error about the file. Any other error is our fault and stays as it is. */
function explain(error: NodeJS.ErrnoException): Error {
  if (!error.code?.startsWith('Z_')) return error;
  const { message } = (error.cause as Error | undefined) ?? error;
  return new DataError(
    'corrupt_gzip',
    `The gzip file is damaged or incomplete (${message}): compress it again.`,
    {},
    { cause: error },
  );
}
