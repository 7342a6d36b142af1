import { pipeline, Transform } from 'node:stream';
import type { Request } from 'express';
import type multer from 'multer';
import type { Reading } from '../training/train.ts';

/** A file of a form: on disk until the answer, and read while it came. */
export interface UploadedFile extends Express.Multer.File {
  readonly reading: Reading;
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
    const tap = new Transform({
      transform: (chunk: Buffer, _encoding, next) => {
        reading.write(chunk).then(() => next(null, chunk), next);
      },
      flush: (next) => {
        reading.end();
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
