import { basename, dirname, join } from 'node:path';
import type { SpoolFile, SpoolFiles } from '../../src/spool/files.ts';

interface Inode {
  content: Buffer;
  /** The content that the last fsync brought to the disk. */
  synced: Buffer;
  modifiedAtMs: number;
}

/** A folder. Its names belong to its number, so that the names go with a folder that is renamed. */
interface Folder {
  readonly number: number;
}

type Node = Inode | Folder;

/** A change of names. A file system makes the whole change or no part of it. */
interface NameChange {
  /** The numbers of the folders. */
  readonly folders: readonly number[];
  readonly names: Map<string, Node | undefined>;
}

const ROOT: Folder = { number: 0 };
let lastNumber = 0;

/** Whether a change without an fsync is on the disk after a power cut. It is asked once for each change, in any order. */
export type Survives = () => boolean;

/**
 * A disk that may lose everything that POSIX lets it lose. It may lose contents without an fsync of their file, and names
 * without an fsync of their folder. A killed process loses neither. Only a disk like this one shows whether each fsync is
 * in its place.
 */
export class MemoryDisk implements SpoolFiles {
  /** Files and folders by the number of their folder and their name. */
  #names = new Map<string, Node>();
  #syncedNames = new Map<string, Node>();
  #unsynced: NameChange[] = [];

  /** Returns the disk as the next start finds it after a power cut. */
  afterPowerCut(survives: Survives): MemoryDisk {
    const after = new MemoryDisk();
    const names = new Map(this.#syncedNames);
    for (const change of this.#unsynced) if (survives()) apply(names, change);
    const found = new Map<Node, Node>();
    for (const [key, node] of names) {
      const kept = found.get(node) ?? (isFolder(node) ? node : afterCut(node, survives));
      found.set(node, kept);
      after.#names.set(key, kept);
      after.#syncedNames.set(key, kept);
    }
    return after;
  }

  /** Returns the disk as a kill leaves it. The system writes everything in the end. */
  afterKill(): MemoryDisk {
    return this.afterPowerCut(() => true);
  }

  /** The paths of all files. */
  paths(): string[] {
    return this.#pathsIn(ROOT, '/').sort();
  }

  async makeFolder(path: string): Promise<void> {
    if (path === '/') return;
    await this.makeFolder(dirname(path));
    if (this.#find(path) === undefined) this.#change([[path, { number: ++lastNumber }]]);
  }

  async *names(folder: string): AsyncGenerator<string> {
    for (const [name] of this.#namesIn(this.#folder(folder))) yield name;
  }

  async read(path: string): Promise<Buffer | undefined> {
    return this.#file(path)?.content;
  }

  async modifiedAtMs(path: string): Promise<number | undefined> {
    return this.#file(path)?.modifiedAtMs;
  }

  async size(path: string): Promise<number | undefined> {
    return this.#file(path)?.content.length;
  }

  async open(path: string, which: 'new' | 'existing'): Promise<SpoolFile> {
    if (which === 'new') {
      if (this.#find(path)) throw systemError('EEXIST', path);
      const inode = { content: Buffer.alloc(0), synced: Buffer.alloc(0), modifiedAtMs: Date.now() };
      this.#change([[path, inode]]);
    }
    return fileOf(this.#file(path) ?? missing(path));
  }

  async copy(from: string, to: string): Promise<void> {
    const content = (await this.read(from)) ?? missing(from);
    await (await this.open(to, 'new')).write(content, 0);
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.#find(from) ?? missing(from);
    const replaced = this.#find(to);
    if (replaced && isFolder(replaced) && this.#namesIn(replaced).length > 0) {
      throw systemError('ENOTEMPTY', to);
    }
    this.#change([
      [to, node],
      [from, undefined],
    ]);
  }

  async link(from: string, to: string): Promise<void> {
    if (this.#find(to)) throw systemError('EEXIST', to);
    this.#change([[to, this.#file(from) ?? missing(from)]]);
  }

  async remove(path: string): Promise<void> {
    if (this.#file(path)) this.#change([[path, undefined]]);
  }

  async removeAll(path: string): Promise<void> {
    const node = this.#find(path);
    if (node === undefined) return;
    if (isFolder(node)) {
      for (const [name] of this.#namesIn(node)) await this.removeAll(join(path, name));
    }
    this.#change([[path, undefined]]);
  }

  async touch(path: string, atMs: number): Promise<boolean> {
    const inode = this.#file(path);
    if (inode) inode.modifiedAtMs = atMs;
    return inode !== undefined;
  }

  async syncFolder(path: string): Promise<void> {
    const { number } = this.#folder(path);
    const waiting: NameChange[] = [];
    for (const change of this.#unsynced) {
      if (change.folders.includes(number)) {
        apply(this.#syncedNames, change);
        // A rename in two folders replaces earlier changes of its names, also those that wait for the other folder.
        for (const { names } of waiting) for (const key of change.names.keys()) names.delete(key);
      } else waiting.push(change);
    }
    this.#unsynced = waiting;
  }

  async space(): Promise<{ bytes: number; freeBytes: number }> {
    return { bytes: 1_000_000_000, freeBytes: 500_000_000 };
  }

  #find(path: string): Node | undefined {
    if (path === '/') return ROOT;
    const folder = this.#find(dirname(path));
    return folder && isFolder(folder) ? this.#names.get(keyOf(folder, basename(path))) : undefined;
  }

  #file(path: string): Inode | undefined {
    const node = this.#find(path);
    if (node && isFolder(node)) throw systemError('EISDIR', path);
    return node;
  }

  #folder(path: string): Folder {
    const node = this.#find(path) ?? missing(path);
    if (!isFolder(node)) throw systemError('ENOTDIR', path);
    return node;
  }

  #namesIn(folder: Folder): [name: string, node: Node][] {
    const start = keyOf(folder, '');
    return [...this.#names]
      .filter(([key]) => key.startsWith(start))
      .map(([key, node]): [string, Node] => [key.slice(start.length), node])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #pathsIn(folder: Folder, path: string): string[] {
    return this.#namesIn(folder).flatMap(([name, node]) =>
      isFolder(node) ? this.#pathsIn(node, join(path, name)) : [join(path, name)],
    );
  }

  #change(changes: readonly [path: string, node: Node | undefined][]): void {
    const folders = changes.map(([path]) => this.#folder(dirname(path)));
    const names = changes.map(([path, node], index): [string, Node | undefined] => [
      keyOf(folders[index] as Folder, basename(path)),
      node,
    ]);
    const change = { folders: folders.map(({ number }) => number), names: new Map(names) };
    apply(this.#names, change);
    this.#unsynced.push(change);
  }
}

function isFolder(node: Node): node is Folder {
  return 'number' in node;
}

function keyOf({ number }: Folder, name: string): string {
  return `${number}/${name}`;
}

function apply(names: Map<string, Node>, change: NameChange): void {
  for (const [key, node] of change.names) {
    if (node === undefined) names.delete(key);
    else names.set(key, node);
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

function missing(path: string): never {
  throw systemError('ENOENT', path);
}
