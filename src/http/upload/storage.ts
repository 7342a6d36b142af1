import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { Request } from 'express';
import type multer from 'multer';

/** What takes in a file while it arrives. */
export interface Intake {
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  release(): Promise<void>;
}

/** A file of a form: on disk until the answer, and read while it came. */
export interface UploadedFile extends Express.Multer.File {
  readonly intake: Intake;
  /** SHA-256 of its bytes, in hex, where the request has an `Idempotency-Key`; it costs the event loop a millisecond a megabyte. */
  readonly sha256?: string;
}

type Stored = Parameters<multer.StorageEngine['_handleFile']>[2];

/** Keeps a file on disk, as multer does, and lets it be read as it passes. */
export class IntakeStorage implements multer.StorageEngine {
  readonly #disk: multer.StorageEngine;
  readonly #open: (request: Request) => Intake;
  readonly #removed = new WeakSet<object>();

  /** @param open begins to read a file whose first bytes have come; it may refuse it by throwing */
  constructor(disk: multer.StorageEngine, open: (request: Request) => Intake) {
    this.#disk = disk;
    this.#open = open;
  }

  _handleFile(request: Request, file: Express.Multer.File, done: Stored): void {
    let intake: Intake | undefined;
    const begin = (): Intake => {
      if (intake === undefined) {
        if (this.#removed.has(file)) throw new Error('Request closed');
        intake = this.#open(request);
        // Multer may remove the file before it is told of it, and then tells nobody else.
        Object.assign(file, { intake });
      }
      return intake;
    };
    const hash = request.headers['idempotency-key'] === undefined ? undefined : createHash('sha256');
    const tap = new Transform({
      // An async function, so that a refusal reaches multer too.
      transform: (chunk: Buffer, _encoding, next) => {
        hash?.update(chunk);
        const written = (async () => await begin().write(chunk))();
        written.then(() => next(null, chunk), next);
      },
      flush: (next) => {
        intake?.end();
        if (hash) Object.assign(file, { sha256: hash.digest('hex') });
        next();
      },
    });
    // A fault of either end reaches multer's own pipeline from the tap to the disk.
    const stream = pipeline(file.stream, tap, () => undefined);
    Object.defineProperty(file, 'stream', { value: stream, configurable: true });
    this.#disk._handleFile(request, file, (error, info) => {
      // Of a file that could not be stored multer thinks that there is nothing.
      if (error) this._removeFile(request, file, () => done(error));
      else done(null, info);
    });
  }

  _removeFile(request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    const { intake, path } = file as Partial<UploadedFile>;
    this.#removed.add(file);
    void intake?.release();
    // The disk's own takes the path away once it is at it.
    if (path === undefined) done(null);
    else this.#disk._removeFile(request, file, done);
  }
}
