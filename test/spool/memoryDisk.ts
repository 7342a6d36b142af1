import { basename, dirname } from 'node:path';
import type { SpoolFile, SpoolFiles } from '../../src/spool/files.ts';

interface Inode {
  content: Buffer;
  /** The content that the last fsync brought to the disk. */
  synced: Buffer;
  modifiedAtMs: number;
}

/** A change of names. A file system makes the whole change or no part of it. */
interface NameChange {
  readonly folders: readonly string[];
  readonly names: ReadonlyMap<string, Inode | undefined>;
}

/** Whether a change without an fsync is on the disk after a power cut. It is asked once for each change, in any order. */
export type Survives = () => boolean;

/**
 * A disk that may lose everything that POSIX lets it lose. It may lose contents without an fsync of their file, and names
 * without an fsync of their folder. A killed process loses neither. Only a disk like this one shows whether each fsync is
 * in its place.
 */
export class MemoryDisk implements SpoolFiles {
  #names = new Map<string, Inode>();
  #syncedNames = new Map<string, Inode>();
  #unsynced: NameChange[] = [];

  /** Returns the disk as the next start finds it after a power cut. */
  afterPowerCut(survives: Survives): MemoryDisk {
    const after = new MemoryDisk();
    const names = new Map(this.#syncedNames);
    for (const change of this.#unsynced) if (survives()) apply(names, change);
    const inodes = new Map<Inode, Inode>();
    for (const [path, inode] of names) {
      const found = inodes.get(inode) ?? afterCut(inode, survives);
      inodes.set(inode, found);
      after.#names.set(path, found);
      after.#syncedNames.set(path, found);
    }
    return after;
  }

  /** Returns the disk as a kill leaves it. The system writes everything in the end. */
  afterKill(): MemoryDisk {
    return this.afterPowerCut(() => true);
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  async makeFolder(): Promise<void> {}

  async *names(folder: string): AsyncGenerator<string> {
    for (const path of this.paths()) if (dirname(path) === folder) yield basename(path);
  }

  async read(path: string): Promise<Buffer | undefined> {
    return this.#names.get(path)?.content;
  }

  async modifiedAtMs(path: string): Promise<number | undefined> {
    return this.#names.get(path)?.modifiedAtMs;
  }

  async open(path: string, which: 'new' | 'existing'): Promise<SpoolFile> {
    if (which === 'new') {
      if (this.#names.has(path)) throw systemError('EEXIST', path);
      const inode = { content: Buffer.alloc(0), synced: Buffer.alloc(0), modifiedAtMs: Date.now() };
      this.#change([[path, inode]]);
    }
    return fileOf(this.#inode(path));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change([
      [to, this.#inode(from)],
      [from, undefined],
    ]);
  }

  async link(from: string, to: string): Promise<void> {
    if (this.#names.has(to)) throw systemError('EEXIST', to);
    this.#change([[to, this.#inode(from)]]);
  }

  async remove(path: string): Promise<void> {
    if (this.#names.has(path)) this.#change([[path, undefined]]);
  }

  async touch(path: string, atMs: number): Promise<boolean> {
    const inode = this.#names.get(path);
    if (inode) inode.modifiedAtMs = atMs;
    return inode !== undefined;
  }

  async syncFolder(path: string): Promise<void> {
    for (const change of this.#unsynced) if (change.folders.includes(path)) apply(this.#syncedNames, change);
    this.#unsynced = this.#unsynced.filter(({ folders }) => !folders.includes(path));
  }

  async space(): Promise<{ bytes: number; freeBytes: number }> {
    return { bytes: 1_000_000_000, freeBytes: 500_000_000 };
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError('ENOENT', path);
    return inode;
  }

  #change(names: readonly [string, Inode | undefined][]): void {
    const change = { folders: names.map(([path]) => dirname(path)), names: new Map(names) };
    apply(this.#names, change);
    this.#unsynced.push(change);
  }
}

function apply(names: Map<string, Inode>, change: NameChange): void {
  for (const [path, inode] of change.names) {
    if (inode === undefined) names.delete(path);
    else names.set(path, inode);
  }
}

/** Decides how much of the bytes since the last fsync is on the disk. The length may be there without the bytes. */
function afterCut({ content, synced, modifiedAtMs }: Inode, survives: Survives): Inode {
  let found = synced;
  if (survives()) {
    found = Buffer.from(content);
    if (!survives()) found.fill(0, Math.min(found.length, Math.ceil((synced.length + content.length) / 2)));
  }
  return { content: found, synced: found, modifiedAtMs };
}

function fileOf(inode: Inode): SpoolFile {
  return {
    write: async (bytes, position) => {
      const length = Math.max(inode.content.length, position + bytes.length);
      const content = Buffer.alloc(length);
      inode.content.copy(content);
      bytes.copy(content, position);
      inode.content = content;
      return bytes.length;
    },
    truncate: async (bytes) => {
      inode.content = inode.content.subarray(0, bytes);
    },
    setModified: async (atMs) => {
      inode.modifiedAtMs = atMs;
    },
    sync: async () => {
      inode.synced = inode.content;
    },
    close: async () => {},
  };
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
