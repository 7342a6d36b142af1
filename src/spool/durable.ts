import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { ConfigError, StorageError } from '../errors.ts';
import { closing, removeQuietly, writeAll } from '../system/plainFiles.mjs';
import type { SpoolFiles } from './files.ts';

/** Where a new file goes, and what it is to hold. */
export interface NewFile {
  /** A folder on the same disk, for the time that it is not whole. */
  readonly incoming: string;
  readonly path: string;
  readonly bytes: Buffer;
  readonly modifiedAtMs: number;
}

/**
 * Writes a file so that it is there whole or not at all, whatever happens: beside, fsync, rename, fsync of the folder.
 * A failed fsync is not tried again, for the kernel may have thrown the pages away and report success the next time:
 * the file is removed.
 *
 * @param secondName path in the same folder under which the file is found too; what has it now loses it.
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

/** The same for a file that is there already: whatever happens, the name has the old content or the new, whole. */
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

/** Writes a new file, fsync included, and nothing of its name. */
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

/** Gives what a file operation threw a code and a sentence; what is no fault of the disk stays what it is. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isOfDisk(error) ? storageError(error) : error;
  }
}

/** The same at the start, where a person can do something about it. */
export async function opening(dir: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isOfDisk(error)) throw error;
    const says = `cannot be used (${error.message}): name a folder that can be written`;
    throw new ConfigError('spool_dir', `SPOOL_DIR=${dir} ${says}`, {}, { cause: error });
  }
}

/** Errors of the system have codes such as EIO and ENOSPC; those of Node's own begin with `ERR_`. */
function isOfDisk(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return /^E[A-Z0-9]+$/.test((error as NodeJS.ErrnoException).code ?? '');
}

function storageError(cause: Error & { code: string }): StorageError {
  const { code } = cause;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StorageError('disk_full', 'The disk of the spool is full: make room on it.', {}, { cause });
  }
  const message = `The spool could not be written or read (${code}): see to the disk and the permissions of its folder.`;
  return new StorageError('spool_write_failed', message, {}, { cause });
}
