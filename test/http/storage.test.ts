import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Request } from 'express';
import type multer from 'multer';
import { describe, expect, it, vi } from 'vitest';
import { ReadingStorage } from '../../src/http/storage.ts';
import type { Reading } from '../../src/training/train.ts';

const REQUEST = { headers: {} } as Request;

/** A disk that answers when it is told to, and the file that multer would hand it. */
function setUp() {
  const release = vi.fn(async () => undefined);
  const reading = { write: async () => undefined, end: () => undefined, release } as unknown as Reading;
  const finish: (() => void)[] = [];
  const disk: multer.StorageEngine = {
    _handleFile: (_request, file, done) => {
      file.stream.resume();
      finish.push(() => done(null, { path: 'data.csv', size: 1 }));
    },
    _removeFile: (_request, _file, done) => done(null),
  };
  const file = { stream: new PassThrough() } as unknown as Express.Multer.File;
  return { disk, file, reading, release, finish };
}

describe('ReadingStorage', () => {
  it('releases the reading of a file that is removed before it is stored, as where the caller goes away', () => {
    const { disk, file, reading, release, finish } = setUp();
    const storage = new ReadingStorage(disk, () => reading);
    storage._handleFile(REQUEST, file, () => undefined);
    storage._removeFile(REQUEST, file, () => undefined);
    // Multer takes note of it no more.
    finish[0]?.();
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('hands on that no reading can be begun, instead of throwing it into the stream of the form', async () => {
    const { disk, file } = setUp();
    const storage = new ReadingStorage(disk, () => {
      throw new RangeError('could not allocate memory');
    });
    const done = vi.fn();
    expect(() => storage._handleFile(REQUEST, file, done)).not.toThrow();
    expect(done).toHaveBeenCalledWith(expect.any(RangeError));
    // What comes of the file is let pass, or the form would never end.
    (file.stream as PassThrough).end('a,b\n');
    await once(file.stream, 'end');
  });
});
