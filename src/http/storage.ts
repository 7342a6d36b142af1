import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { Request } from 'express';
import type multer from 'multer';
import type { Reading } from '../training/train.ts';

/** A file of a form: on disk until the answer, and read while it came. */
export interface UploadedFile extends Express.Multer.File {
  readonly reading: Reading;
  /** SHA-256 of its bytes, in hex, where the request has an `Idempotency-Key`; it costs the event loop a millisecond a megabyte. */
  readonly sha256?: string;
}

type Stored = Parameters<multer.StorageEngine['_handleFile']>[2];

/** Keeps a file on disk, as multer does, and lets it be read as it passes. */
export class ReadingStorage implements multer.StorageEngine {
  readonly #disk: multer.StorageEngine;
  readonly #open: () => Reading;

  constructor(disk: multer.StorageEngine, open: () => Reading) {
    this.#disk = disk;
    this.#open = open;
  }

  _handleFile(request: Request, file: Express.Multer.File, done: Stored): void {
    let reading: Reading;
    try {
      reading = this.#open();
    } catch (error) {
      // Thrown from here it would be nobody's, and end the process.
      file.stream.resume();
      done(error);
      return;
    }
    // Multer may remove the file before it is told of it, and then tells nobody else.
    Object.assign(file, { reading });
    const hash = request.headers['idempotency-key'] === undefined ? undefined : createHash('sha256');
    const tap = new Transform({
      transform: (chunk: Buffer, _encoding, next) => {
        hash?.update(chunk);
        reading.write(chunk).then(() => next(null, chunk), next);
      },
      flush: (next) => {
        reading.end();
        if (hash) Object.assign(file, { sha256: hash.digest('hex') });
        next();
      },
    });
    // A fault of either end reaches multer's own pipeline from the tap to the disk.
    const stream = pipeline(file.stream, tap, () => undefined);
    Object.defineProperty(file, 'stream', { value: stream, configurable: true });
    this.#disk._handleFile(request, file, (error, info) => {
      if (error) void reading.release();
      done(error, info);
    });
  }

  _removeFile(request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    const { reading } = file as Partial<UploadedFile>;
    void reading?.release();
    this.#disk._removeFile(request, file, done);
  }
}
