import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { ConfigError, StorageError } from '../errors.ts';
import { closing, removeQuietly, writeAll } from '../system/plainFiles.mjs';
import type { SpoolFiles } from './files.ts';

/** The place and the content of a new file. */
export interface NewFile {
  /** A folder on the same disk. It holds the file until all bytes are written. */
  readonly incoming: string;
  readonly path: string;
  readonly bytes: Buffer;
  readonly modifiedAtMs: number;
}

/**
 * Writes a file so that it exists whole or not at all, even after a crash. The steps are: write under a temporary name,
 * fsync, rename, fsync of the folder. If an fsync fails, the file is removed. A second fsync would prove nothing, because
 * the kernel may have dropped the pages and may then report success.
 *
 * @param secondName Path in the same folder that becomes a second name of the file. Another file with this name loses it.
 */
export async function placeFile(files: SpoolFiles, file: NewFile, secondName?: string): Promise<void> {
  try {
    await renameNew(files, file);
    if (secondName !== undefined) {
      await files.remove(secondName);
      await files.link(file.path, secondName);
    }
    await files.syncFolder(dirname(file.path));
  } catch (error) {
    await removeQuietly(files, file.path);
    if (secondName !== undefined) await removeQuietly(files, secondName);
    throw error;
  }
}

/** Replaces the content of a file. Even after a crash, the file has the whole old content or the whole new content. */
export async function replaceFile(files: SpoolFiles, file: NewFile): Promise<void> {
  await renameNew(files, file);
  await files.syncFolder(dirname(file.path));
}

async function renameNew(files: SpoolFiles, { incoming, path, ...content }: NewFile): Promise<void> {
  const temporary = join(incoming, randomUUID());
  try {
    await writeNew(files, temporary, content);
    await files.rename(temporary, path);
  } catch (error) {
    await removeQuietly(files, temporary);
    throw error;
  }
}

/** Writes a new file, with an fsync. The name is on the disk only after an fsync of the folder. */
export async function writeNew(
  files: SpoolFiles,
  path: string,
  { bytes, modifiedAtMs }: Pick<NewFile, 'bytes' | 'modifiedAtMs'>,
): Promise<void> {
  const file = await files.open(path, 'new');
  await closing(file, async () => {
    await writeAll(file, bytes, 0);
    await file.setModified(modifiedAtMs);
    await file.sync();
  });
}

/** Turns errors of file operations into a StorageError with a code and a message. Other errors pass unchanged. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isOfDisk(error) ? storageError(error) : error;
  }
}

/** Turns errors of file operations at the start into a ConfigError, because a person can then correct the setting. */
export async function opening(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isOfDisk(error)) throw error;
    const says = `cannot be used (${error.message}): set it to a folder that trainpost can write to`;
    throw new ConfigError('spool_dir', `SPOOL_DIR=${dir} ${says}`, {}, { cause: error });
  }
}

/** Whether the system reported the error. System errors have codes such as EIO and ENOSPC; Node's begin with `ERR_`. */
function isOfDisk(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return /^E[A-Z0-9]+$/.test((error as NodeJS.ErrnoException).code ?? '');
}

function storageError(cause: Error & { code: string }): StorageError {
  const { code } = cause;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StorageError(
      'disk_full',
      'The disk of the spool is full: free some space on it.',
      {},
      { cause },
    );
  }
  const message = `The spool could not be written or read (${code}): check its disk and the permissions of its folder.`;
  return new StorageError('spool_write_failed', message, {}, { cause });
}
