import type { MessagePort } from 'node:worker_threads';
import { Reading } from '../reading/reading.ts';
import { ArenaShelf } from './arena.ts';
import { type ReaderThreadOptions, SoleThread } from './readerThread.ts';

export interface ReadersOptions extends ReaderThreadOptions {
  readonly threads: number;
  /** Where tables get their memory. */
  readonly shelf?: ArenaShelf;
}

/**
 * Threads that read files while they arrive, and help with the passes of a fit. Uploads take turns, some hundred
 * kilobytes each, so that a slow one holds up nobody.
 */
export class Readers {
  readonly #threads: readonly SoleThread[];
  readonly #shelf: ArenaShelf;
  #next = 0;

  constructor({ threads, shelf = new ArenaShelf(), ...options }: ReadersOptions) {
    this.#shelf = shelf;
    this.#threads = Array.from({ length: threads }, () => new SoleThread(options));
  }

  /**
   * Begins to read a file. Whoever asks must `release` it in the end.
   * @throws BusyError or DataError where there is no memory for another table
   */
  open(): Reading {
    const thread = this.#threads[this.#next] as SoleThread;
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

  /** Lets every thread collect its garbage. */
  async collect(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.collect()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
