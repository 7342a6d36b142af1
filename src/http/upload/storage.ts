import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { Request } from 'express';
import type multer from 'multer';

/** Takes in a file while it arrives. */
export interface Intake {
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  release(): Promise<void>;
}

/** A form's file, which was read while it arrived. It stays on disk until the response is known. */
export interface UploadedFile extends Express.Multer.File {
  readonly intake: Intake;
  /** SHA-256 of the bytes in hex, if the request has an `Idempotency-Key`; it costs the event loop 1 ms per megabyte. */
  readonly sha256?: string;
}

type Stored = Parameters<multer.StorageEngine['_handleFile']>[2];

/** Stores a file on disk, as multer does, and lets an intake read the bytes as they pass. */
export class IntakeStorage implements multer.StorageEngine {
  readonly #disk: multer.StorageEngine;
  readonly #open: (request: Request) => Intake;
  readonly #removed = new WeakSet<object>();

  /** @param open begins to read a file once its first bytes have arrived; it may throw to reject the file */
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
        // Set now: if multer removes the file before it is stored, only `_removeFile` hears of it.
        Object.assign(file, { intake });
      }
      return intake;
    };
    const hash = request.headers['idempotency-key'] === undefined ? undefined : createHash('sha256');
    const tap = new Transform({
      // An async function, so that an error of `begin` reaches multer too.
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
    // An error at either end reaches multer's own pipeline, which goes from the tap to the disk.
    const stream = pipeline(file.stream, tap, () => undefined);
    Object.defineProperty(file, 'stream', { value: stream, configurable: true });
    this.#disk._handleFile(request, file, (error, info) => {
      // Multer does not remove a file that could not be stored.
      if (error) this._removeFile(request, file, () => done(error));
      else done(null, info);
    });
  }

  _removeFile(request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    const { intake, path } = file as Partial<UploadedFile>;
    this.#removed.add(file);
    void intake?.release();
    // The disk storage deletes the path when it begins to remove the file.
    if (path === undefined) done(null);
    else this.#disk._removeFile(request, file, done);
  }
}
