import {
  constants,
  copyFile,
  type FileHandle,
  mkdir,
  open,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises';
import { type PlainFile, type PlainFiles, plainFiles } from '../system/plainFiles.mjs';

/** All file operations of the spool. A test replaces them to let each one fail. */
export interface SpoolFiles extends PlainFiles {
  /** Makes a folder and its parents, if they do not exist. */
  makeFolder(path: string): Promise<void>;
  open(path: string, which: 'new' | 'existing'): Promise<SpoolFile>;
  rename(from: string, to: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Copies a file to a new file, without an fsync. */
  copy(from: string, to: string): Promise<void>;
  /** Length of a file in bytes. Undefined if the file does not exist. */
  size(path: string): Promise<number | undefined>;
  /** Removes a file, or a folder with everything in it, if it exists. A crash may leave a part of the folder. */
  removeAll(path: string): Promise<void>;
  space(folder: string): Promise<{ readonly bytes: number; readonly freeBytes: number }>;
}

export interface SpoolFile extends PlainFile {
  truncate(bytes: number): Promise<void>;
  setModified(atMs: number): Promise<void>;
  /** Waits until content and length are on the disk. */
  sync(): Promise<void>;
}

export const realFiles: SpoolFiles = {
  ...plainFiles,
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
  open: async (path, which) => new RealFile(await open(path, which === 'new' ? 'wx' : 'r+')),
  rename,
  syncFolder,
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_EXCL),
  size,
  removeAll: (path) => rm(path, { recursive: true, force: true }),
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

  /** fdatasync writes the content and a changed length. It leaves out times only. */
  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function size(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Does nothing on Windows: Windows cannot open a folder, and keeps the names in it without an fsync. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
