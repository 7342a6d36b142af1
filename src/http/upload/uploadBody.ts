import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { HttpError } from '../problem.ts';
import type { FormRewriter } from './formRewriter.ts';
import type { SlottedUpload } from './slots.ts';

export interface BodyTimes {
  /** Longest time without a byte. */
  readonly stallMs: number;
  /** How long the whole body may take to arrive. */
  readonly timeoutMs: number;
}

interface BodyBounds extends BodyTimes {
  /** Most bytes of the whole form: the file and all fields. */
  readonly bytesMax: number;
  /** Makes the error for a body with more than `bytesMax`, of which `bytes` have arrived. */
  readonly tooLarge: (bytes: number) => Error;
}

/** Holds a few of the chunks in which a body arrives. */
const BUFFERED_BYTES = 1 << 18;
const MS_PER_S = 1_000;

/**
 * Passes the body of an upload on to multer, counts its bytes, limits its time, and rewrites its parts. Multer takes this stream for the
 * request. If the stream is destroyed, multer cleans up and reports at once, and the request can still be answered. Given
 * the request itself, multer would read all the rest of the body before it reports an error.
 */
export class UploadBody extends Transform implements SlottedUpload {
  readonly headers: IncomingMessage['headers'];
  readonly #request: IncomingMessage;
  readonly #bounds: BodyBounds;
  readonly #form: FormRewriter | undefined;
  readonly #stall: NodeJS.Timeout;
  readonly #timeout: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #bytes = 0;

  /** @param form rewrites the parts of the form; if undefined, the body is passed on as it is */
  constructor(request: IncomingMessage, bounds: BodyBounds, form?: FormRewriter) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.headers = request.headers;
    this.#request = request;
    this.#bounds = bounds;
    this.#form = form;
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
    else if (this.#form === undefined) done(null, chunk);
    else this.#rewrite((form) => form.write(chunk, (bytes) => this.push(bytes)), done);
  }

  bytesPerSecond(): number {
    // Buffered bytes wait for a thread or the disk.
    if (this.#request.complete || this.writableLength > 0) return Number.POSITIVE_INFINITY;
    return (this.#bytes / (performance.now() - this.#startedAt)) * MS_PER_S;
  }

  giveWay(bytesPerSMin: number): void {
    this.destroy(tooFewBytes(bytesPerSMin, this.bytesPerSecond()));
  }

  /** All bytes have arrived. Their processing has no time limit here. */
  override _flush(done: TransformCallback): void {
    this.#stopClocks();
    this.#rewrite((form) => form.end(), done);
  }

  #rewrite(step: (form: FormRewriter) => void, done: TransformCallback): void {
    try {
      if (this.#form !== undefined) step(this.#form);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopClocks();
    // At once: `unpipe` pauses the request, and the code that answers the request lets it flow again.
    this.#request.unpipe(this);
    done(error);
  }

  /** Ends the stream early: multer unpipes a body when it will read no more of it. */
  override unpipe(destination?: NodeJS.WritableStream): this {
    super.unpipe(destination);
    if (!this.readableEnded) this.destroy();
    return this;
  }

  #checkStall(): void {
    const { stallMs } = this.#bounds;
    // Buffered bytes wait for a thread or the disk, not for the client.
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
    `No byte of the upload arrived for ${limit / 1000} s: check the connection and send the upload again.`,
    { limit, actual: limit + 1 },
  );
}

function tooSlow(limit: number): HttpError {
  return new HttpError(
    408,
    'upload_timeout',
    `The upload was not complete after ${limit / 1000} s: send a smaller file, or compress the file with gzip.`,
    { limit, actual: limit + 1 },
  );
}

function tooFewBytes(limit: number, bytesPerS: number): HttpError {
  return new HttpError(
    408,
    'upload_too_slow',
    `The upload was slower than ${limit} bytes per second while another upload waited for a slot: send it again over a faster connection.`,
    { limit, actual: Math.floor(bytesPerS) },
  );
}
