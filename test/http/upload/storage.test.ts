import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Request } from 'express';
import multer from 'multer';
import { describe, expect, it, vi } from 'vitest';
import { type Intake, IntakeStorage } from '../../../src/http/upload/storage.ts';

const REQUEST = { headers: {} } as Request;

/** A disk that answers when a test says so, and a file as multer would pass it. */
function setUp() {
  const release = vi.fn(async () => undefined);
  const intake = { write: async () => undefined, end: () => undefined, release } satisfies Intake;
  const finish: (() => void)[] = [];
  const disk: multer.StorageEngine = {
    _handleFile: (_request, file, done) => {
      file.stream.resume();
      finish.push(() => done(null, { path: 'data.csv', size: 1 }));
    },
    _removeFile: (_request, _file, done) => done(null),
  };
  const file = { stream: new PassThrough() } as unknown as Express.Multer.File;
  return { disk, file, intake, release, finish };
}

describe('IntakeStorage', () => {
  it('releases the intake of a file that is removed before it is stored, because its client disconnected', async () => {
    const { disk, file, intake, release, finish } = setUp();
    const open = vi.fn(() => intake);
    const storage = new IntakeStorage(disk, open);
    const source = file.stream as PassThrough;
    storage._handleFile(REQUEST, file, () => undefined);
    source.write('a,b\n');
    await expect.poll(() => open.mock.calls.length).toBe(1);
    storage._removeFile(REQUEST, file, () => undefined);
    // Multer ignores the file by now.
    finish[0]?.();
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('begins no intake for a file that is already removed', async () => {
    const { disk, file, intake } = setUp();
    const open = vi.fn(() => intake);
    const storage = new IntakeStorage(disk, open);
    const source = file.stream as PassThrough;
    storage._handleFile(REQUEST, file, () => undefined);
    storage._removeFile(REQUEST, file, () => undefined);
    source.on('error', () => undefined).write('a,b\n');
    await expect.poll(() => source.destroyed).toBe(true);
    expect(open).not.toHaveBeenCalled();
  });

  it('begins to read when the first bytes arrive, and not before', async () => {
    const { disk, file, intake } = setUp();
    const open = vi.fn(() => intake);
    const source = file.stream as PassThrough;
    new IntakeStorage(disk, open)._handleFile(REQUEST, file, () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).not.toHaveBeenCalled();
    source.write('a,b\n');
    source.end('1,2\n');
    await once(file.stream, 'end');
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('passes on the error of an intake that cannot begin, and leaves no file', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trainpost-storage-'));
    try {
      const { file } = setUp();
      const disk = multer.diskStorage({ destination: dir, filename: (_r, _f, done) => done(null, 'a.csv') });
      const storage = new IntakeStorage(disk, () => {
        throw new RangeError('could not allocate memory');
      });
      const source = file.stream as PassThrough;
      const stored = new Promise((resolve) => storage._handleFile(REQUEST, file, resolve));
      source.write('a,b\n');
      expect(await stored).toBeInstanceOf(RangeError);
      expect(readdirSync(dir)).toEqual([]);
      // Multer may try to remove the file, too.
      await new Promise((resolve) => storage._removeFile(REQUEST, file, resolve));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
