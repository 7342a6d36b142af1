import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ReadOptions } from '../data/readTable.ts';
import type { SharedMemory } from '../kernels/module.ts';
import { ArenaShelf } from './arena.ts';
import { type ReaderThread, Reading, type ReadTable } from './reading.ts';
import type { Task } from './thread.ts';
import { fromReply, type Reply } from './wire.ts';

export interface ReadersOptions {
  readonly threads: number;
  readonly read: ReadOptions;
  /** The module that a thread runs. */
  readonly thread: URL;
}

/**
 * Threads that read files while they arrive, and help with the passes of a fit. Uploads take turns, some hundred
 * kilobytes each, so that a slow one holds up nobody.
 */
export class Readers {
  readonly #threads: readonly Thread[];
  readonly #shelf = new ArenaShelf();
  #next = 0;

  constructor({ threads, read, thread }: ReadersOptions) {
    this.#threads = Array.from({ length: threads }, () => new Thread(thread, read));
  }

  /** Begins to read a file. Whoever asks must `release` it in the end. */
  open(): Reading {
    const thread = this.#threads[this.#next] as Thread;
    this.#next = (this.#next + 1) % this.#threads.length;
    return new Reading(thread, this.#shelf);
  }

  /** Lets every thread help whoever writes to the port of the same place; a port that is closed ends it. */
  help(ports: readonly MessagePort[]): void {
    for (const [index, port] of ports.entries()) this.#threads[index]?.help(port);
  }

  get size(): number {
    return this.#threads.length;
  }

  /** Threads that live. */
  get alive(): number {
    return this.#threads.filter((thread) => thread.isAlive).length;
  }

  async warmUp(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.warmUp()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

/** One thread, for the state of a file that is being read lies in it. */
class Thread implements ReaderThread {
  readonly #options: ReadOptions;
  readonly #piscina: Piscina<Task, Reply<ReadTable | undefined>>;

  constructor(filename: URL, options: ReadOptions) {
    this.#options = options;
    // With Piscina's `atomics` an idle thread would sleep in a way that only a task wakes it from, and no port.
    this.#piscina = new Piscina({
      filename: filename.href,
      minThreads: 1,
      maxThreads: 1,
      atomics: 'disabled',
    });
    this.#piscina.on('error', warnOfLostThread);
  }

  async read(id: number, memory: SharedMemory | undefined, bytes: Uint8Array, isLast: boolean) {
    const options = { ...this.#options, ...(memory && { memory }) };
    return fromReply(await this.#piscina.run({ kind: 'read', id, bytes, isLast, options }));
  }

  async forget(id: number): Promise<void> {
    await this.#piscina.run({ kind: 'forget', id });
  }

  get isAlive(): boolean {
    return this.#piscina.threads.length > 0;
  }

  help(port: MessagePort): void {
    // A thread that ends meanwhile leaves the work to the others.
    this.#piscina.run({ kind: 'help', port }, { transferList: [port] }).catch(() => port.close());
  }

  async warmUp(): Promise<void> {
    await this.#piscina.run({ kind: 'warm-up' });
  }

  close(): Promise<void> {
    return this.#piscina.destroy();
  }
}

/** A thread that ends between two tasks is replaced, and ports tell whoever waits for it; unheard, it would end the process. */
export function warnOfLostThread(error: unknown): void {
  process.emitWarning(`A thread has ended: ${error instanceof Error ? error.stack : String(error)}`);
}
