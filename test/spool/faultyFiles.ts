import type { SpoolFile, SpoolFiles } from '../../src/spool/files.ts';

export interface Operation {
  /** The number of the operation among all operations, from 1. */
  readonly number: number;
  readonly kind: keyof SpoolFiles | keyof SpoolFile;
  readonly path: string;
}

/**
 * Decides what happens at an operation. If it throws, the operation fails. With 'half', a write takes half of its bytes.
 * With undefined, the operation succeeds.
 */
export type Fault = (operation: Operation) => 'half' | undefined;

/** File operations that call `fault` before each operation. */
export function faultyFiles(files: SpoolFiles, fault: Fault): SpoolFiles {
  let number = 0;
  const at = (kind: Operation['kind'], path: string) => fault({ number: ++number, kind, path });
  return {
    makeFolder: async (path) => {
      at('makeFolder', path);
      await files.makeFolder(path);
    },
    names: async function* (folder) {
      at('names', folder);
      yield* files.names(folder);
    },
    read: async (path) => {
      at('read', path);
      return await files.read(path);
    },
    modifiedAtMs: async (path) => {
      at('modifiedAtMs', path);
      return await files.modifiedAtMs(path);
    },
    open: async (path, which) => {
      at('open', path);
      return faultyFile(await files.open(path, which), (kind) => at(kind, path));
    },
    rename: async (from, to) => {
      at('rename', to);
      await files.rename(from, to);
    },
    link: async (from, to) => {
      at('link', to);
      await files.link(from, to);
    },
    remove: async (path) => {
      at('remove', path);
      await files.remove(path);
    },
    touch: async (path, atMs) => {
      at('touch', path);
      return await files.touch(path, atMs);
    },
    syncFolder: async (path) => {
      at('syncFolder', path);
      await files.syncFolder(path);
    },
    copy: async (from, to) => {
      at('copy', to);
      await files.copy(from, to);
    },
    size: async (path) => {
      at('size', path);
      return await files.size(path);
    },
    removeAll: async (path) => {
      at('removeAll', path);
      await files.removeAll(path);
    },
    space: async (folder) => {
      at('space', folder);
      return await files.space(folder);
    },
  };
}

function faultyFile(file: SpoolFile, at: (kind: keyof SpoolFile) => 'half' | undefined): SpoolFile {
  return {
    write: async (bytes, position) => {
      const isHalf = at('write') === 'half';
      return await file.write(isHalf ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes, position);
    },
    truncate: async (bytes) => {
      at('truncate');
      await file.truncate(bytes);
    },
    setModified: async (atMs) => {
      at('setModified');
      await file.setModified(atMs);
    },
    sync: async () => {
      at('sync');
      await file.sync();
    },
    // A failed close closes the file nevertheless.
    close: async () => {
      try {
        at('close');
      } finally {
        await file.close();
      }
    },
  };
}

export function systemError(code: 'EIO' | 'ENOSPC' | 'EXDEV' | 'EPERM'): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}
