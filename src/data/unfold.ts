import { Gunzip } from 'minizlib';
import { DataError, TooLargeError } from '../errors.ts';

/** RFC 1952, 2.3.1: the first two bytes of every member. */
const MAGIC = [0x1f, 0x8b] as const;
/** What a file may unfold to where the caller gives no bound: as large as an upload may be by default. */
export const UNFOLDED_BYTES_MAX = 200_000_000;
/** A folded byte unfolds to 1,032 at most, so that no more than 17 MB are there before they are counted. */
const FOLDED_BYTES = 1 << 14;

/**
 * Takes a file as it comes and hands on what it holds: unfolded where it is gzip, of one member or several, which its
 * first bytes tell whatever its name is.
 */
export class Unfolding {
  readonly #bytesMax: number;
  readonly #take: (bytes: Uint8Array) => void;
  /** The first byte, while it alone has come. */
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
   * @throws TooLargeError `unfolded_too_large` as soon as it is known to be larger than the bound
   * @throws DataError `corrupt_gzip` where it is damaged or has other bytes behind it
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

  /** @throws DataError `corrupt_gzip` where it breaks off, and what `push` throws */
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
      // It is thrown where the stream it would otherwise break has come to an end.
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

/** @param actual as far as it was unfolded */
function tooLarge(bytesMax: number, actual: number): TooLargeError {
  const message = `The file unfolds to more than the ${bytesMax} bytes that are taken: send fewer rows or columns.`;
  return new TooLargeError('unfolded_too_large', message, { limit: bytesMax, actual });
}

/** What zlib says, in terms of the file; anything else is a fault of ours and stays as it is. */
function explain(error: NodeJS.ErrnoException): Error {
  if (!error.code?.startsWith('Z_')) return error;
  const { message } = (error.cause as Error | undefined) ?? error;
  return new DataError(
    'corrupt_gzip',
    `The gzip file is damaged or breaks off (${message}): fold it again.`,
    {},
    { cause: error },
  );
}
