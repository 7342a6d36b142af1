import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { ReadOptions } from '../data/readTable.ts';
import { BusyError, DataError } from '../errors.ts';
import type { DryRun } from '../result.ts';
import type { FitSpec, Fitted } from './fit.ts';
import { Readers, warnOfLostThread } from './readers.ts';
import type { Reading, ReadTable } from './reading.ts';
import type { Task } from './thread.ts';
import { fromReply, type Reply } from './wire.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Threads that read uploads and help with large fits. */
  readonly helpers: number;
  /** Trainings that may wait for a thread; one more is refused. */
  readonly waitingMax: number;
  /** What is taken of a file. */
  readonly read?: ReadOptions;
  /** A training that waits and computes for longer is ended, and its thread replaced. */
  readonly timeoutMs: number;
  /** The module that a thread runs. */
  readonly thread?: URL;
}

export interface PoolCounts {
  /** Trainings and dry runs that wait or compute. */
  readonly underWay: number;
  /** Of these, those that wait for a thread. */
  readonly waiting: number;
  /** Whether a thread has come to the end of anything, the warm-up included. */
  readonly hasComputed: boolean;
  /** Threads that live; one that has ended is replaced. */
  readonly threads: { readonly training: number; readonly reading: number };
}

/** A training of an ordinary file takes milliseconds, so a second later there is room as a rule. */
const RETRY_AFTER_S = 1;
/** A thread ends within milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Below it a pass is over sooner than another thread is awake. */
const CELLS_TO_SHARE = 200_000;

/** A bounded pool of worker threads; the event loop never computes. */
export class TrainingPool {
  readonly #piscina: Piscina<Task, Reply<Fitted | DryRun>>;
  readonly #readers: Readers;
  readonly #read: ReadOptions;
  readonly #threads: number;
  readonly #waitingMax: number;
  readonly #timeoutMs: number;
  #underWay = 0;
  #hasComputed = false;

  constructor({
    threads,
    helpers,
    waitingMax,
    read = {},
    timeoutMs,
    thread = new URL('./thread.js', import.meta.url),
  }: PoolOptions) {
    this.#threads = threads;
    this.#waitingMax = waitingMax;
    this.#timeoutMs = timeoutMs;
    this.#piscina = new Piscina({ filename: thread.href, minThreads: threads, maxThreads: threads });
    this.#piscina.on('error', warnOfLostThread);
    this.#readers = new Readers({ threads: helpers, thread, read });
    this.#read = read;
  }

  /** Lets the threads load what the first training needs, so that it does not wait for it. */
  async warmUp(): Promise<void> {
    const fitting = Array.from({ length: this.#threads }, () => this.#piscina.run({ kind: 'warm-up' }));
    await Promise.all([...fitting, this.#readers.warmUp()]);
    this.#hasComputed = true;
  }

  counts(): PoolCounts {
    return {
      underWay: this.#underWay,
      waiting: this.#piscina.queueSize,
      hasComputed: this.#hasComputed,
      threads: { training: this.#piscina.threads.length, reading: this.#readers.alive },
    };
  }

  /** Begins to read a file. Whoever asks must `release` it in the end. */
  openReading(): Reading {
    return this.#readers.open();
  }

  /**
   * Fits on a thread what was read.
   * @param path the file again, for one whose columns are not what they looked like where it begins
   * @throws BusyError where every thread is taken and the queue is full
   * @throws DataError, NotATableError, TooLargeError or FieldError where the file or a field does not allow a fit, or
   *   it takes too long
   */
  async fit(reading: Reading, path: string, spec: FitSpec): Promise<Fitted> {
    return this.#compute(reading, (read) => {
      const ports = this.#askForHelp(read.table.rows * read.table.columns.length);
      return { kind: 'fit', read, path, spec, options: this.#read, ports };
    });
  }

  /**
   * Says on a thread what a training with what was read would come to.
   * @throws as `fit` where every thread is taken, the file is no table, or it takes too long
   */
  async dryRun(reading: Reading, path: string, spec: FitSpec): Promise<DryRun> {
    return this.#compute(reading, (read) => ({ kind: 'profile', read, path, spec, options: this.#read }));
  }

  /** @param makeTask is asked once there is room, and the file is read to its end */
  async #compute<Result extends Fitted | DryRun>(
    reading: Reading,
    makeTask: (read: ReadTable) => Task,
  ): Promise<Result> {
    if (this.#underWay >= this.#threads + this.#waitingMax) {
      throw new BusyError(
        'queue_full',
        `All training threads are busy and ${this.#waitingMax} trainings wait: try again in ${RETRY_AFTER_S} s.`,
        { limit: this.#waitingMax, retryAfterS: RETRY_AFTER_S },
      );
    }
    this.#underWay += 1;
    try {
      return await this.#run<Result>(reading, makeTask(await reading.table()));
    } finally {
      this.#underWay -= 1;
    }
  }

  async #run<Result extends Fitted | DryRun>(reading: Reading, task: Task): Promise<Result> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const ports = task.kind === 'fit' ? task.ports : [];
    let reply: Reply<Result>;
    try {
      reply = (await this.#piscina.run(task, { signal, transferList: [...ports] })) as Reply<Result>;
    } catch (error) {
      // A helper may still be at work on the memory of a leader that is gone.
      reading.abandonMemory();
      throw signal.aborted ? this.#timedOut(error) : error;
    } finally {
      // Those of a training that never began are still ours, and helpers listen to them.
      for (const port of ports) port.close();
    }
    this.#hasComputed = true;
    return fromReply(reply);
  }

  /** Ports to the threads that help with a table of so many cells. */
  #askForHelp(cells: number): MessagePort[] {
    const helpers = cells < CELLS_TO_SHARE ? 0 : this.#readers.size;
    const channels = Array.from({ length: helpers }, () => new MessageChannel());
    this.#readers.help(channels.map(({ port1 }) => port1));
    return channels.map(({ port2 }) => port2);
  }

  /** Ends the threads; what still computes fails. One that is only starting may never say that it has ended. */
  async close(): Promise<void> {
    const closed = Promise.all([this.#piscina.destroy(), this.#readers.close()]);
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #timedOut(cause: unknown): DataError {
    const seconds = this.#timeoutMs / 1000;
    return new DataError(
      'training_timeout',
      `The training was ended after ${seconds} s: send fewer rows or columns, or fewer iterations.`,
      { limit: seconds },
      { cause },
    );
  }
}
