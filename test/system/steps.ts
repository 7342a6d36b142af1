import { basename, dirname } from 'node:path';
import type { PlainFiles } from '../../src/system/plainFiles.mjs';

/** How much of the time the odds of the processes stay as they are. */
const ODDS_KEPT = 0.95;

/** Pseudo-random numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Inode {
  content: Buffer;
  readonly writer: SteppedProcess;
  modifiedAtMs: number;
}

/**
 * A disk in memory, and processes that work on it in steps: each file operation is a step, and chance says whose step is
 * next. Some processes are much slower than others for a while, as on a busy machine. A process that crashes makes no
 * further step, and its files name a process that has ended.
 */
export class SteppedDisk {
  readonly random: () => number;
  readonly inodes = new Map<string, Inode>();
  readonly #odds = new Map<SteppedProcess, number>();
  #waiting: { readonly process: SteppedProcess; readonly go: () => void }[] = [];

  constructor(seed: number) {
    this.random = randomOf(seed);
  }

  /** @param crashOdds the chance of a crash at each step */
  async run(crashOdds: number): Promise<void> {
    for (;;) {
      // All that is no step is over when the event loop comes round.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#waiting.length === 0) return;
      const next = this.#choose();
      this.#waiting = this.#waiting.filter((one) => one !== next);
      if (this.random() < crashOdds) next.process.crash();
      else next.go();
    }
  }

  step(process: SteppedProcess): Promise<void> {
    return new Promise((go) => void this.#waiting.push({ process, go }));
  }

  #choose() {
    if (this.random() > ODDS_KEPT) this.#odds.clear();
    const odds = this.#waiting.map(({ process }) => {
      if (!this.#odds.has(process)) this.#odds.set(process, 10 ** (-3 * this.random()));
      return this.#odds.get(process) as number;
    });
    let at = this.random() * odds.reduce((sum, one) => sum + one, 0);
    const index = odds.findIndex((one) => {
      at -= one;
      return at <= 0;
    });
    return this.#waiting.at(index)!;
  }
}

/** One process and its view of the disk. */
export class SteppedProcess {
  readonly #disk: SteppedDisk;
  readonly #onCrash: () => void;
  #isDead = false;

  constructor(disk: SteppedDisk, onCrash: () => void) {
    this.#disk = disk;
    this.#onCrash = onCrash;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  crash(): void {
    this.#isDead = true;
    this.#onCrash();
  }

  step(): Promise<void> {
    return this.#disk.step(this);
  }

  get files(): PlainFiles {
    const { inodes } = this.#disk;
    return {
      names: (folder) => this.#names(folder),
      read: async (path) => {
        await this.step();
        return contentOf(inodes.get(path));
      },
      modifiedAtMs: async (path) => {
        await this.step();
        return inodes.get(path)?.modifiedAtMs;
      },
      open: async (path, which) => {
        await this.step();
        if (which === 'new') inodes.set(path, { content: Buffer.alloc(0), writer: this, modifiedAtMs: 0 });
        const inode = inodes.get(path);
        if (inode === undefined) throw systemError('ENOENT');
        return { write: (bytes) => this.#write(inode, bytes), close: async () => {} };
      },
      link: async (from, to) => {
        await this.step();
        const inode = inodes.get(from);
        if (inode === undefined) throw systemError('ENOENT');
        if (inodes.has(to)) throw systemError('EEXIST');
        inodes.set(to, inode);
      },
      remove: async (path) => {
        await this.step();
        inodes.delete(path);
      },
      touch: async (path, atMs) => {
        await this.step();
        const inode = inodes.get(path);
        if (inode) inode.modifiedAtMs = atMs;
        return inode !== undefined;
      },
    };
  }

  async #write(inode: Inode, bytes: Buffer): Promise<number> {
    await this.step();
    inode.content = Buffer.from(bytes);
    return bytes.length;
  }

  /** In any order. As POSIX allows, a name that comes while the folder is read may be left out. */
  async *#names(folder: string): AsyncGenerator<string> {
    const { inodes, random } = this.#disk;
    await this.step();
    const first = new Set(inodes.keys());
    const done = new Set<string>();
    for (;;) {
      for (const path of inodes.keys()) if (!first.has(path) && random() < 0.5) done.add(path);
      const left = [...inodes.keys()].filter((path) => dirname(path) === folder && !done.has(path));
      const path = left[Math.floor(random() * left.length)];
      if (path === undefined) return;
      done.add(path);
      yield basename(path);
      await this.step();
    }
  }
}

function contentOf(inode: Inode | undefined): Buffer | undefined {
  if (!inode?.writer.isDead) return inode?.content;
  return Buffer.from(inode.content.toString().replace(/"started":"\d+"/, '"started":"0"'));
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
