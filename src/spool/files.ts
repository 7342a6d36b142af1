import type { Stats } from 'node:fs';
import {
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
} from 'node:fs/promises';

/** Names that are read from a folder at once. */
const NAMES_AT_ONCE = 256;

/**
 * The file operations that the spool is made of, and all of them: a test puts another set in their place, and lets each
 * fail in its turn.
 */
export interface SpoolFiles {
  /** Makes a folder, and those above it; one that is there is left as it is. */
  makeFolder(path: string): Promise<void>;
  names(folder: string): AsyncIterable<string>;
  /** Undefined for a file that is not there; so are `modifiedAtMs` and `touch`'s false. */
  read(path: string): Promise<Buffer | undefined>;
  modifiedAtMs(path: string): Promise<number | undefined>;
  /** Opens a file for writing: one that must not be there yet, or one that must. */
  open(path: string, which: 'new' | 'existing'): Promise<SpoolFile>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; fails with EEXIST where that name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is as good as removed. */
  remove(path: string): Promise<void>;
  touch(path: string, atMs: number): Promise<boolean>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  space(folder: string): Promise<{ readonly bytes: number; readonly freeBytes: number }>;
}

export interface SpoolFile {
  /** Gives how many bytes were written: a disk that fills up takes a part of them. */
  write(bytes: Buffer, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  setModified(atMs: number): Promise<void>;
  /** Waits until content and length are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const realFiles: SpoolFiles = {
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
  names: namesIn,
  read: (path) => unlessMissing(readFile(path)),
  modifiedAtMs: async (path) => (await unlessMissing<Stats>(stat(path)))?.mtimeMs,
  open: async (path, which) => new RealFile(await open(path, which === 'new' ? 'wx' : 'r+')),
  rename,
  link,
  remove: (path) => rm(path, { force: true }),
  touch: async (path, atMs) =>
    (await unlessMissing(utimes(path, atMs / 1000, atMs / 1000).then(() => true))) ?? false,
  syncFolder,
  space: async (folder) => {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { bytes: blocks * bsize, freeBytes: bavail * bsize };
  },
};

class RealFile implements SpoolFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Buffer, position: number): Promise<number> {
    return (await this.#handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  truncate(bytes: number): Promise<void> {
    return this.#handle.truncate(bytes);
  }

  setModified(atMs: number): Promise<void> {
    return this.#handle.utimes(atMs / 1000, atMs / 1000);
  }

  /** fdatasync writes the length too, where it changed; what it leaves out are times. */
  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function* namesIn(folder: string): AsyncGenerator<string> {
  for await (const { name } of await opendir(folder, { bufferSize: NAMES_AT_ONCE })) yield name;
}

/** Windows opens no folder and keeps its names without being asked to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
