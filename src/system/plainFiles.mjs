import { link, open, opendir, readFile, rm, stat, utimes } from 'node:fs/promises';

/**
 * An open file.
 *
 * @typedef {object} PlainFile
 * @property {(bytes: Buffer, position: number) => Promise<number>} write Gives how many bytes were written: a disk
 *   that fills up takes only some of them.
 * @property {() => Promise<void>} close
 */

/**
 * The file operations that a lock needs. A test replaces them to let each one fail.
 *
 * @typedef {object} PlainFiles
 * @property {(folder: string) => AsyncIterable<string>} names Names of the files in a folder.
 * @property {(path: string) => Promise<Buffer | undefined>} read Undefined if the file does not exist.
 * @property {(path: string) => Promise<number | undefined>} modifiedAtMs Undefined if the file does not exist.
 * @property {(path: string, which: 'new' | 'existing') => Promise<PlainFile>} open Opens a file for writing. A new
 *   file must not exist yet (EEXIST), an existing file must (ENOENT).
 * @property {(from: string, to: string) => Promise<void>} link Gives a file a second name; EEXIST if that name is taken.
 * @property {(path: string) => Promise<void>} remove Removes a file if it exists.
 * @property {(path: string, atMs: number) => Promise<boolean>} touch Sets the time of a file; false if the file does
 *   not exist.
 */

/** Names that are read from a folder at once. */
const NAMES_AT_ONCE = 256;

/** @type {PlainFiles} */
export const plainFiles = {
  names: async function* (folder) {
    for await (const { name } of await opendir(folder, { bufferSize: NAMES_AT_ONCE })) yield name;
  },
  read: (path) => unlessMissing(readFile(path)),
  modifiedAtMs: async (path) => (await unlessMissing(stat(path)))?.mtimeMs,
  open: async (path, which) => {
    const handle = await open(path, which === 'new' ? 'wx' : 'r+');
    return {
      write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
      close: () => handle.close(),
    };
  },
  link,
  remove: (path) => rm(path, { force: true }),
  touch: async (path, atMs) =>
    (await unlessMissing(utimes(path, atMs / 1000, atMs / 1000).then(() => true))) ?? false,
};

/**
 * Writes all bytes, however many the disk takes at once.
 *
 * @param {Pick<PlainFile, 'write'>} file
 * @param {Buffer} bytes
 * @param {number} position
 * @returns {Promise<void>}
 */
export async function writeAll(file, bytes, position) {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written === 0) throw Object.assign(new Error('The disk took no more bytes.'), { code: 'ENOSPC' });
    done += written;
  }
}

/**
 * Does a piece of work on an open file and closes it. Throws the first error of the two.
 *
 * @param {Pick<PlainFile, 'close'>} file
 * @param {() => Promise<void>} work
 * @returns {Promise<void>}
 */
export async function closing(file, work) {
  try {
    await work();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
}

/**
 * Removes a file after a failure, and keeps silent about a second failure: the first one is thrown.
 *
 * @param {Pick<PlainFiles, 'remove'>} files
 * @param {string} path
 * @returns {Promise<void>}
 */
export async function removeQuietly(files, path) {
  await files.remove(path).catch(() => undefined);
}

/**
 * @template T
 * @param {Promise<T>} result
 * @returns {Promise<T | undefined>}
 */
async function unlessMissing(result) {
  try {
    return await result;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}
