import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { HttpError } from '../problem.ts';
import type { SlottedUpload } from './slots.ts';

export interface BodyTimes {
  /** Time that may pass without a byte. */
  readonly stallMs: number;
  /** Time that the whole body may take to arrive. */
  readonly timeoutMs: number;
}

interface BodyBounds extends BodyTimes {
  /** The file and the rest of the form. */
  readonly bytesMax: number;
  /** Makes the error for a body with more bytes, from the number of bytes that have arrived. */
  readonly tooLarge: (bytes: number) => Error;
}

/** A few of the pieces in which a body comes. */
const BUFFERED_BYTES = 1 << 18;
const MS_PER_S = 1_000;

/**
 * The body of an upload on its way to multer, which takes it for the request: counted, and bounded in time. Whatever
 * ends it, multer cleans up and tells at once; of the request itself it would read the rest first, however long that is,
 * and the request can still be answered.
 */
export class UploadBody extends Transform implements SlottedUpload {
  readonly headers: IncomingMessage['headers'];
  readonly #request: IncomingMessage;
  readonly #bounds: BodyBounds;
  readonly #stall: NodeJS.Timeout;
  readonly #timeout: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #bytes = 0;

  constructor(request: IncomingMessage, bounds: BodyBounds) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.headers = request.headers;
    this.#request = request;
    this.#bounds = bounds;
    const { stallMs, timeoutMs } = bounds;
    this.#stall = setTimeout(() => this.#checkStall(), stallMs);
    this.#timeout = setTimeout(() => this.destroy(tooSlow(timeoutMs)), timeoutMs);
    request.once('close', () => {
      if (!request.readableEnded) this.destroy(new Error('Request closed'));
    });
    request.pipe(this);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#stall.refresh();
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bounds.bytesMax) done(this.#bounds.tooLarge(this.#bytes));
    else done(null, chunk);
  }

  bytesPerSecond(): number {
    // What has come and is not taken yet waits for a thread or the disk.
    if (this.#request.complete || this.writableLength > 0) return Number.POSITIVE_INFINITY;
    return (this.#bytes / (performance.now() - this.#startedAt)) * MS_PER_S;
  }

  giveWay(bytesPerSMin: number): void {
    this.destroy(tooFewBytes(bytesPerSMin, this.bytesPerSecond()));
  }

  /** All has come; what becomes of it may take its time. */
  override _flush(done: TransformCallback): void {
    this.#stopClocks();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopClocks();
    // At once, for to let go of a request pauses it, and whoever answers it lets it flow again.
    this.#request.unpipe(this);
    done(error);
  }

  /** Multer lets go of a body that it reads no further. */
  override unpipe(destination?: NodeJS.WritableStream): this {
    super.unpipe(destination);
    if (!this.readableEnded) this.destroy();
    return this;
  }

  #checkStall(): void {
    const { stallMs } = this.#bounds;
    // What has come and is not taken yet waits for a thread or the disk, and not for the caller.
    if (this.writableLength > 0) this.#stall.refresh();
    else this.destroy(stalled(stallMs));
  }

  #stopClocks(): void {
    clearTimeout(this.#stall);
    clearTimeout(this.#timeout);
  }
}

function stalled(limit: number): HttpError {
  return new HttpError(
    408,
    'upload_stalled',
    `Nothing of the upload came for ${limit / 1000} s: send it again, over a line that holds.`,
    { limit, actual: limit + 1 },
  );
}

function tooSlow(limit: number): HttpError {
  return new HttpError(
    408,
    'upload_timeout',
    `The upload had not come after ${limit / 1000} s: send a smaller file, or fold it with gzip.`,
    { limit, actual: limit + 1 },
  );
}

function tooFewBytes(limit: number, bytesPerS: number): HttpError {
  return new HttpError(
    408,
    'upload_too_slow',
    `The upload came at fewer than ${limit} bytes a second, and another one waited for its place: send it again, over a faster line.`,
    { limit, actual: Math.floor(bytesPerS) },
  );
}
